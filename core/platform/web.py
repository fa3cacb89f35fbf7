"""One HTTP client session for the services the app is configured to call.

Not for URLs somebody else chose: those go through a fetcher that checks every address.
"""

from __future__ import annotations

import aiohttp

from core.platform import connections
from core.platform.errors import Unavailable


async def session() -> aiohttp.ClientSession:
    """Return this loop's session; redirects and time limits are each caller's to set."""
    return await connections.shared("web", _connect)


async def reachable(url: str) -> None:
    """Ask ``url`` for its options; any answer will do.

    Raises:
        Unavailable: there is none.
    """
    web = await session()
    try:
        async with web.options(url, allow_redirects=False):
            return
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Unavailable("It does not answer.") from error


async def _connect() -> tuple[aiohttp.ClientSession, connections.Closer]:
    client = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60, sock_connect=5))
    return client, client.close
