"""robots.txt as RFC 9309 wants it: what a site asks of robots, remembered for a day by all instances.

No file (4xx) means all is allowed. A server that fails or cannot be reached means nothing is, for a while. Of
a file that is too long the beginning counts.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, Protocol
from weakref import WeakValueDictionary

from protego import Protego

from core.platform import clock, ids, waiting
from core.platform.cosmos import Container
from core.platform.fetch.errors import (
    DisallowedByRobots,
    FetchFailed,
    FetchRefused,
    HostBusy,
    TooManyRedirects,
    UnexpectedStatus,
    Unreachable,
)
from core.platform.fetch.targets import Target
from core.platform.models import Shared

PRODUCT = "PluckIt"
"""The product token that robots.txt addresses us by; our User-Agent begins with it."""

LARGEST = 500 * 1024
"""Bytes of a robots.txt that are read; RFC 9309 asks for at least so many."""

_DAY = 24 * 60 * 60
_FAILED_SECONDS = 10 * 60
_IN_MEMORY = 64

type Verdict = Literal["rules", "all", "none"]


class RobotsRecord(Shared):
    """What one origin's robots.txt said, or why it could not be had, for verdict "none".

    ``partition`` is the host, ``id`` stands for the origin.
    """

    origin: str
    verdict: Verdict
    text: str = ""
    expires_at: float


class Robots(Protocol):
    """Where robots.txt files are kept."""

    async def get(self, target: Target) -> RobotsRecord | None:
        """Return what is known and current of the target's origin."""

    async def put(self, record: RobotsRecord) -> None:
        """Keep it."""


class StoredRobots:
    """robots.txt files in Cosmos DB, for all instances alike."""

    def __init__(self) -> None:
        self._records = Container("web_hosts", RobotsRecord)

    async def get(self, target: Target) -> RobotsRecord | None:
        """Return what is known of the target's origin."""
        return await self._records.get(target.host, record_id(target))

    async def put(self, record: RobotsRecord) -> None:
        """Keep it."""
        await self._records.upsert(record)


@dataclass(frozen=True, slots=True)
class Rules:
    """What one origin asks of us until ``expires_at`` (Unix seconds)."""

    verdict: Verdict
    why: str
    parsed: Protego
    expires_at: float

    @property
    def pause(self) -> float:
        """Seconds it wants between two requests, as far as that is honoured."""
        rate = self.parsed.request_rate(PRODUCT)
        each = rate.seconds / rate.requests if rate is not None else 0.0
        return min(max(self.parsed.crawl_delay(PRODUCT) or 0.0, each), waiting.LONGEST)

    def check(self, target: Target) -> None:
        """Let ``target`` pass.

        Raises:
            DisallowedByRobots: it is not for robots, or not for us.
            Unreachable: nobody knows, for the origin did not hand its rules out.
        """
        if self.verdict == "none":
            raise Unreachable(
                f"No robots.txt of {target.host}, so nothing is fetched from it now: {self.why}",
                retry_after=max(self.expires_at - _now(), 1.0),
            )
        if not self.parsed.can_fetch(str(target.url), PRODUCT):
            raise DisallowedByRobots(f"The robots.txt of {target.host} forbids this URL.")


type ReadRobots = Callable[[Target], Awaitable[bytes]]
"""Gets a robots.txt; raises ``FetchFailed`` where there is none."""


class RobotsBook:
    """The rules of every origin met, asked for when first needed and once by everyone who needs them."""

    def __init__(self, records: Robots, read: ReadRobots) -> None:
        self._records = records
        self._read = read
        self._known: OrderedDict[str, Rules] = OrderedDict()
        self._lines: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def rules(self, target: Target) -> Rules:
        """Return the rules of the target's origin.

        Raises:
            HostBusy: the host is not to be asked now, not even for its rules.
            FetchRefused: its address, or where its robots.txt leads, is not one we contact.
        """
        line = self._lines.setdefault(target.origin, asyncio.Lock())
        async with line:
            known = self._known.get(target.origin)
            if known is None or known.expires_at <= _now():
                known = _rules(await self._record(target))
                self._known[target.origin] = known
            self._known.move_to_end(target.origin)
            while len(self._known) > _IN_MEMORY:
                self._known.popitem(last=False)
            return known

    async def _record(self, target: Target) -> RobotsRecord:
        record = await self._records.get(target)
        if record is None or record.expires_at <= _now():
            record = await self._asked(target)
            await self._records.put(record)
        return record

    async def _asked(self, target: Target) -> RobotsRecord:
        try:
            text = (await self._read(target)).decode("utf-8-sig", errors="replace")
        except (HostBusy, FetchRefused):
            raise
        except TooManyRedirects:
            return _record(target, "all")
        except UnexpectedStatus as answer:
            return _record(target, "all" if 300 <= answer.status < 500 else "none", answer.detail)
        except FetchFailed as failure:
            return _record(target, "none", failure.detail)
        return _record(target, "rules", text)


def _record(target: Target, verdict: Verdict, text: str = "") -> RobotsRecord:
    seconds = _FAILED_SECONDS if verdict == "none" else _DAY
    return RobotsRecord(
        id=record_id(target),
        partition=target.host,
        origin=target.origin,
        verdict=verdict,
        text=text,
        expires_at=_now() + seconds,
        ttl=seconds,
    )


def _rules(record: RobotsRecord) -> Rules:
    rules = record.text if record.verdict == "rules" else ""
    return Rules(record.verdict, record.text, Protego.parse(rules), record.expires_at)


def _now() -> float:
    return clock.now().timestamp()


def record_id(target: Target) -> str:
    """Return the id under which the robots.txt of the target's origin is kept."""
    return ids.stable_id("robots.txt", target.origin)
