"""When a person's digest is due: one moment in every ISO week, whatever their clocks do.

A week is named by its Monday. Its *slot* is the chosen hour of the chosen weekday on the person's own clock,
read with ``fold=0`` (PEP 495): an hour that is skipped in spring is taken as much later as the clock jumps,
one that comes twice in autumn is taken the first time. So each week has exactly one slot in every zone, and
later weeks have later slots. A digest belongs to the week of its slot; a person who was not served for
weeks gets the digest of the latest slot and no other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_WEEK = timedelta(days=7)
_ZONES_SPAN = timedelta(days=2)
"""More than any two clocks on earth are apart."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What a person chose: weekday 0 (Monday) .. 6, hour 0 .. 23, IANA zone."""

    weekday: int
    hour: int
    time_zone: str

    def slot(self, week: date) -> datetime:
        """Return the moment (UTC) at which the digest of ``week`` is due."""
        wall = datetime.combine(week + timedelta(days=self.weekday), time(self.hour))
        return wall.replace(tzinfo=ZoneInfo(self.time_zone)).astimezone(UTC)

    def latest_week(self, now: datetime) -> date:
        """Return the week whose slot was the last one at or before ``now``."""
        week = monday((now + _ZONES_SPAN).date())
        while self.slot(week) > now:
            week -= _WEEK
        return week

    def next_week(self, now: datetime, done: date | None) -> date:
        """Return the first week after ``done`` whose slot is later than ``now``."""
        week = self.latest_week(now) + _WEEK
        return week if done is None else max(week, done + _WEEK)


def monday(day: date) -> date:
    """Return the Monday of the ISO week of ``day``."""
    return day - timedelta(days=day.weekday())
