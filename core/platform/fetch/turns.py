"""One request at a time to a host, with a pause after it, and so many requests in all.

Inside a process a lock puts those who want the same host in line; between processes the host's lease does. A
place among the ``at_once`` is only held while a request is under way, never while waiting.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from weakref import WeakValueDictionary

from core.platform import clock
from core.platform.errors import Unavailable
from core.platform.fetch.errors import HostBusy
from core.platform.fetch.hosts import Hosts, Lease

_MARGIN_SECONDS = 10
"""What a lease is longer than a request, for clocks that differ between instances."""

_log = logging.getLogger("pluckit.fetch")

type Sleep = Callable[[float], Awaitable[None]]


@dataclass
class Turn:
    """One request's turn; ``pause`` is the rest in seconds that the host gets after it."""

    pause: float

    def rest(self, seconds: float) -> None:
        """Leave the host alone for ``seconds`` at least."""
        self.pause = max(self.pause, seconds)


class Turns:
    """Gives out turns at hosts. All times in seconds."""

    def __init__(
        self, hosts: Hosts, *, at_once: int, longest: float, patience: float, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._hosts = hosts
        self._places = asyncio.Semaphore(at_once)
        self._lines: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._lease_seconds = longest + _MARGIN_SECONDS
        self._patience = patience
        self._sleep = sleep

    @asynccontextmanager
    async def turn(self, host: str, pause: float) -> AsyncIterator[Turn]:
        """Wait for the host's turn and hold it; ``pause`` seconds after it the next may begin.

        Raises:
            HostBusy: it would take longer than our patience; ``retry_after`` says how long.
        """
        until = _now() + self._patience
        async with self._within_patience(self._line(host), f"Other requests to {host} are under way."):
            while True:
                async with self._within_patience(self._places, "Too many requests are under way."):
                    lease = await self._hosts.take(host, self._lease_seconds)
                    if isinstance(lease, Lease):
                        async with self._held(lease, pause) as turn:
                            yield turn
                        return
                await self._wait(host, lease, until)

    def _line(self, host: str) -> asyncio.Lock:
        return self._lines.setdefault(host, asyncio.Lock())

    @asynccontextmanager
    async def _within_patience(
        self, gate: asyncio.Lock | asyncio.Semaphore, otherwise: str
    ) -> AsyncIterator[None]:
        """Hold ``gate``; where it does not open in time, say ``otherwise``."""
        try:
            async with asyncio.timeout(self._patience):
                await gate.acquire()
        except TimeoutError:
            raise HostBusy(otherwise, retry_after=self._lease_seconds) from None
        try:
            yield
        finally:
            gate.release()

    async def _wait(self, host: str, seconds: float, until: float) -> None:
        if _now() + seconds > until:
            raise HostBusy(f"{host} is not to be asked again yet.", retry_after=seconds)
        await self._sleep(seconds)

    @asynccontextmanager
    async def _held(self, lease: Lease, pause: float) -> AsyncIterator[Turn]:
        turn = Turn(pause)
        try:
            yield turn
        finally:
            try:
                await self._hosts.give_back(lease, _now() + turn.pause)
            except Unavailable:
                _log.warning("the turn at %s could not be given back; its lease runs out", lease.host)


def _now() -> float:
    return clock.now().timestamp()
