"""One fetcher for each event loop, made from the settings."""

from __future__ import annotations

import aiohttp

from core.platform import connections, settings
from core.platform.fetch import connecting
from core.platform.fetch.fetching import Fetcher
from core.platform.fetch.hosts import StoredHosts
from core.platform.fetch.robots import PRODUCT, StoredRobots
from core.platform.fetch.turns import Turns
from core.platform.fetch.visiting import Visits
from core.platform.health import VERSION


async def fetcher() -> Fetcher:
    """Return this loop's fetcher."""
    return await connections.shared("fetch", _connect)


async def _connect() -> tuple[Fetcher, connections.Closer]:
    configured = settings.get(settings.FetchSettings)
    web = connecting.client(
        configured.extra, aiohttp.ClientTimeout(total=None, sock_connect=configured.connect_seconds)
    )
    turns = Turns(
        StoredHosts(),
        at_once=configured.max_concurrency,
        longest=configured.timeout_seconds,
        patience=configured.patience_seconds,
    )
    visits = Visits(web, turns, user_agent=user_agent(configured.contact), seconds=configured.timeout_seconds)
    fetches = Fetcher(
        visits,
        StoredRobots(),
        configured.extra,
        max_bytes=configured.max_bytes,
        pause=configured.pause_seconds,
    )
    return fetches, web.close


def user_agent(contact: str) -> str:
    """Return who we say we are, and whom to write to."""
    return f"{PRODUCT}/{VERSION} (+{contact})" if contact else f"{PRODUCT}/{VERSION}"
