"""SDK clients are made once per event loop, on first use, and closed together.

A client holds sockets that belong to the loop it was made on; the worker has one loop for its whole life,
tests and tools may have several.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, cast
from weakref import WeakKeyDictionary

for _sdk in ("azure", "httpx2", "openai"):
    # At INFO they log every request with all its headers: more than all else that is logged, and not free.
    logging.getLogger(_sdk).setLevel(logging.WARNING)

type Closer = Callable[[], Awaitable[Any]]

_shared: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, tuple[asyncio.Future[Any], Closer]]] = (
    WeakKeyDictionary()
)


async def shared[C](name: str, make: Callable[[], Awaitable[tuple[C, Closer]]]) -> C:
    """Return this loop's client ``name``, made by ``make`` (client and its closer) if it is not there yet."""
    clients = _open_here()
    if name not in clients:
        future: asyncio.Future[Any] = asyncio.ensure_future(_settle(name, make))
        clients[name] = (future, _nothing)
    client = clients[name][0]
    return cast("C", client.result() if client.done() else await asyncio.shield(client))


async def close_all() -> None:
    """Close every client of the running loop."""
    for future, closer in _shared.pop(asyncio.get_running_loop(), {}).values():
        await asyncio.wait([future])
        await closer()


def _open_here() -> dict[str, tuple[asyncio.Future[Any], Closer]]:
    return _shared.setdefault(asyncio.get_running_loop(), {})


async def _settle[C](name: str, make: Callable[[], Awaitable[tuple[C, Closer]]]) -> C:
    clients = _open_here()
    try:
        client, closer = await make()
    except BaseException:
        del clients[name]
        raise
    clients[name] = (clients[name][0], closer)
    return client


async def _nothing() -> None:
    """Close nothing: the client never came to be."""
