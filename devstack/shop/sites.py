"""Under which names the app finds the shops and the magazine, and what kind of source each is."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

_ADMITTED = {"selvedge": "/products.json", "loom": "/loom/sitemap.xml", "hem": "/hem/feed.xml"}


def extra_hosts(url: str) -> list[str]:
    """Return the entries of ``FETCH_EXTRA_HOSTS`` for a server at ``url``."""
    parts = urlsplit(url)
    return [f"{name}.localhost:{parts.port}={parts.hostname}" for name in _ADMITTED]


def sources(url: str) -> list[dict[str, Any]]:
    """Return what ``POST /api/admin/sources`` is told of each, for a server at ``url``."""
    port = urlsplit(url).port
    addresses = {name: f"http://{name}.localhost:{port}{path}" for name, path in _ADMITTED.items()}
    return [
        {"name": "Selvedge", "kind": "products", "url": addresses["selvedge"], "currency": "EUR"},
        {"name": "Loom & Last", "kind": "sitemap", "url": addresses["loom"], "include": ["/loom/"]},
        {"name": "The Hem", "kind": "feed", "url": addresses["hem"], "category": "magazine"},
    ]
