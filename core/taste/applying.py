"""A taste job's work: one event into one profile, once.

The profile and the ledger that says which jobs are in it are one document, written in one compare-and-swap,
so an attempt that is made twice, or that died after writing, changes nothing the second time.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from core.jobs import Job
from core.taste.errors import EventUnreadable
from core.taste.events import StatementReading, TasteEvent
from core.taste.profile import TasteProfile
from core.taste.statements import INSTRUCTIONS

RESULT = {"profile": "/api/taste/profile"}
"""What a completed taste job points at."""


async def work(job: Job) -> dict[str, Any]:
    """Apply the job's event to the profile of its person; return what the job points at.

    Raises:
        EventUnreadable: the payload is no event of this version.
        Unavailable: not now.
    """
    from core.taste import repository

    event = _event_of(job)
    if event.text is not None:
        event = event.read_as(await _read(job.user_id, event.text))
    await repository.add(event, job.id)
    return RESULT


async def finished(job: Job) -> dict[str, Any] | None:
    """Return what the job points at where its event is in the profile, ``None`` where it is not."""
    from core.taste import repository

    profile = await repository.profile(job.user_id)
    return RESULT if _is_applied(job, profile) else None


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
