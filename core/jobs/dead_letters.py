"""Giving up without losing anything: the record says so first, and the dead letter follows from it.

A job is dead-lettered exactly when its record is; the letter and its announcement are made from the record
until ``buried`` says that both are there, so no crash in between leaves a job both done and buried.
"""

from __future__ import annotations

from core.jobs import measuring, service, transitions
from core.jobs.errors import DeadLetterNotFound, NotReplayable
from core.jobs.models import DeadLetter, DeadLetterMessage, DeadLetterView, Job, JobRef
from core.platform import clock, ids, telemetry
from core.platform.cursors import opened, sealed
from core.platform.models import ListQuery

NOBODY = "unknown"
"""The partition of messages that name no person."""

BODY_LIMIT = 65_536
"""Characters kept of a message that is no job's: a queue message's own limit."""

_LIST = "dead letters"


async def bury(ref: JobRef, reason: str) -> Job | None:
    """Give run ``ref`` up because of ``reason``; doing it again finishes what a crash left.

    Returns the record as it then is: completed, where the job was done in the meantime; ``None`` where it
    is gone.
    """
    from core.jobs import repository

    def given_up(found: Job) -> Job:
        if found.run != ref.run or found.status in transitions.OVER:
            return found
        return transitions.give_up(found, clock.now(), reason)

    job = await repository.change(ref.user_id, ref.job_id, given_up)
    if job is None or job.status != "dead_lettered" or job.buried or job.run != ref.run:
        return job
    await _announce(letter_of(job))
    measuring.over(job)
    return await service.advance(job, lambda found: found.model_copy(update={"buried": True}))


def letter_of(job: Job) -> DeadLetter:
    """Return the dead letter of a dead-lettered job's current run."""
    return DeadLetter(
        id=ids.stable_id("dead-letter", job.id, str(job.run)),
        user_id=job.user_id,
        job_id=job.id,
        kind=job.kind,
        run=job.run,
        reason=job.error or "No reason was recorded.",
        attempts=job.attempts,
        payload=job.payload,
        created_at=job.updated_at,
    )


async def bury_message(body: str, reason: str, *, message_id: str | None) -> None:
    """Keep a message that is no job's, with its body; delivered twice, it is one letter."""
    await _announce(
        DeadLetter(
            id=ids.stable_id("dead-letter", message_id or body),
            user_id=NOBODY,
            reason=reason,
            body=body[:BODY_LIMIT],
            created_at=clock.now(),
        )
    )


async def list_open(query: ListQuery) -> tuple[list[DeadLetter], str | None]:
    """Return one page of everyone's dead letters that were not replayed, newest first."""
    from core.jobs import repository

    found = await repository.open_letters(opened(query.cursor, _LIST), query.limit)
    more = len(found) == query.limit
    return found, sealed(found[-1].position, _LIST) if more else None


async def get(letter_id: str) -> DeadLetter:
    """Return one dead letter.

    Raises:
        DeadLetterNotFound: there is none.
    """
    from core.jobs import repository

    letter = await repository.find_letter(letter_id)
    if letter is None:
        raise DeadLetterNotFound("There is no such dead letter.")
    return letter


async def replay(letter_id: str) -> Job:
    """Start the job over as a new run; asking again for a letter that was replayed changes nothing.

    Raises:
        DeadLetterNotFound: there is no such letter.
        NotReplayable: it holds a message that is no job's, or the job is gone.
    """
    from core.jobs import repository
    from core.platform import settings

    letter = await get(letter_id)
    if letter.job_id is None:
        raise NotReplayable("This message is no job's. Mend its sender, then delete it.")

    def queued(found: Job) -> Job:
        if found.run != letter.run or found.status != "dead_lettered":
            return found
        return transitions.replay(found, clock.now())

    job = await repository.change(letter.user_id, letter.job_id, queued)
    if job is None:
        raise NotReplayable("The job this belongs to has been erased.")
    if job.status == "queued":
        await service.send(job)
    keep = settings.get(settings.JobSettings).completed_seconds
    await repository.mark_replayed(letter, clock.now(), keep)
    return job


async def forget(letter_id: str) -> None:
    """Delete a dead letter; its job stays dead-lettered for its owner to see, and expires.

    Raises:
        DeadLetterNotFound: there is no such letter.
    """
    from core.jobs import repository
    from core.platform import settings

    letter = await get(letter_id)
    keep = settings.get(settings.JobSettings).completed_seconds

    def expiring(found: Job) -> Job:
        mine = found.run == letter.run and found.status == "dead_lettered"
        return found.model_copy(update={"ttl": keep}) if mine else found

    if letter.job_id is not None:
        await repository.change(letter.user_id, letter.job_id, expiring)
    await repository.dead_letters().delete(letter.user_id, letter.id)


def view(letter: DeadLetter) -> DeadLetterView:
    """Return what administrators are shown."""
    return DeadLetterView(
        dead_letter_id=letter.id,
        user_id=letter.user_id,
        job_id=letter.job_id,
        kind=letter.kind,
        run=letter.run,
        reason=letter.reason,
        attempts=letter.attempts,
        payload=letter.payload,
        body=letter.body,
        created_at=letter.created_at,
        replayed_at=letter.replayed_at,
        replayable=letter.job_id is not None and letter.replayed_at is None,
    )


async def _announce(letter: DeadLetter) -> None:
    """Write the letter, then tell the dead-letter queue: at least once, never not at all."""
    from core.jobs import repository
    from core.platform import settings
    from core.platform.storage import Queue

    await repository.keep_letter(letter)
    telemetry.measure("pluckit.job.dead_letters", 1, {"pluckit.job.kind": letter.kind or "none"})
    await Queue(settings.get(settings.JobSettings).dead_letter_queue).send(
        DeadLetterMessage(
            dead_letter_id=letter.id,
            job_id=letter.job_id,
            kind=letter.kind,
            reason=letter.reason[:1000],
        )
    )
