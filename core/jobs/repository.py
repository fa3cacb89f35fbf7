"""Jobs, dead letters and event-key claims in Cosmos DB."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from functools import cache

from core.jobs import transitions
from core.jobs.models import Claim, DeadLetter, Job, JobRef
from core.platform import settings
from core.platform.cosmos import AlreadyExists, Container, Stale

type Change = Callable[[Job], Job]


@cache
def jobs() -> Container[Job]:
    """Return the container of job records."""
    return Container(settings.get(settings.JobSettings).container, Job, echo=False)


@cache
def dead_letters() -> Container[DeadLetter]:
    """Return the container of dead letters."""
    return Container(settings.get(settings.JobSettings).dead_letter_container, DeadLetter)


_claims = Container("idempotency", Claim)


_seen: OrderedDict[str, Job] = OrderedDict()
_MOST_SEEN = 256


def remember(job: Job) -> None:
    """Keep the version just read for the attempt that mostly follows at once in the same worker."""
    _seen[job.id] = job
    if len(_seen) > _MOST_SEEN:
        _seen.popitem(last=False)


def last_seen(job_id: str) -> Job | None:
    """Return what was remembered, once; maybe out of date, so only good for a compare-and-swap."""
    return _seen.pop(job_id, None)


async def claim(wanted: Claim) -> str:
    """Return the job that holds the key: the wanted one, or the one that claimed it first."""
    try:
        return (await _claims.create(wanted)).job_id
    except AlreadyExists:
        holder = await _claims.get(wanted.user_id, wanted.id)
    return holder.job_id if holder is not None else await claim(wanted)


async def claim_over(holder: str, wanted: Claim) -> str:
    """Take over the key from job ``holder``; return who holds it then: of several that try, one does."""
    taken = await _claims.update(
        wanted.user_id,
        wanted.id,
        lambda there: there.model_copy(update={"job_id": wanted.job_id}) if there.job_id == holder else there,
    )
    return taken.job_id if taken is not None else await claim(wanted)


async def add(job: Job) -> tuple[Job, bool]:
    """Write the record unless it is there; return what is there, and whether it is new."""
    try:
        return await jobs().create(job), True
    except AlreadyExists:
        there = await jobs().get(job.user_id, job.id)
    return (there, False) if there is not None else await add(job)


async def change(user_id: str, job_id: str, to: Change) -> Job | None:
    """Apply ``to`` to the record by compare-and-swap; ``None`` where there is no record."""
    return await jobs().update(user_id, job_id, to)


async def replace(job: Job) -> Job | None:
    """Write over the version in hand; ``None`` where it is no longer the current one."""
    try:
        return await jobs().replace(job)
    except Stale:
        return None


async def begin_first(ref: JobRef, now: datetime) -> Job | None:
    """Begin the first attempt at a job nobody has touched, unread; ``None`` where somebody has."""
    if ref.etag is None:
        return None
    try:
        return await jobs().patch(ref.user_id, ref.job_id, transitions.first_attempt(now), etag=ref.etag)
    except Stale:
        return None


async def find(job_id: str) -> Job | None:
    """Return the job whoever it belongs to: for administrators only."""
    async for job in jobs().everyone(where="c.id = @id", params={"id": job_id}):
        return job
    return None


def silent_since(moment: datetime) -> AsyncIterator[Job]:
    """Yield everyone's jobs that may need the reconciler: not settled, and not moved since ``moment``."""
    return jobs().everyone(
        where=(
            "c.updated_at < @moment AND (c.status IN ('queued', 'running', 'waiting')"
            " OR (c.status = 'dead_lettered' AND c.buried = false))"
        ),
        params={"moment": moment.isoformat().replace("+00:00", "Z")},
    )


async def keep_letter(letter: DeadLetter) -> None:
    """Write a dead letter unless it is there."""
    try:
        await dead_letters().create(letter)
    except AlreadyExists:
        return


async def mark_replayed(letter: DeadLetter, at: datetime, keep_seconds: int) -> None:
    """Take the letter off the list and let it expire; a letter deleted meanwhile stays so."""
    replayed = {"replayed_at": at, "ttl": keep_seconds}
    await dead_letters().update(
        letter.user_id,
        letter.id,
        lambda found: found if found.replayed_at else found.model_copy(update=replayed),
    )


async def find_letter(letter_id: str) -> DeadLetter | None:
    """Return the dead letter whoever it belongs to."""
    async for letter in dead_letters().everyone(where="c.id = @id", params={"id": letter_id}):
        return letter
    return None


async def open_letters(before: str | None, limit: int) -> list[DeadLetter]:
    """Return everyone's dead letters that were not replayed, newest first, from below position ``before``."""
    where, params = "NOT IS_DEFINED(c.replayed_at)", {}
    if before is not None:
        where, params = f"{where} AND c.position < @before", {"before": before}
    found = []
    async for letter in dead_letters().everyone(
        where=where, params=params, order="c.position DESC", at_a_time=limit
    ):
        found.append(letter)
        if len(found) == limit:
            break
    return found
