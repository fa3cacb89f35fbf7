"""Timer schedules: six-field NCRONTAB expressions and TimeSpans.

croniter computes the occurrences. NCRONTAB differs from its cron in ways that would only show in Azure, so
each field is first read by NCRONTAB's own rules (seconds first; no `?`, `L`, `#` or 7 for Sunday; day of
month AND day of week must match; a range written backwards is turned round) and passed on as plain numbers.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from croniter import croniter

from devstack.functions.timespan import parse_timespan

_MONTHS = tuple(name.lower() for name in calendar.month_name[1:])
_DAYS = tuple(name.lower() for name in (calendar.day_name[6], *calendar.day_name[:6]))
_ITEM = re.compile(r"(?P<first>\*|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>\d+))?")


class ScheduleError(ValueError):
    """Not a schedule. The text names the field."""


@dataclass(frozen=True)
class _Field:
    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()

    def plain(self, text: str) -> str:
        """The field with names, stars with steps and backward ranges written as numbers."""
        return ",".join(self._item(item) for item in text.split(","))

    def _item(self, text: str) -> str:
        match = _ITEM.fullmatch(text)
        if match is None or (match["first"] == "*" and match["last"]):
            raise ScheduleError(f"'{text}' is not valid for {self.name}")
        step = int(match["step"] or 1)
        if step < 1:
            raise ScheduleError(f"the step in '{text}' of {self.name} must be at least 1")
        first, last = sorted(self._bounds(match))
        return f"{first}-{last}/{min(step, self.high - self.low + 1)}" if first != last else str(first)

    def _bounds(self, match: re.Match[str]) -> tuple[int, int]:
        if match["first"] == "*":
            return self.low, self.high
        first = self._number(match["first"])
        if match["last"]:
            return first, self._number(match["last"])
        return first, self.high if match["step"] else first

    def _number(self, text: str) -> int:
        number = int(text) if text.isdecimal() else self._named(text)
        if not self.low <= number <= self.high:
            raise ScheduleError(
                f"{number} is not valid for {self.name}: it goes from {self.low} to {self.high}"
            )
        return number

    def _named(self, text: str) -> int:
        found = [i for i, name in enumerate(self.names) if len(text) > 2 and name.startswith(text.lower())]
        if len(found) != 1:
            raise ScheduleError(f"'{text}' is not valid for {self.name}")
        return found[0] + self.low


_FIELDS = (
    _Field("seconds", 0, 59),
    _Field("minutes", 0, 59),
    _Field("hours", 0, 23),
    _Field("days", 1, 31),
    _Field("months", 1, 12, _MONTHS),
    _Field("days of the week", 0, 6, _DAYS),
)


@dataclass(frozen=True)
class Schedule:
    """When a timer is due. `after(t)` is the first occurrence later than t; both aware, the result in UTC."""

    text: str
    after: Callable[[datetime], datetime]
    adjusts_for_dst: bool

    @property
    def is_frequent(self) -> bool:
        """Whether it comes more than once a minute: such timers are not monitored."""
        first = self.after(datetime(2024, 1, 1, tzinfo=UTC))
        return self.after(first) - first < timedelta(minutes=1)


def parse_schedule(text: str, zone: tzinfo) -> Schedule:
    """An NCRONTAB expression of six fields (or five, without seconds) in `zone`, or a TimeSpan.

    Raises ScheduleError, also for an expression that never comes true (30 February).
    """
    text = text.strip()
    if ":" in text:
        return _interval(text)
    fields = text.split()
    if len(fields) == 5:
        fields = ["0", *fields]
    if len(fields) != 6:
        raise ScheduleError(f"'{text}' has {len(fields)} fields; an NCRONTAB expression has six")
    plain = " ".join(field.plain(part) for field, part in zip(_FIELDS, fields, strict=True))
    schedule = Schedule(text, lambda at: _next(plain, at, zone), adjusts_for_dst=True)
    try:
        schedule.after(datetime(2024, 1, 1, tzinfo=UTC))
    except ValueError as error:
        raise ScheduleError(f"'{text}' never occurs") from error
    return schedule


def _interval(text: str) -> Schedule:
    try:
        interval = parse_timespan(text)
    except ValueError as error:
        raise ScheduleError(str(error)) from error
    if interval <= timedelta(0):
        raise ScheduleError(f"'{text}' must be longer than 00:00:00")
    return Schedule(text, lambda at: at.astimezone(UTC) + interval, adjusts_for_dst=False)


def _next(plain: str, at: datetime, zone: tzinfo) -> datetime:
    """The next matching wall-clock time: times skipped in spring are skipped, repeated ones come once."""
    local = at.astimezone(zone)
    wall = local.replace(tzinfo=None, fold=0)
    while True:
        wall = croniter(plain, wall, second_at_beginning=True, day_or=False).get_next(datetime)
        found = wall.replace(tzinfo=zone)
        exists = found.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wall
        if exists and found.astimezone(UTC) > at:
            return found.astimezone(UTC)
