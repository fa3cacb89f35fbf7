"""React to a thing, and look up how one reacted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from core import taste
from core.platform import clock
from core.reactions import remembering
from core.reactions.models import Kind, NewReaction, Reacted, Reaction, Subject


async def react(user_id: str, subject: Subject, given: NewReaction) -> Reacted:
    """Remember a reaction and have taste told; the same reaction again changes nothing.

    The reaction is written first, with all that taste is told of it. A crash before the job is submitted is
    healed by the client's retry, which makes the same event.

    Raises:
        Unavailable: remembered or not; sending it again goes on from where it stopped.
    """
    now = clock.now()
    reaction = await _changed(user_id, subject, given, now)
    event = remembering.event(reaction)
    if event is not None and event.occurred_at < now:
        forgotten_at = (await taste.taste_of(user_id)).profile.reset_at
        reaction = await _changed(user_id, subject, given, now, forgotten_at)
        event = remembering.event(reaction)
    job = None if event is None else await taste.submit(event)
    return Reacted(
        subject_id=reaction.subject_id,
        answer=reaction.answer,
        reacted_at=reaction.reacted_at,
        job_id=None if job is None else job.id,
    )


async def _changed(
    user_id: str,
    subject: Subject,
    given: NewReaction,
    now: datetime,
    forgotten_at: datetime | None = None,
) -> Reaction:
    from core.reactions import repository

    return await repository.change(
        remembering.begun(user_id, subject, given, now),
        lambda found: remembering.changed(found, subject, given, now, forgotten_at),
    )


async def reactions_to(user_id: str, kind: Kind, subject_ids: Iterable[str]) -> dict[str, Reaction]:
    """Return the person's reactions to those of the subjects that they have reacted to, by subject."""
    from core.reactions import repository

    wanted = [remembering.key(kind, each) for each in dict.fromkeys(subject_ids)]
    return {found.subject_id: found for found in await repository.find(user_id, wanted)}
