"""Who may open a connection to another server: the platform's web modules, and one more that says why."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.house.test_imports import deployed_modules, imports

CLIENTS = ("aiohttp", "httpx", "httpx2", "requests", "urllib3", "urllib.request", "http.client", "socket")
"""What opens connections by URL or address."""
MAY = {
    "core.platform.web": "services that the app is configured to call",
    "core.platform.fetch": "URLs that somebody else chose",
    "core.identity.fetching": "issuers that the app is configured to trust",
    "core.media.segmentation": "the segmentation service that the app is configured to call",
}


def clients(source: str) -> set[str]:
    """Return the clients a module imports."""
    return {
        client
        for imported in imports(source)
        for client in CLIENTS
        if imported == client or imported.startswith(f"{client}.")
    }


def may(module: str) -> bool:
    return any(module == allowed or module.startswith(f"{allowed}.") for allowed in MAY)


@pytest.mark.parametrize(("module", "path"), [pytest.param(m, p, id=m) for m, p in deployed_modules()])
def test_only_the_platform_fetches(module: str, path: Path) -> None:
    assert may(module) or clients(path.read_text()) == set()


@pytest.mark.parametrize("module", MAY)
def test_whoever_may_does(module: str) -> None:
    found = [clients(path.read_text()) for name, path in deployed_modules() if name.startswith(module)]
    assert set().union(*found)


@pytest.mark.parametrize(
    "line",
    [
        "import aiohttp",
        "from aiohttp import ClientSession",
        "def f():\n    import urllib.request",
        "import socket",
    ],
)
def test_a_planted_client_is_found(line: str) -> None:
    assert clients(line)
