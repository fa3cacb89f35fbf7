"""What people and administrators are shown of a job."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from core.jobs import transitions
from core.jobs.errors import JobFailed
from core.jobs.models import AdminJobView, Instance, Job, JobView
from core.platform import clock

_LONGEST_PAUSE = 30
"""Seconds between polls at most: a job that waits long may be replayed or finished by hand meanwhile."""


@dataclass(frozen=True, slots=True)
class Polled:
    """The answer to a poll; ``retry_after`` in seconds, ``None`` where the job is completed."""

    view: JobView
    retry_after: int | None


def polled(job: Job) -> Polled:
    """Return what to tell someone who polls.

    Raises:
        JobFailed: it ended without a result.
    """
    if job.status in {"dead_lettered", "failed"}:
        raise JobFailed(f"It was given up after attempt {job.attempt}: {job.error}")
    return Polled(view(job), retry_after(job))


def view(job: Job) -> JobView:
    """Return what the owner of ``job`` is shown."""
    return JobView(
        job_id=job.id,
        kind=job.kind,
        status=job.status,
        attempt=job.attempt,
        next_attempt_at=job.next_attempt_at,
        progress=job.progress,
        result=job.result,
        error=job.error,
    )


def admin_view(job: Job, instance: Instance | None, management: Mapping[str, str]) -> AdminJobView:
    """Return the whole record with the Durable instance of its current run."""
    return AdminJobView(
        **dict(view(job)),
        user_id=job.user_id,
        run=job.run,
        attempts=job.attempts,
        nudges=job.nudges,
        payload=job.payload,
        created_at=job.created_at,
        updated_at=job.updated_at,
        instance=instance,
        management=dict(management),
    )


def retry_after(job: Job) -> int | None:
    """Return in how many seconds to ask again, ``None`` once it is over: soon, or when a try is due."""
    if job.status in transitions.OVER:
        return None
    if job.next_attempt_at is None:
        return 1
    wait = (job.next_attempt_at - clock.now()).total_seconds()
    return min(_LONGEST_PAUSE, max(1, math.ceil(wait)))
