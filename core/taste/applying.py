"""A taste job's work: one event into one profile, once.

The profile and the ledger that says which jobs are in it are one document, written in one compare-and-swap,
so an attempt that is made twice, or that died after writing, changes nothing the second time.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from core import jobs
from core.jobs import Job, JobRef, Outcome, RetryPolicy
from core.taste.errors import EventUnreadable
from core.taste.events import StatementReading, TasteEvent
from core.taste.profile import TasteProfile
from core.taste.statements import INSTRUCTIONS

RESULT = {"profile": "/api/taste/profile"}
"""What a completed taste job points at."""


async def attempt(ref: JobRef, policy: RetryPolicy) -> Outcome:
    """Attempt the job once and tell how it ended.

    Raises:
        Unavailable: the record cannot be reached, so nothing was begun.
    """
    return await jobs.attempt(ref, policy, _work)


async def give_up(ref: JobRef, reason: str) -> Outcome:
    """Bury the job, or complete it where its last attempt did the work and could not say so.

    Raises:
        Unavailable: not now; nothing is lost.
    """
    from core.taste import repository

    try:
        job = await jobs.get(ref.user_id, ref.job_id)
    except jobs.JobNotFound:
        return Outcome(state="gone", attempt=0, error=None, retry_after=None)
    if job.run == ref.run and _is_applied(job, await repository.profile(ref.user_id)):
        return jobs.outcome_of(await jobs.complete(job, RESULT))
    return jobs.outcome_of(await jobs.bury(ref, reason) or job)


async def _work(job: Job) -> dict[str, Any]:
    from core.taste import repository

    event = _event_of(job)
    if event.text is not None:
        event = event.read_as(await _read(job.user_id, event.text))
    await repository.add(event, job.id)
    return RESULT


def _is_applied(job: Job, profile: TasteProfile) -> bool:
    try:
        return profile.ledger.holds(job.id, _event_of(job).occurred_at)
    except EventUnreadable:
        return False


def _event_of(job: Job) -> TasteEvent:
    try:
        return TasteEvent.model_validate(job.payload)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the event"
        detail = f"This is no event that this version can read: {where}: {first['msg']}."
        raise EventUnreadable(detail) from None


async def _read(user_id: str, text: str) -> StatementReading:
    from core.platform import ai

    return await ai.complete_structured(
        StatementReading,
        user_id=user_id,
        purpose="taste-statement",
        system=INSTRUCTIONS,
        content=[ai.text_part(text)],
    )
