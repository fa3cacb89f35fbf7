"""The timer listener on a clock of its own: nothing here waits."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from devstack.functions.bindings import Binding, Function, RetryPolicy
from devstack.functions.invocation import Invoker
from devstack.functions.timers import Clock, Timers, retry_delay
from devstack.functions.worker import Datum, FunctionLoadError, Outcome

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@dataclass
class Hours:
    """A clock that jumps to the next wake-up, until `end`."""

    at: datetime = NOON
    end: datetime = NOON + timedelta(hours=6)

    async def sleep(self, seconds: float) -> None:
        if self.at + timedelta(seconds=seconds) > self.end:
            await asyncio.Event().wait()
        self.at += timedelta(seconds=seconds)
        await asyncio.sleep(0)

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.at, self.sleep)


@dataclass
class Runs:
    """Stands where the invoker would run the app: notes what it is given."""

    hours: Hours
    takes: timedelta = timedelta()
    fails: int = 0
    seen: list[tuple[datetime, dict[str, Any]]] = field(default_factory=list)
    retries: list[int] = field(default_factory=list)

    async def run(self, function: Function, trigger: Datum, **call: Any) -> Outcome:
        self.seen.append((self.hours.at, json.loads(trigger.value)))
        self.retries.append(call["retry_count"])
        self.hours.at += self.takes
        return Outcome("id", error="ValueError: no" if len(self.seen) <= self.fails else None)

    @property
    def times(self) -> list[datetime]:
        return [at for at, _ in self.seen]


def timer(schedule: str, *, retry: RetryPolicy | None = None, **properties: Any) -> Function:
    binding = Binding("tick", "timerTrigger", "in", {"schedule": schedule, **properties})
    return Function("1", "tick", (binding,), retry=retry)


@asynccontextmanager
async def running(
    function: Function, runs: Runs, state_dir: Path, settings: dict[str, str] | None = None
) -> AsyncIterator[None]:
    timers = Timers([function], settings or {}, state_dir, runs.hours.clock)
    await timers.start(cast(Invoker, runs))
    yield
    await timers.stop()


async def everything(function: Function, runs: Runs, state_dir: Path, **settings: str) -> list[datetime]:
    async with running(function, runs, state_dir, settings):
        for _ in range(2_000):
            await asyncio.sleep(0)
    return runs.times


async def test_ticks_when_the_schedule_says(tmp_path: Path) -> None:
    runs = Runs(Hours())
    assert await everything(timer("0 0 */2 * * *"), runs, tmp_path) == [
        NOON + timedelta(hours=hours) for hours in (2, 4, 6)
    ]
    assert runs.seen[0][1] == {
        "Schedule": {"AdjustForDST": True},
        "ScheduleStatus": {
            "Last": "0001-01-01T00:00:00+00:00",
            "Next": "2026-05-04T14:00:00+00:00",
            "LastUpdated": "0001-01-01T00:00:00+00:00",
        },
        "IsPastDue": False,
    }
    assert runs.seen[1][1]["ScheduleStatus"]["Last"] == "2026-05-04T14:00:00+00:00"


async def test_schedules_are_in_the_time_zone_of_the_app(tmp_path: Path) -> None:
    runs = Runs(Hours())
    times = await everything(timer("0 0 10 * * *"), runs, tmp_path, WEBSITE_TIME_ZONE="America/New_York")
    assert times == [NOON + timedelta(hours=2)]
    assert runs.seen[0][1]["ScheduleStatus"]["Next"] == "2026-05-04T10:00:00-04:00"


async def test_a_slow_run_is_not_overlapped_and_what_it_missed_is_left_out(tmp_path: Path) -> None:
    runs = Runs(Hours(), takes=timedelta(minutes=90))
    assert await everything(timer("0 0 * * * *"), runs, tmp_path) == [
        NOON + timedelta(hours=hours) for hours in (1, 3, 5)
    ]


async def test_runs_on_startup_if_asked(tmp_path: Path) -> None:
    runs = Runs(Hours())
    times = await everything(timer("0 0 16 * * *", runOnStartup=True), runs, tmp_path)
    assert times == [NOON, NOON + timedelta(hours=4)]
    assert [request["IsPastDue"] for _, request in runs.seen] == [False, False]


@pytest.mark.parametrize(("down_for", "missed"), [(timedelta(minutes=30), 0), (timedelta(hours=30), 1)])
async def test_makes_up_once_for_what_was_missed_while_nothing_ran(
    tmp_path: Path, down_for: timedelta, missed: int
) -> None:
    first = Runs(Hours(end=NOON + timedelta(hours=1)))
    await everything(timer("0 0 * * * *"), first, tmp_path)
    assert first.times == [NOON + timedelta(hours=1)]
    later = NOON + timedelta(hours=1) + down_for
    second = Runs(Hours(at=later, end=later))
    await everything(timer("0 0 * * * *"), second, tmp_path)
    assert [(at, request["IsPastDue"]) for at, request in second.seen] == [(later, True)] * missed


@pytest.mark.parametrize("function", [timer("0 0 * * * *", useMonitor=False), timer("*/30 * * * * *")])
async def test_unmonitored_timers_leave_nothing_behind(tmp_path: Path, function: Function) -> None:
    runs = Runs(Hours(end=NOON + timedelta(hours=1)))
    await everything(function, runs, tmp_path)
    assert runs.seen
    assert all(request["ScheduleStatus"] is None for _, request in runs.seen)
    assert not (tmp_path / "timers").exists()


async def test_a_status_file_that_was_damaged_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / "timers").mkdir()
    (tmp_path / "timers" / "tick.json").write_text('{"last": 5')
    runs = Runs(Hours(end=NOON + timedelta(hours=1)))
    assert await everything(timer("0 0 * * * *"), runs, tmp_path) == [NOON + timedelta(hours=1)]


async def test_retries_as_the_function_says(tmp_path: Path) -> None:
    policy = RetryPolicy("exponentialBackoff", 3, minimum=10, maximum=30)
    runs = Runs(Hours(end=NOON + timedelta(hours=1, minutes=30)), fails=9)
    times = await everything(timer("0 0 * * * *", retry=policy), runs, tmp_path)
    assert [(at - times[0]).total_seconds() for at in times] == [0, 10, 30, 60]
    assert runs.retries == [0, 1, 2, 3]


def test_fixed_delays_stay_the_same() -> None:
    assert {retry_delay(RetryPolicy("fixedDelay", 5, delay=7), retries) for retries in range(5)} == {7}


async def test_stopping_lets_a_run_finish(tmp_path: Path) -> None:
    begun, may_end, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    class Slow(Runs):
        async def run(self, function: Function, trigger: Datum, **call: Any) -> Outcome:
            begun.set()
            await may_end.wait()
            ended.set()
            return Outcome("id")

    timers = Timers([timer("0 0 3 * * *", runOnStartup=True)], {}, tmp_path, Hours().clock)
    await timers.start(cast(Invoker, Slow(Hours())))
    await begun.wait()
    stopping: Awaitable[None] = asyncio.create_task(timers.stop())
    await asyncio.sleep(0)
    assert not ended.is_set()
    may_end.set()
    await stopping
    assert ended.is_set()


@pytest.mark.parametrize(
    ("schedule", "zone", "words"),
    [
        ("whenever", "", "'whenever' was not recognized as a valid cron expression or timespan"),
        ("0 0 * * * *", "Mars/Base", "WEBSITE_TIME_ZONE is 'Mars/Base'"),
    ],
)
def test_refuses_what_cannot_be_scheduled(tmp_path: Path, schedule: str, zone: str, words: str) -> None:
    with pytest.raises(FunctionLoadError, match=words):
        Timers([timer(schedule)], {"WEBSITE_TIME_ZONE": zone}, tmp_path)
