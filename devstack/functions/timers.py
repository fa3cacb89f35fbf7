"""The timerTrigger listener.

The platform keeps each timer's last run in storage, so that an occurrence missed while nothing ran is made
up for once, marked as past due. Here it is a file per function in the host's state folder.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from devstack.functions.bindings import Function, RetryPolicy
from devstack.functions.grace import DRAIN
from devstack.functions.invocation import Invoker
from devstack.functions.ncrontab import Schedule, ScheduleError, parse_schedule
from devstack.functions.worker import Datum, FunctionLoadError

log = logging.getLogger("host.timers")

_LONGEST_SLEEP = 60.0  # so that a changed clock or a laptop that slept is noticed


@dataclass(frozen=True)
class Clock:
    """Where timers get the time from; tests bring their own."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


@dataclass(frozen=True)
class Status:
    """When a timer last ran (None: never), and when it was then due next. Aware UTC."""

    last: datetime | None
    next: datetime

    def to_json(self, zone: tzinfo) -> dict[str, str]:
        """As `TimerRequest.schedule_status` shows it: the schedule's local time with offset."""
        last = self.last.astimezone(zone).isoformat() if self.last else "0001-01-01T00:00:00+00:00"
        return {"Last": last, "Next": self.next.astimezone(zone).isoformat(), "LastUpdated": last}


class Monitor:
    """Remembers a timer's status in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Status | None:
        """What was written last; None when there is nothing readable."""
        try:
            document = json.loads(self._path.read_text())
            last = datetime.fromisoformat(document["last"]) if document["last"] else None
            return Status(last, datetime.fromisoformat(document["next"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, status: Status) -> None:
        """Replace the file in one step: a crash leaves the old status or the new one."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(f".{os.getpid()}.tmp")
        last = status.last.isoformat() if status.last else None
        draft.write_text(json.dumps({"last": last, "next": status.next.isoformat()}))
        draft.replace(self._path)


class Timers:
    """All timerTrigger functions of an app."""

    def __init__(
        self,
        functions: Iterable[Function],
        settings: Mapping[str, str],
        state_dir: Path,
        clock: Clock | None = None,
    ) -> None:
        """Raises FunctionLoadError for a schedule or a WEBSITE_TIME_ZONE that cannot be read."""
        zone = _zone(settings)
        triggered = [function for function in functions if function.trigger.type == "timerTrigger"]
        self._timers = [
            Timer(function, _schedule(function, zone), zone, _monitor(function, state_dir), clock or Clock())
            for function in triggered
        ]

    async def start(self, invoker: Invoker) -> None:
        """Begin to wait; timers that are past due or run on startup run now."""
        for timer in self._timers:
            timer.start(invoker)

    async def stop(self) -> None:
        """Start nothing more and give what runs a few seconds to finish."""
        await asyncio.gather(*(timer.stop() for timer in self._timers))


class Timer:
    """One timer. It waits, runs, waits: so it never overlaps itself."""

    def __init__(
        self, function: Function, schedule: Schedule, zone: tzinfo, monitor: Monitor, clock: Clock
    ) -> None:
        properties = function.trigger.properties
        self._function = function
        self._schedule = schedule
        self._zone = zone
        self._clock = clock
        self._runs_on_startup = _flag(properties.get("runOnStartup"), default=False)
        # The platform does not monitor timers that come more than once a minute either.
        monitored = _flag(properties.get("useMonitor"), default=True) and not schedule.is_frequent
        self._monitor = monitor if monitored else None
        self._status = Status(None, schedule.after(clock.now()))
        self._running = False
        self._stopping = False

    def start(self, invoker: Invoker) -> None:
        """Begin to wait."""
        self._invoker = invoker
        self._task = asyncio.create_task(self._run_for_ever())

    async def stop(self) -> None:
        """End now if waiting, else after the run or the drain time."""
        self._stopping = True
        if self._running:
            await asyncio.wait([self._task], timeout=DRAIN)
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _run_for_ever(self) -> None:
        await self._begin()
        while not self._stopping:
            due = self._schedule.after(self._clock.now())
            await self._wait_until(due)
            await self._run(past_due=False)

    async def _begin(self) -> None:
        """Make up for a missed occurrence, or run because the function asks for it."""
        stored = self._monitor.read() if self._monitor else None
        now = self._clock.now()
        if stored is None:
            self._remember(self._status)
        else:
            self._status = Status(stored.last, self._expected(stored))
        if stored is not None and self._status.next < now:
            log.info("Function '%s' is past due on startup. Executing now.", self._function.name)
            await self._run(past_due=True)
        elif self._runs_on_startup:
            await self._run(past_due=False)

    def _expected(self, stored: Status) -> datetime:
        """The next occurrence after the last run; the schedule may have changed since it was stored."""
        if stored.last is None:
            return min(stored.next, self._schedule.after(self._clock.now()))
        return self._schedule.after(stored.last)

    async def _wait_until(self, due: datetime) -> None:
        while (left := (due - self._clock.now()).total_seconds()) > 0:
            await self._clock.sleep(min(left, _LONGEST_SLEEP))

    async def _run(self, *, past_due: bool) -> None:
        request = {
            "Schedule": {"AdjustForDST": self._schedule.adjusts_for_dst},
            "ScheduleStatus": self._status.to_json(self._zone) if self._monitor else None,
            "IsPastDue": past_due,
        }
        started = self._clock.now()
        self._running = True
        try:
            await self._attempt(Datum(json.dumps(request), "json"))
        finally:
            self._running = False
        self._remember(Status(started, self._schedule.after(started)))

    async def _attempt(self, trigger: Datum) -> None:
        """Run, and after a failure again as the function's `@app.retry` says."""
        policy = self._function.retry or RetryPolicy("", 0)
        retries = 0
        reason = f"Timer fired at {self._clock.now().astimezone(self._zone).isoformat()}"
        while True:
            outcome = await self._invoker.run(
                self._function, trigger, reason=reason, retry_count=retries, max_retry_count=policy.max_count
            )
            if outcome.error is None or (policy.max_count >= 0 and retries >= policy.max_count):
                return
            await self._clock.sleep(retry_delay(policy, retries))
            retries += 1

    def _remember(self, status: Status) -> None:
        self._status = status
        if self._monitor is None:
            return
        try:
            self._monitor.write(status)
        except OSError as error:  # the timer itself must go on
            log.warning("The last run of '%s' could not be recorded: %s", self._function.name, error)


def retry_delay(policy: RetryPolicy, retries: int) -> float:
    """Seconds before the next try after `retries` retries: fixed, or doubling from minimum to maximum."""
    if policy.delay:
        return policy.delay
    return float(min(policy.maximum, policy.minimum * 2 ** min(retries, 63)))


def _zone(settings: Mapping[str, str]) -> tzinfo:
    name = settings.get("WEBSITE_TIME_ZONE")
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise FunctionLoadError(
            f"The setting WEBSITE_TIME_ZONE is '{name}', which is not an IANA time zone such as Europe/Oslo."
        ) from error


def _schedule(function: Function, zone: tzinfo) -> Schedule:
    text = str(function.trigger.properties["schedule"])
    try:
        return parse_schedule(text, zone)
    except ScheduleError as error:
        raise FunctionLoadError(
            f"Error indexing method 'Functions.{function.name}'. "
            f"The schedule expression '{text}' was not recognized as a valid cron expression or timespan "
            f"string: {error}."
        ) from error


def _monitor(function: Function, state_dir: Path) -> Monitor:
    return Monitor(state_dir / "timers" / f"{function.name}.json")


def _flag(value: Any, *, default: bool) -> bool:
    if value is None:
        return default
    return value if isinstance(value, bool) else str(value).lower() == "true"
