"""Ticks that overlap, and SIGKILL in the middle: in the end everybody has one digest."""

from __future__ import annotations

import asyncio
from collections import Counter

from bench.digest import Crowd, Office
from core.platform import settings
from orchestrations.weekly_digest import PAGE
from tests.fixtures.app import FunctionsHost

PEOPLE = 60


async def test_a_killed_sweep_goes_on_and_everyone_has_one_digest(
    app_env: dict[str, str], functions_host: FunctionsHost
) -> None:
    crowd = Crowd.of(PEOPLE, failing=0.05)
    await crowd.lay_out(items=4)
    limit = settings.get(settings.DigestSettings).max_concurrency

    office = await asyncio.to_thread(Office, functions_host.stack)
    assert (await asyncio.to_thread(office.start))["started"]
    assert not (await asyncio.to_thread(office.start))["started"], "a second tick joins the running sweep"
    await served_at_least(7, crowd)
    functions_host.kill()
    killed = await crowd.served()
    await asyncio.to_thread(functions_host.start)
    assert 7 <= sum(killed.values()) < PEOPLE - len(crowd.broken)

    swept = await asyncio.to_thread(office.sweep)
    served = await crowd.served()
    well = set(crowd.ids) - set(crowd.broken)
    assert served == Counter(dict.fromkeys(well, 1))
    assert await crowd.failures() == set(crowd.broken)
    assert swept.counts["failed"] == len(crowd.broken)
    assert swept.counts["made"] <= PEOPLE - sum(killed.values())
    assert swept.in_flight == limit
    assert len(swept.page_events) == -(-swept.people // PAGE)

    await crowd.mend()
    again = await asyncio.to_thread(lambda: office.sweep(failed=True))
    assert again.counts["requeued"] == again.counts["made"] == len(crowd.broken)
    assert set((await crowd.served()).values()) == {1}
    assert await crowd.failures() == set()


async def served_at_least(people: int, crowd: Crowd) -> None:
    async with asyncio.timeout(60):
        while True:
            if sum((await crowd.served()).values()) >= people:
                return
            await asyncio.sleep(0.1)
