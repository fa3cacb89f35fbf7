"""The life of a job: submitted once, attempted until it is done or given up, never lost in between.

The record is written before the message, so a crash leaves at worst a record without a message, which the
reconciler sends again. Every step is a compare-and-swap along the transition table, so a message or activity
that comes twice finds the second time that there is nothing to do.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from core.jobs import transitions
from core.jobs.errors import JobNotFound
from core.jobs.models import Claim, Job, JobMessage, JobRef
from core.platform import clock, ids, telemetry
from core.platform.errors import Unavailable

type Move = Callable[[Job], Job]

_log = logging.getLogger("pluckit.jobs")


async def submit(
    user_id: str, kind: str, key: str, payload: dict[str, Any], *, job_id: str | None = None
) -> Job:
    """Return the job of event ``key``: a new one, or inside the dedupe time the one there already is.

    An event that can only happen once brings its ``job_id``, which then decides for ever instead. Once this
    returns the job will be done or dead-lettered, whatever crashes. Where it raises, sending the same key
    again goes on from where it stopped.
    """
    from core.jobs import repository

    now = clock.now()
    job, is_new = await repository.add(
        Job(
            id=job_id or await _claimed(user_id, kind, key),
            user_id=user_id,
            kind=kind,
            status="queued",
            payload=payload,
            traceparent=telemetry.traceparent(),
            created_at=now,
            updated_at=now,
        )
    )
    if is_new:
        await send(job)
    return job


async def submit_alone(user_id: str, kind: str, payload: dict[str, Any], *, job_id: str | None = None) -> Job:
    """Return the person's job of this kind that is under way, or a new one where there is none.

    Asked for several times at once, it is one job. A request that may be sent again brings the ``job_id`` of
    what it would start: where it started that already and none is under way, it is that one, though over.
    """
    from core.jobs import repository

    async def is_over(found: str) -> bool:
        there = await repository.jobs().get(user_id, found)
        return there is not None and there.status in transitions.OVER

    wanted = Claim(id=ids.stable_id("alone", kind), user_id=user_id, job_id=job_id or ids.new_id())
    holder = await repository.claim(wanted)
    if holder != wanted.job_id and await is_over(holder):
        holder = await repository.claim_over(holder, wanted)
    return await submit(user_id, kind, "", payload, job_id=holder)


async def _claimed(user_id: str, kind: str, key: str) -> str:
    """Return the id of the job that holds the key, or has just been given it."""
    from core.jobs import repository
    from core.platform import settings

    ttl = settings.get(settings.JobSettings).dedupe_seconds
    claim = Claim(id=ids.stable_id("claim", kind, key), user_id=user_id, ttl=ttl, job_id=ids.new_id())
    return await repository.claim(claim)


async def send(job: Job) -> None:
    """Send the message that starts ``job``; one that cannot be sent now, the reconciler sends."""
    from core.platform import settings
    from core.platform.storage import Queue

    queue = Queue(settings.get(settings.JobSettings).queue)
    told = {
        "messaging.operation.type": "send",
        "messaging.destination.name": queue.name,
        "pluckit.job.id": job.id,
    }
    try:
        with telemetry.span(f"send {queue.name}", "producer", told, parent=job.traceparent):
            carried = {"traceparent": telemetry.traceparent()}
            await queue.send(JobMessage.of(job).model_copy(update=carried))
    except Unavailable:
        _log.warning("the message of job %s is left to the reconciler", job.id)


async def get(user_id: str, job_id: str) -> Job:
    """Return one's own job.

    Raises:
        JobNotFound: there is none, it has expired, or it is someone else's.
    """
    from core.jobs import repository

    return _found(await repository.jobs().get(user_id, job_id))


async def find(job_id: str) -> Job:
    """Return anyone's job: for administrators.

    Raises:
        JobNotFound: there is none, or it has expired.
    """
    from core.jobs import repository

    return _found(await repository.find(job_id))


async def complete(job: Job, result: dict[str, Any]) -> Job:
    """Record the result; a job that is over already stays as it is. Returns the record as it then is."""
    from core.platform import settings

    keep = settings.get(settings.JobSettings).completed_seconds
    return await advance(job, lambda found: transitions.complete(found, clock.now(), result, keep))


async def wait(job: Job, error: str, pause: timedelta) -> Job:
    """Record that the attempt failed and when the next one is due."""
    return await advance(job, lambda found: transitions.wait(found, clock.now(), error, pause))


async def pause(job: Job, progress: dict[str, Any], delay: timedelta) -> Job:
    """Record how far a long job has got, and when it goes on."""
    return await advance(job, lambda found: transitions.pause(found, clock.now(), progress, delay))


async def advance(job: Job, move: Move) -> Job:
    """Move the record on: the version in hand if it is the current one, else what is there by now.

    A move that the table refuses there, or that belongs to an earlier run, changes nothing.
    """
    from core.jobs import repository

    def moved(found: Job) -> Job:
        try:
            return move(found) if found.run == job.run else found
        except transitions.ImpossibleMove:
            return found

    straight = moved(job)
    if straight is not job and (written := await repository.replace(straight)) is not None:
        return written
    return await _reread(job.ref, moved)


async def _reread(ref: JobRef, moved: Move) -> Job:
    from core.jobs import repository

    changed = await repository.change(ref.user_id, ref.job_id, moved)
    if changed is None:
        raise JobNotFound("The job's record is gone.")
    return changed


def kept_since() -> datetime:
    """Return the moment before which records of completed jobs have expired."""
    from core.platform import settings

    return clock.now() - timedelta(seconds=settings.get(settings.JobSettings).completed_seconds)


def _found(job: Job | None) -> Job:
    if job is None:
        raise JobNotFound("There is no such job, or it has expired.")
    return job
