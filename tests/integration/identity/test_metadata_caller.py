"""A service calling with a token of its own issuer, from discovery over HTTP to the answer's status."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import azure.functions as func
import jwt
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

from core.identity import MetadataCaller, authority
from core.identity.keys import new_private_jwk
from core.platform import clock, connections, ids, settings
from core.platform.http import Call, Reply, endpoint

AUDIENCE = "api://pluckit-metadata"


@dataclass
class Issuer:
    """An OpenID issuer on this machine; ``healthy`` turns it off."""

    key: RSAPrivateKey = field(default_factory=lambda: generate_private_key(65537, 2048))
    url: str = ""
    healthy: bool = True

    async def answer(self, request: web.Request) -> web.Response:
        if not self.healthy:
            return web.Response(status=503)
        if request.path.endswith("openid-configuration"):
            return web.json_response({"issuer": self.url, "jwks_uri": f"{self.url}/keys"})
        jwk = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        return web.json_response({"keys": [{**jwk, "kid": "rsa-1", "use": "sig", "alg": "RS256"}]})

    def token(self, key: RSAPrivateKey | None = None, kid: str = "rsa-1", **changed: Any) -> str:
        now = int(time.time())
        claims = {"iss": self.url, "aud": AUDIENCE, "sub": "worker", "iat": now, "exp": now + 600, **changed}
        return jwt.encode(claims, key or self.key, "RS256", headers={"kid": kid})


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    issuer = Issuer()
    app = web.Application()
    app.router.add_get("/{path:.*}", issuer.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    issuer.url = f"http://127.0.0.1:{runner.addresses[0][1]}/tenant/v2.0"
    yield issuer
    await connections.close_all()
    await runner.cleanup()


@pytest.fixture(autouse=True)
def azure_ad(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    forgetful: tuple[Callable[[], None], ...] = (
        settings.get.cache_clear,
        authority.ring.cache_clear,
        authority.access_tokens.cache_clear,
    )
    monkeypatch.setenv("METADATA_EXTRACT_AUTH_MODE", "azure_ad")
    monkeypatch.setenv("METADATA_EXTRACT_AZURE_AD_ISSUER", issuer.url)
    monkeypatch.setenv("METADATA_EXTRACT_AZURE_AD_AUDIENCE", AUDIENCE)
    monkeypatch.setenv("AUTH_SIGNING_KEYS", json.dumps([new_private_jwk()]))
    for forget in forgetful:
        forget()
    yield
    monkeypatch.undo()
    for forget in forgetful:
        forget()


@endpoint(auth=MetadataCaller, returns=lambda: {204: None})
async def extract(call: Call) -> Reply:
    """Answer whoever gets in."""
    assert call.principal is not None
    return Reply(204, headers={"X-Caller": call.principal.kind})


async def ask(**headers: str) -> func.HttpResponse:
    return await extract(
        func.HttpRequest(method="POST", url="http://localhost/api/extract", headers=headers, body=b"")
    )


async def test_a_service_gets_in_with_its_issuers_token(issuer: Issuer) -> None:
    answer = await ask(authorization=f"Bearer {issuer.token()}")
    assert (answer.status_code, answer.headers["X-Caller"]) == (204, "service")


async def test_anybody_else_is_challenged(issuer: Issuer) -> None:
    stranger = generate_private_key(65537, 2048)
    person = authority.access_tokens().issue(
        user_id=ids.new_id(), email=None, session_id=ids.new_id(), now=clock.now()
    )
    wrong = {
        "another audience": issuer.token(aud="api://other"),
        "another issuer": issuer.token(iss="https://sts.example/tenant"),
        "expired": issuer.token(exp=int(time.time()) - 3600),
        "signed by a stranger": issuer.token(stranger),
        "unknown kid": issuer.token(kid="rsa-2"),
        "unsigned": jwt.encode({"iss": issuer.url, "aud": AUDIENCE}, "", "none", headers={"kid": "rsa-1"}),
        "a person of ours": person,
    }
    for reason, token in wrong.items():
        answer = await ask(authorization=f"Bearer {token}")
        assert answer.status_code == 401, reason
        assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert (await ask()).status_code == 401
    assert (await ask(**{"x-api-key": "a-key-of-enough-length"})).status_code == 401


async def test_an_issuer_that_is_down_is_a_503_at_first_and_nothing_once_known(issuer: Issuer) -> None:
    issuer.healthy = False
    answer = await ask(authorization=f"Bearer {issuer.token()}")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    issuer.healthy = True
    with clock.frozen(clock.now()) as frozen:
        frozen.advance(seconds=6)
        assert (await ask(authorization=f"Bearer {issuer.token()}")).status_code == 204
        issuer.healthy = False
        frozen.advance(seconds=3600 * 2)
        later = int(frozen.at.timestamp())
        token = issuer.token(iat=later, exp=later + 600)
        assert (await ask(authorization=f"Bearer {token}")).status_code == 204
