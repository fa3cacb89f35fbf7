"""The services of the devstack: how each is started, when it is ready, what an app must know to use it."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from devstack import certificate, node
from devstack.oidc.houses import CONTOSO
from devstack.ports import HOST
from devstack.process import REPOSITORY, Probe, answers
from devstack.shop import sites

ACCOUNT = "devstoreaccount1"
# The account key every Storage emulator has; Microsoft publishes it for exactly this use.
ACCOUNT_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
COSMOS_KEY = base64.b64encode(b"the cosmos emulator of the devstack checks no key").decode()
SETTINGS_FILE = "effective.settings.json"
SEGMENTATION_TOKEN = "devstack-segmentation"  # noqa: S105 - both ends of it are on this machine


@dataclass(frozen=True, slots=True)
class Place:
    """Where one stack lives: its data folder, its ports by name, the app folder it runs."""

    state_dir: Path
    ports: Mapping[str, int]
    app_dir: Path = REPOSITORY
    reload: bool = False

    @property
    def settings_file(self) -> Path:
        """The settings in effect, in the form of a ``local.settings.json``."""
        return self.state_dir / SETTINGS_FILE

    def http(self, port: str) -> str:
        """Return the plain-HTTP base URL of a port."""
        return f"http://{HOST}:{self.ports[port]}"


@dataclass(frozen=True, slots=True)
class Service:
    """One service; ``settings`` is what an app needs to use it, ``ports`` what it listens on."""

    name: str
    ports: tuple[str, ...]
    command: Callable[[Place], list[str | Path]]
    url: Callable[[Place], str]
    probe: Callable[[Place], Probe]
    settings: Callable[[Place], dict[str, str]]
    needs_node: bool = False


def _azurite_command(place: Place) -> list[str | Path]:
    location = place.state_dir / "azurite"
    location.mkdir(parents=True, exist_ok=True)
    listen = [
        part
        for kind in ("blob", "queue", "table")
        for part in (f"--{kind}Host", HOST, f"--{kind}Port", str(place.ports[kind]))
    ]
    script = node.MODULES / "azurite" / "dist" / "src" / "azurite.js"
    flags = ["--silent", "--skipApiVersionCheck", "--disableTelemetry"]
    return [node.executable(), script, "--location", location, *listen, *flags]


def _azurite_probe(place: Place) -> Probe:
    return lambda: all(answers(place.http(kind), any_status=True) for kind in ("blob", "queue", "table"))


def connection_string(place: Place) -> str:
    """Return the Storage connection string with the endpoints written out."""
    endpoints = "".join(
        f"{kind.capitalize()}Endpoint={place.http(kind)}/{ACCOUNT};" for kind in ("blob", "queue", "table")
    )
    return f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={ACCOUNT_KEY};{endpoints}"


def _azurite_settings(place: Place) -> dict[str, str]:
    connection = connection_string(place)
    return {"StorageQueue": connection, "AzureWebJobsStorage": connection}


def _cosmos_certificate(place: Place) -> certificate.Certificate:
    return certificate.ensure(place.state_dir / "cosmos")


def _cosmos_command(place: Place) -> list[str | Path]:
    own = _cosmos_certificate(place)
    listen: list[str | Path] = ["--host", HOST, "--port", str(place.ports["cosmos"])]
    files: list[str | Path] = ["--cert", own.path, "--key", own.key_path]
    data = place.state_dir / "cosmos" / "journal.jsonl"
    return [node.executable(), REPOSITORY / "devstack/cosmos/server.mjs", *listen, *files, "--data", data]


def _cosmos_url(place: Place) -> str:
    return f"https://{HOST}:{place.ports['cosmos']}"


def _cosmos_settings(place: Place) -> dict[str, str]:
    return {
        "COSMOS_DB_ENDPOINT": f"{_cosmos_url(place)}/",
        "COSMOS_DB_KEY": COSMOS_KEY,
        "COSMOS_DB_CA_BUNDLE": str(_cosmos_certificate(place).path),
    }


def _emulator(name: str, settings: Callable[[str], dict[str, str]]) -> Service:
    """One of our own emulators, which all start and answer the same way."""
    return Service(
        name,
        ports=(name,),
        command=lambda place: [sys.executable, "-m", f"devstack.{name}", "--port", str(place.ports[name])],
        url=lambda place: place.http(name),
        probe=lambda place: partial(answers, f"{place.http(name)}/healthz"),
        settings=lambda place: settings(place.http(name)),
    )


def oidc_issuers(url: str) -> list[dict[str, object]]:
    """Return the OIDC emulator as every kind of issuer the app knows (docs/devstack-emulators.md)."""
    ours = {"client_ids": ["pluckit"], "algorithms": ["RS256", "ES256"]}
    return [
        {"name": "devstack", "issuer": url, "email_domains": ["example.org"], **ours},
        {"preset": "google", "issuer": f"{url}/google", **ours},
        {"preset": "apple", "issuer": f"{url}/apple", **ours},
        {"preset": "entra", "issuer": f"{url}/entra", "tenant": "common", **ours},
        {"preset": "entra", "name": "contoso", "issuer": f"{url}/entra", "tenant": CONTOSO, **ours},
    ]


def _functions_command(place: Place) -> list[str | Path]:
    listen: list[str | Path] = ["--host", HOST, "--port", str(place.ports["functions"])]
    app: list[str | Path] = ["--app-dir", place.app_dir, "--local-settings", place.settings_file]
    state: list[str | Path] = ["--state-dir", place.state_dir / "functions"]
    reload = ["--reload"] if place.reload else []
    return [sys.executable, "-m", "devstack.functions", *app, *listen, *state, *reload]


AZURITE = Service(
    "azurite",
    ports=("blob", "queue", "table"),
    command=_azurite_command,
    url=lambda place: place.http("blob"),
    probe=_azurite_probe,
    settings=_azurite_settings,
    needs_node=True,
)
COSMOS = Service(
    "cosmos",
    ports=("cosmos",),
    command=_cosmos_command,
    url=_cosmos_url,
    probe=lambda place: partial(
        answers, f"{_cosmos_url(place)}/__health", trust=_cosmos_certificate(place).path
    ),
    settings=_cosmos_settings,
    needs_node=True,
)
OPENAI = _emulator("openai", lambda url: {"OPENAI_BASE_URL": f"{url}/v1", "OPENAI_API_KEY": "devstack"})
SEGMENTATION = _emulator(
    "segmentation",
    lambda url: {
        "SEGMENTATION_ENDPOINT_URL": f"{url}/segment",
        "SEGMENTATION_SHARED_TOKEN": SEGMENTATION_TOKEN,
    },
)
OIDC = _emulator("oidc", lambda url: {"OIDC_ISSUERS": json.dumps(oidc_issuers(url))})
SHOP = _emulator("shop", lambda url: {"FETCH_EXTRA_HOSTS": ",".join(sites.extra_hosts(url))})
FUNCTIONS = Service(
    "functions",
    ports=("functions",),
    command=_functions_command,
    url=lambda place: place.http("functions"),
    probe=lambda place: partial(answers, f"{place.http('functions')}/api/health"),
    settings=lambda place: {},
)

EMULATORS = (AZURITE, COSMOS, OPENAI, SEGMENTATION, OIDC)
ALL: Mapping[str, Service] = {service.name: service for service in (*EMULATORS, SHOP, FUNCTIONS)}
