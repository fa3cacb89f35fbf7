"""Which jobs a profile has taken in, so that a job that comes again changes nothing.

A ledger that forgets is a ledger that counts twice, and one that does not forget outgrows its document. This
one forgets whole days, oldest first, and *closes* them: an event of a closed day is refused with an error, so
it becomes a dead letter that somebody sees, and is never applied on a guess. A day closes when it is
``OPEN_DAYS`` before the newest, or when more than ``MOST_JOBS`` are on record; both are functions of the jobs
on record, not of the clock. Redelivery ends after days and a person causes tens of events a day, so in
practice nothing but a dead letter replayed after a year is ever refused.

Each job is 12 bytes of the SHA-256 of its id, as 16 characters of base64: among 50,000 jobs the chance that
any two are mistaken for one another is below 10⁻¹⁹.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Final

from pydantic import BaseModel, ConfigDict

from core.taste.errors import EventTooOld, TooManyTasteEvents

OPEN_DAYS: Final = 400
MOST_JOBS: Final = 30_000
MOST_PER_DAY: Final = 5_000
_MARK: Final = 16


class Ledger(BaseModel):
    """Applied jobs by the UTC day of their event. ``days`` holds each day's marks, sorted and joined."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    days: dict[date, str] = {}
    closed_before: date | None = None

    def holds(self, job_id: str, occurred_at: datetime) -> bool:
        """Tell whether the job was applied."""
        return mark(job_id) in _marks(self.days.get(occurred_at.date(), ""))

    def with_job(self, job_id: str, occurred_at: datetime) -> Ledger:
        """Return the ledger with the job in it.

        Raises:
            EventTooOld: its day is closed.
            TooManyTasteEvents: its day is full.
        """
        day = occurred_at.date()
        if self.closed_before is not None and day < self.closed_before:
            raise EventTooOld(
                f"The event of {day.isoformat()} is from before {self.closed_before.isoformat()}, "
                "from where on this profile remembers what it has applied."
            )
        marks = _marks(self.days.get(day, "")) | {mark(job_id)}
        if len(marks) > MOST_PER_DAY:
            raise TooManyTasteEvents(f"More than {MOST_PER_DAY} taste events on {day.isoformat()}.")
        return self._closing({**self.days, day: "".join(sorted(marks))})

    def _closing(self, days: dict[date, str]) -> Ledger:
        newest = max(days)
        left = sum(map(len, days.values())) // _MARK
        closed = self.closed_before
        kept = dict(sorted(days.items()))
        while (day := next(iter(kept))) < newest - timedelta(days=OPEN_DAYS) or (
            left > MOST_JOBS and day != newest
        ):
            left -= len(kept.pop(day)) // _MARK
            closed = day + timedelta(days=1)
        return Ledger(days=kept, closed_before=closed)


def mark(job_id: str) -> str:
    """Return the 16 characters that stand for a job."""
    return urlsafe_b64encode(sha256(job_id.encode()).digest()[:12]).decode()


def _marks(joined: str) -> set[str]:
    return {joined[i : i + _MARK] for i in range(0, len(joined), _MARK)}
