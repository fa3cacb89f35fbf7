"""The life of a job as one table, and the moves along it; everything else is refused.

``running → running`` is an attempt that never reported back: its worker died, and the next one begins.
``waiting → completed`` is an attempt whose effect is found to be there although it was reported as failed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pydantic_core import to_jsonable_python

from core.jobs.models import Attempt, Job, JobStatus

TRANSITIONS: Mapping[JobStatus, frozenset[JobStatus]] = {
    "queued": frozenset({"running", "dead_lettered"}),
    "running": frozenset({"running", "waiting", "completed", "dead_lettered", "failed"}),
    "waiting": frozenset({"running", "completed", "dead_lettered"}),
    "completed": frozenset(),
    "failed": frozenset(),
    "dead_lettered": frozenset({"queued"}),
}

OVER: frozenset[JobStatus] = frozenset({"completed", "dead_lettered", "failed"})
"""States in which nothing is running any more."""


class ImpossibleMove(Exception):
    """The table has no such transition; the message that asked for it is late or a duplicate."""


def begin(job: Job, now: datetime) -> Job:
    """Begin the next attempt: written before any work, so that an attempt that kills its worker counts."""
    attempt = Attempt(number=job.attempt + 1, started_at=now)
    return _moved(job, "running", now, attempts=[*job.attempts, attempt], next_attempt_at=None)


def first_attempt(now: datetime) -> dict[str, Any]:
    """Return what ``begin`` sets in the stored record of a job that nobody has touched yet."""
    changed = {"status": "running", "updated_at": now, "attempts": [Attempt(number=1, started_at=now)]}
    return dict(to_jsonable_python(changed, exclude_none=True))


def wait(job: Job, now: datetime, error: str, delay: timedelta) -> Job:
    """Wait ``delay`` after a failed attempt."""
    attempts = _failed(job, error)
    return _moved(job, "waiting", now, attempts=attempts, error=error, next_attempt_at=now + delay)


def pause(job: Job, now: datetime, progress: dict[str, Any], delay: timedelta) -> Job:
    """Go on after ``delay`` with the next piece of a long job; its attempts are counted anew."""
    due = now + delay
    return _moved(job, "waiting", now, attempts=[], error=None, progress=progress, next_attempt_at=due)


def complete(job: Job, now: datetime, result: dict[str, Any], keep_seconds: int) -> Job:
    """Finish well; the record expires ``keep_seconds`` later."""
    done = {"result": result, "error": None, "next_attempt_at": None, "ttl": keep_seconds}
    return _moved(job, "completed", now, **done)


def give_up(job: Job, now: datetime, reason: str) -> Job:
    """Move to the dead letters."""
    attempts = _failed(job, reason) if job.status == "running" else job.attempts
    return _moved(job, "dead_lettered", now, attempts=attempts, error=reason, next_attempt_at=None)


def replay(job: Job, now: datetime) -> Job:
    """Start over as a new run, with no attempt counted."""
    return _moved(job, "queued", now, run=job.run + 1, attempts=[], error=None, buried=False, ttl=None)


def _moved(job: Job, to: JobStatus, now: datetime, **changes: Any) -> Job:
    if to not in TRANSITIONS[job.status]:
        raise ImpossibleMove(f"{job.status} → {to}")
    return job.model_copy(update={"status": to, "updated_at": now, "nudges": 0, "nudged_at": None, **changes})


def _failed(job: Job, error: str) -> list[Attempt]:
    return [*job.attempts[:-1], *(last.model_copy(update={"error": error}) for last in job.attempts[-1:])]
