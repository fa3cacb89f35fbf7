"""The weekly digest for 1,000 and for 10,000 people who are due, on the in-process Durable backend.

``python -m bench.digest [--people 1000 10000] [--items 4] [--failing 0.01]``: for each number a stack of
its own is started, people with a wardrobe are laid out as due, one of a hundred with a document in it that
cannot be read, and an administrator's request starts the sweep. The model is the emulator, without delay.
Then the broken wardrobes are mended and the failed digests run again. Printed are time, processor time and
peak memory of the functions host (which is also the Durable backend and keeps every history), the most
digests that were under way at once, and the events in the histories of a page and of the sweep. In the
common table time is scaled to ten times the people, where a shorter run has other numbers. Exit status 1 if
one of its targets is missed; where other work slows the machine down meanwhile, look at the processor
time.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil

from bench.rows import Row, Target, show
from bench.wardrobes import sample
from core.digest.models import Digest
from core.platform import connections, settings
from core.platform.ids import stable_id
from devstack import appsettings, ports
from devstack.asking import count, share
from devstack.process import REPOSITORY
from devstack.stack import Stack

_FEWER = "a tenth of the people"
TIME = Target("digest: time of a sweep of 10,000 people", _FEWER, most=11)
MEMORY = Target("digest: peak memory of the host meanwhile", _FEWER, most=2)
HISTORY = Target("digest: events in the longest history", _FEWER, most=1)
BROKEN = Target(
    "digest: promises broken (one digest each, failures listed, at most so many at once)", "none", most=0
)
TARGETS = (TIME, MEMORY, HISTORY, BROKEN)
_WORN_MOST = (0, 3, 16, 38)
"""Garments of the sample wardrobe that dress a person: a shirt, a T-shirt, trousers, shoes."""
_WRITERS = 16
_LONGEST = 3600.0
_LINE = re.compile(rb"(Executing|Executed) 'Functions\.make_due_digest'")


@dataclass(frozen=True)
class Swept:
    """What one sweep did, and at what cost."""

    people: int
    seconds: float
    processor: float
    peak: int
    in_flight: int
    counts: dict[str, int]
    page_events: tuple[int, ...]
    sweep_events: int


@dataclass(frozen=True)
class Crowd:
    """People who are due; the first of them have a wardrobe that cannot be read."""

    ids: tuple[str, ...]
    broken: tuple[str, ...]

    @classmethod
    def of(cls, people: int, failing: float) -> Crowd:
        """Return as many people, a share of them failing."""
        ids = tuple(stable_id("reader", str(number)) for number in range(people))
        return cls(ids, ids[: round(people * failing)])

    async def lay_out(self, items: int) -> None:
        """Write everyone's wardrobe and subscription, the digest due an hour ago."""
        places = asyncio.Semaphore(_WRITERS)
        await asyncio.gather(*(self._one(user_id, items, places) for user_id in self.ids))

    async def _one(self, user_id: str, items: int, places: asyncio.Semaphore) -> None:
        from core.digest import repository, subscriptions
        from core.platform import cosmos
        from core.vault import repository as wardrobes

        now = datetime.now(UTC)
        async with places:
            owned = sample(user_id)
            for at in _WORN_MOST[:items]:
                await wardrobes.create(owned[at])
            if user_id in self.broken:
                vault = await cosmos.container("vault")
                await vault.create_item({"id": "broken", "userId": user_id, "name": 5})
            due = {"next_digest_at": now - timedelta(hours=1)}
            await repository.ensure(subscriptions.new(user_id, now).model_copy(update=due))

    async def mend(self) -> None:
        """Take what cannot be read out of the broken wardrobes."""
        from core.platform import cosmos

        vault = await cosmos.container("vault")
        for user_id in self.broken:
            await vault.delete_item("broken", user_id)

    async def served(self) -> Counter[str]:
        """Return how many digests each of them has."""
        from core.digest import repository
        from core.platform.cosmos import Container

        found = Container(repository.NAME, Digest).everyone(where="IS_DEFINED(c.week)")
        digests = Counter([digest.user_id async for digest in found])
        return Counter({user_id: digests[user_id] for user_id in self.ids})

    async def failures(self) -> set[str]:
        """Return whose digest is listed as failed."""
        from core.digest import repository

        found, after = set[str](), ""
        while page := await repository.failing(after, 100):
            found |= {one.user_id for one in page}
            after = page[-1].failed_position or ""
        return found & set(self.ids)


class Office:
    """An administrator at a running stack."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.url = stack.url("functions")

    def sweep(self, *, failed: bool = False, progress: bool = False) -> Swept:
        """Run a sweep to its end and measure it."""
        log = self.stack.log("functions")
        begin, spent = log.stat().st_size, processor_seconds(self.stack)
        status = self.start(failed=failed)["management"]["statusQueryGetUri"]
        began = time.monotonic()  # the status tells times in whole seconds
        state = self._ended(status, progress)
        seconds = time.monotonic() - began
        counts = state["output"]
        return Swept(
            people=sum(counts.get(how, 0) for how in ("made", "there", "failed", "not_due")),
            seconds=seconds,
            processor=processor_seconds(self.stack) - spent,
            peak=peak_memory(self.stack),
            in_flight=most_at_once(log, begin),
            counts=counts,
            page_events=tuple(self._pages(status, state["customStatus"]["page"])),
            sweep_events=self._events(status),
        )

    def start(self, *, failed: bool = False) -> dict[str, Any]:
        """Sign in and ask for a sweep; return whether that started one, and the URLs to watch it."""
        token = self._asked("POST", "/api/auth/local", {"email": "admin@example.org"})["access_token"]
        asked: dict[str, Any] = self._asked("POST", "/api/admin/digest/run", {"failed": failed}, token)
        return asked

    def _ended(self, status: str, progress: bool) -> dict[str, Any]:
        deadline, told = time.monotonic() + _LONGEST, time.monotonic()
        while time.monotonic() < deadline:
            state: dict[str, Any] = self._asked("GET", status)
            if state["runtimeStatus"] not in {"Pending", "Running", "ContinuedAsNew"}:
                assert state["runtimeStatus"] == "Completed", state
                return state
            if progress and time.monotonic() - told > 5:
                print(f"   {state['customStatus']}", flush=True)
                told = time.monotonic()
            time.sleep(0.05)
        raise TimeoutError("the sweep does not end")

    def _pages(self, status: str, pages: int) -> Iterator[int]:
        until = self._asked("GET", f"{status}&showInput=true")["input"]["until"]
        for number in range(pages):
            page = urllib.parse.quote(f"weekly-digest:{until}:{number}", safe="")
            yield self._events(status.replace("/weekly-digest?", f"/{page}?"))

    def _events(self, status: str) -> int:
        return len(self._asked("GET", f"{status}&showHistory=true")["historyEvents"])

    def _asked(self, method: str, target: str, body: Any = None, token: str = "") -> Any:
        headers = {"Content-Type": "application/json"} | (
            {"Authorization": f"Bearer {token}"} if token else {}
        )
        request = urllib.request.Request(
            urllib.parse.urljoin(self.url, target),
            method=method,
            headers=headers,
            data=None if body is None else json.dumps(body).encode(),
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)


def most_at_once(log: Path, begin: int) -> int:
    """Return the most digests that were under way at once, by the host's own log from ``begin``."""
    running, most = 0, 0
    with log.open("rb") as lines:
        lines.seek(begin)
        for line in lines:
            if found := _LINE.search(line):
                running += 1 if found[1] == b"Executing" else -1
                most = max(most, running)
    return most


def processor_seconds(stack: Stack) -> float:
    """Return the processor time that the functions host has used."""
    times = _host(stack).cpu_times()
    return times.user + times.system


def peak_memory(stack: Stack) -> int:
    """Return the most memory, in bytes, that the functions host has had resident (Linux: VmHWM)."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{_host(stack).pid}/status").read_text())
    assert found is not None
    return int(found[1]) * 1024


def _host(stack: Stack) -> psutil.Process:
    leash = psutil.Process(stack.pid("functions"))
    return [p for p in (leash, *leash.children(recursive=True)) if "devstack.functions" in p.cmdline()][-1]


def measured(people: int, items: int, failing: float) -> tuple[Swept, int]:
    """Sweep ``people`` on a stack of their own; return that, and in how many things something was wrong."""
    values = {**appsettings.fresh(REPOSITORY), "WEEKLY_DIGEST_SCHEDULE": "0 0 0 1 1 *"}
    only = ("azurite", "cosmos", "openai")
    with (
        tempfile.TemporaryDirectory() as folder,
        Stack(Path(folder), asked=ports.spares(), only=only, values=values) as stack,
    ):
        os.environ.update(stack.settings)
        settings.get.cache_clear()
        crowd = Crowd.of(people, failing)
        print(f"{people} people: laying out", flush=True)
        asyncio.run(_closing(crowd.lay_out(items)))
        stack.start_service("functions")
        office = Office(stack)
        print(f"{people} people: sweeping", flush=True)
        swept = office.sweep(progress=True)
        wrong = asyncio.run(_closing(_judge(crowd, swept)))
        asyncio.run(_closing(crowd.mend()))
        office.sweep(failed=True)
        after = asyncio.run(_closing(crowd.served()))
        wrong += _told("everyone has exactly one digest after the rerun", set(after.values()) == {1})
        return swept, wrong


async def _closing(work: Any) -> Any:
    try:
        return await work
    finally:
        await connections.close_all()


async def _judge(crowd: Crowd, swept: Swept) -> int:
    served = await crowd.served()
    limit = settings.get(settings.DigestSettings).max_concurrency
    well = set(crowd.ids) - set(crowd.broken)
    return (
        _told("one digest each but for the failing", {u for u, n in served.items() if n == 1} == well)
        + _told("nobody has two", max(served.values()) == 1)
        + _told("the failing are listed, and only they", await crowd.failures() == set(crowd.broken))
        + _told(f"never more than {limit} at a time (most {swept.in_flight})", swept.in_flight <= limit)
        + _told("full pages have histories of one size", len(set(swept.page_events[:-1])) <= 1)
    )


def _told(what: str, holds: bool) -> int:
    print(f"   {'ok' if holds else 'WRONG'}: {what}", flush=True)
    return 0 if holds else 1


def _row(swept: Swept) -> str:
    events = max(swept.page_events, default=0)
    return (
        f"{swept.people:>7}{swept.seconds:>10.1f}{swept.processor:>11.1f}"
        f"{1000 * swept.processor / swept.people:>10.1f}"
        f"{swept.peak / 2**20:>10.0f}{swept.in_flight:>11}{events:>8}{swept.sweep_events:>8}   {swept.counts}"
    )


def rows(found: Sequence[tuple[Swept, int]]) -> list[Row]:
    """Return the rows of the smallest and the largest sweep; time is held to a tenth more than its share."""
    (few, _), (many, _) = found[0], found[-1]
    longest = [max(*one.page_events, one.sweep_events) for one in (few, many)]
    numbers = {
        TIME: many.seconds / few.seconds / (many.people / few.people) * 10,
        MEMORY: many.peak / few.peak,
        HISTORY: longest[1] / longest[0],
        BROKEN: float(sum(wrong for _, wrong in found)),
    }
    return [Row.of(target, [value]) for target, value in numbers.items()]


def measure(quick: bool) -> list[Row]:
    """Return the rows; a tenth of the people fill a page at least, or no history would be full."""
    return rows(swept([50, 150] if quick else [1000, 10_000], len(_WORN_MOST), 0.02 if quick else 0.01))


def swept(people: Sequence[int], items: int, failing: float) -> list[tuple[Swept, int]]:
    """Sweep each number of people; print what that took."""
    found = [measured(number, items, failing) for number in people]
    print(" people   seconds  processor   ms each   peak MB  in flight    page   sweep")
    for one, _ in found:
        print(_row(one))
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 1 if a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=count, nargs="+", default=[1000, 10_000])
    parser.add_argument("--items", type=count, default=len(_WORN_MOST))
    parser.add_argument("--failing", type=share, default=0.01)
    asked = parser.parse_args(arguments)
    found = swept(asked.people, asked.items, asked.failing)
    if len(found) > 1:
        return show("digest", rows(found))
    return 1 if found[0][1] else 0


if __name__ == "__main__":
    sys.exit(main())
