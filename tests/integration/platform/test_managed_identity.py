"""Without keys the app gets in by its managed identity: the SDKs against a cloud that checks tokens."""

from __future__ import annotations

import asyncio
import json
import os
import ssl
import sys
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from devstack import certificate
from devstack.process import REPOSITORY
from tests import measuring

SECRET, CLIENT = "header-of-this-instance", "11111111-2222-3333-4444-555555555555"
MODEL, STORAGE = "https://cognitiveservices.azure.com", "https://storage.azure.com"
COSMOS = "https://127.0.0.1"
"""The resource of Cosmos DB is the account's host name."""
_LIST = '<?xml version="1.0"?><EnumerationResults><Containers/><Queues/><NextMarker/></EnumerationResults>'
_KEY = (
    '<?xml version="1.0"?><UserDelegationKey><SignedOid>oid</SignedOid><SignedTid>tid</SignedTid>'
    "<SignedStart>2026-01-01T00:00:00Z</SignedStart><SignedExpiry>2026-01-01T01:00:00Z</SignedExpiry>"
    "<SignedService>b</SignedService><SignedVersion>2021-12-02</SignedVersion><Value>a2V5</Value></UserDelegationKey>"
)


class Cloud:
    """The identity endpoint of one instance and the services behind it, each of which wants its own token."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.url = ""
        self.app = web.Application()
        self.app.router.add_get("/identity", self._identity)
        self.app.router.add_get("/", self._cosmos)
        self.app.router.add_get("/openai/v1/models", self._models)
        self.app.router.add_route("OPTIONS", "/segment", self._segment)
        self.app.router.add_route("*", "/{service:blob|queue}", self._storage)
        self.app.router.add_route("*", "/{service:blob|queue}/", self._storage)

    def _token_of(self, request: web.Request, resource: str, prefix: str = "Bearer ") -> None:
        if request.headers.get("Authorization") != f"{prefix}token-for-{resource}":
            raise web.HTTPUnauthorized

    async def _identity(self, request: web.Request) -> web.Response:
        if request.headers.get("X-IDENTITY-HEADER") != SECRET or request.query["client_id"] != CLIENT:
            return web.json_response({"statusCode": 401, "message": "No."}, status=401)
        resource = request.query["resource"]
        self.asked[resource] += 1
        return web.json_response(
            {
                "access_token": f"token-for-{resource}",
                "expires_on": "4102444800",
                "resource": resource,
                "token_type": "Bearer",
            }
        )

    async def _cosmos(self, request: web.Request) -> web.Response:
        self._token_of(request, COSMOS, "type=aad&ver=1.0&sig=")
        here = [{"name": "here", "databaseAccountEndpoint": self.url}]
        account: dict[str, Any] = {"id": "here", "writableLocations": here, "readableLocations": here}
        return web.json_response({**account, "userConsistencyPolicy": {"defaultConsistencyLevel": "Session"}})

    async def _models(self, request: web.Request) -> web.Response:
        self._token_of(request, MODEL)
        return web.json_response({"object": "list", "data": []})

    async def _segment(self, request: web.Request) -> web.Response:
        return web.Response()

    async def _storage(self, request: web.Request) -> web.Response:
        self._token_of(request, STORAGE)
        delegation = request.query["comp"] == "userdelegationkey"
        return web.Response(text=_KEY if delegation else _LIST, content_type="application/xml")

    def settings(self, trusted: Path, header: str) -> Mapping[str, str]:
        """Return settings as infrastructure gives them, with this cloud for Azure."""
        return {
            "IDENTITY_ENDPOINT": f"{self.url}/identity",
            "IDENTITY_HEADER": header,
            "AZURE_CLIENT_ID": CLIENT,
            "AZURE_TOKEN_CREDENTIALS": "ManagedIdentityCredential",
            "COSMOS_DB_ENDPOINT": self.url,
            "StorageQueue__blobServiceUri": f"{self.url}/blob",
            "StorageQueue__queueServiceUri": f"{self.url}/queue",
            "AZURE_OPENAI_ENDPOINT": self.url,
            "SEGMENTATION_ENDPOINT_URL": f"{self.url}/segment",
            "SEGMENTATION_SHARED_TOKEN": "unused",
            "SSL_CERT_FILE": str(trusted),
        }


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> certificate.Certificate:
    return certificate.ensure(tmp_path_factory.mktemp("cloud"))


@pytest.fixture
async def cloud(own: certificate.Certificate) -> AsyncIterator[Cloud]:
    cloud, context = Cloud(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own.path, own.key_path)
    runner = web.AppRunner(cloud.app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    cloud.url = f"https://127.0.0.1:{runner.addresses[0][1]}"
    yield cloud
    await runner.cleanup()


async def told(settings: Mapping[str, str]) -> dict[str, Any]:
    running = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.integration.platform.keyless_app",
        cwd=REPOSITORY,
        env={"PATH": os.environ["PATH"], **measuring.variables(), **settings},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, complaints = await running.communicate()
    assert running.returncode == 0, complaints.decode()
    assert "Unclosed" not in complaints.decode()
    return dict(json.loads(printed.splitlines()[-1]))


async def test_an_app_without_keys_reaches_everything_by_its_identity(
    cloud: Cloud, own: certificate.Certificate
) -> None:
    said = await told(cloud.settings(own.path, SECRET))
    up = dict.fromkeys(("cosmos", "storage", "model", "segmentation"), "up")
    assert said["answers"] == up
    assert said["loaded"] == [False, True]
    assert f"{cloud.url}/blob/exports/a.zip?" in said["link"]
    assert "skoid=oid" in said["link"]
    assert cloud.asked == {COSMOS: 1, STORAGE: 1, MODEL: 1}, "one token for each service"


async def test_an_identity_that_gives_no_token_is_a_dependency_that_is_down(
    cloud: Cloud, own: certificate.Certificate
) -> None:
    said = await told(cloud.settings(own.path, "of another instance"))
    down = {**dict.fromkeys(("cosmos", "storage", "model"), "down"), "segmentation": "up"}
    assert said["answers"] == down
