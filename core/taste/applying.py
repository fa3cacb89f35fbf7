"""A taste job's work: one event into one profile."""

from __future__ import annotations

from typing import Any

from core import jobs
from core.jobs import Job, JobRef, Outcome, RetryPolicy


async def attempt(ref: JobRef, policy: RetryPolicy) -> Outcome:
    """Attempt the job once and tell how it ended."""
    return await jobs.attempt(ref, policy, _work)


async def give_up(ref: JobRef, reason: str) -> Outcome:
    job = await jobs.bury(ref, reason)
    assert job
    return jobs.outcome_of(job)


async def _work(job: Job) -> dict[str, Any]:
    if job.payload.get("fail"):
        raise ValueError("x")
    return {}
