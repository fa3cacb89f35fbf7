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
type Clients = dict[str, tuple[asyncio.Future[Any], Closer]]

_shared: WeakKeyDictionary[asyncio.AbstractEventLoop, Clients] = WeakKeyDictionary()


async def shared[C](name: str, make: Callable[[], Awaitable[tuple[C, Closer]]]) -> C:
    """Return this loop's client ``name``, made by ``make`` (client and its closer) if it is not there yet."""
    clients = _open_here()
    if name not in clients:
        future: asyncio.Future[Any] = asyncio.ensure_future(_settle(clients, name, make))
        clients[name] = (future, _nothing)
    client = clients[name][0]
    return cast("C", client.result() if client.done() else await asyncio.shield(client))


async def close_all() -> None:
    """Close every client of the running loop."""
    clients = _shared.pop(asyncio.get_running_loop(), {})
    for name, (future, _) in list(clients.items()):
        await asyncio.wait([future])
        if name in clients:  # it is not where making it failed meanwhile
            await clients[name][1]()


def _open_here() -> Clients:
    return _shared.setdefault(asyncio.get_running_loop(), {})


async def _settle[C](clients: Clients, name: str, make: Callable[[], Awaitable[tuple[C, Closer]]]) -> C:
    try:
        client, closer = await make()
    except BaseException:
        del clients[name]
        raise
    clients[name] = (clients[name][0], closer)
    return client


async def _nothing() -> None:
    """Close nothing: the client never came to be."""
