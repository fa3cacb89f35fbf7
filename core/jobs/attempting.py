"""One attempt at a job: counted first, worked second, told third.

The attempt is in the record before any work, so an input that kills its worker runs out of attempts like one
that only fails. What is returned goes to the orchestrator, which decides whether and when to try again.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Literal, TypedDict

from core.jobs import backoff, dead_letters, measuring, service, transitions
from core.jobs.backoff import RetryPolicy
from core.jobs.errors import JobNotFound
from core.jobs.failures import Failure, classify
from core.jobs.models import Job, JobRef
from core.platform import clock
from core.platform.errors import Unavailable

type Work = Callable[[Job], Awaitable[dict[str, Any]]]
"""Does a job and returns its result. It may be called again after it has succeeded."""
type Finished = Callable[[Job], Awaitable[dict[str, Any] | None]]
"""Returns the result of a job whose work is found to be done, ``None`` where it is not."""
type State = Literal[
    "completed", "dead_lettered", "failed", "superseded", "gone", "retry", "hopeless", "paused"
]

_log = logging.getLogger("pluckit.jobs")


class Outcome(TypedDict):
    """How an attempt ended, as JSON.

    ``retry`` asks for another one after ``retry_after`` seconds or more, ``hopeless`` for the burial;
    ``superseded`` and ``gone`` say that there is no longer such a run or such a job; ``paused`` asks for the
    next piece of a long job after ``retry_after`` seconds.
    """

    state: State
    attempt: int
    error: str | None
    retry_after: float | None


class Settled(Exception):
    """There is nothing to attempt; carries what to tell the orchestrator."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome["state"])
        self.outcome = outcome


class Paused(Exception):
    """Work that is too long for one attempt raises it between two pieces: what was done is kept.

    ``progress`` is for whoever polls; the next piece begins after ``seconds``, with no attempt counted.
    """

    def __init__(self, progress: dict[str, Any], *, seconds: float = 0.0) -> None:
        super().__init__("to be continued")
        self.progress = progress
        self.seconds = seconds


async def attempt(ref: JobRef, policy: RetryPolicy, work: Work) -> Outcome:
    """Attempt run ``ref`` once and tell how it ended.

    Raises:
        Unavailable: the record cannot be reached, so nothing was begun.
    """
    try:
        job = await _begin(ref, policy.max_attempts)
    except Settled as settled:
        return settled.outcome
    try:
        done = await service.complete(job, await work(job))
    except Paused as pause:
        now = await service.pause(job, pause.progress, timedelta(seconds=pause.seconds))
        return outcome_of(now) if now.status in transitions.OVER else _paused(pause)
    except Exception as error:  # noqa: BLE001 - whatever it was, it is classified, logged and counted
        failure = classify(error)
        _log.warning("attempt %d of job %s failed", job.attempt, job.id, exc_info=error)
        return await _failed(job, policy, failure)
    measuring.over(done)
    return outcome_of(done)


async def give_up(ref: JobRef, reason: str, finished: Finished | None = None) -> Outcome:
    """Bury run ``ref``, or complete it where its last attempt did the work and could not say so.

    Raises:
        Unavailable: not now; nothing is lost.
    """
    try:
        job = await service.get(ref.user_id, ref.job_id)
    except JobNotFound:
        return _over("gone")
    if finished is not None and job.run == ref.run and (result := await finished(job)) is not None:
        return outcome_of(await service.complete(job, result))
    return outcome_of(await dead_letters.bury(ref, reason) or job)


def outcome_of(job: Job) -> Outcome:
    """Return what the record says of a job that is over."""
    state: State = job.status if job.status in transitions.OVER else "retry"  # type: ignore[assignment]  # OVER is a subset of State
    return Outcome(state=state, attempt=job.attempt, error=job.error, retry_after=None)


async def _begin(ref: JobRef, max_attempts: int) -> Job:
    from core.jobs import repository

    def begun(found: Job) -> Job:
        if refused := _refusal(found, ref, max_attempts):
            raise Settled(refused)
        return transitions.begin(found, clock.now())

    if (first := await repository.begin_first(ref, clock.now())) is not None:
        return first
    seen = repository.last_seen(ref.job_id)
    if seen is not None and _refusal(seen, ref, max_attempts) is None:
        job = await repository.replace(begun(seen)) or await repository.change(ref.user_id, ref.job_id, begun)
    else:
        job = await repository.change(ref.user_id, ref.job_id, begun)
    if job is None:
        raise Settled(_over("gone"))
    return job


def _refusal(found: Job, ref: JobRef, max_attempts: int) -> Outcome | None:
    """Return why there is nothing to attempt, ``None`` where there is."""
    if found.run != ref.run:
        return _over("superseded")
    if found.status in transitions.OVER:
        return outcome_of(found)
    return _used_up(found) if found.attempt >= max_attempts else None


def _paused(pause: Paused) -> Outcome:
    return Outcome(state="paused", attempt=0, error=None, retry_after=pause.seconds)


def _over(state: State) -> Outcome:
    return Outcome(state=state, attempt=0, error=None, retry_after=None)


def _used_up(job: Job) -> Outcome:
    """Every attempt began and none of them ended the job: the last one may not even have reported."""
    silent = f"Attempt {job.attempt} ended without a word: it may have stopped its worker."
    told = job.attempts[-1].error if job.attempts else None
    return Outcome(state="retry", attempt=job.attempt, error=told or silent, retry_after=None)


async def _failed(job: Job, policy: RetryPolicy, failure: Failure) -> Outcome:
    outcome = Outcome(
        state="hopeless" if failure.hopeless else "retry",
        attempt=job.attempt,
        error=failure.reason,
        retry_after=failure.retry_after,
    )
    if failure.hopeless or job.attempt >= policy.max_attempts:
        return outcome
    pause = backoff.delay(policy, job.instance_id, job.attempt, failure.retry_after)
    try:
        now = await service.wait(job, failure.reason, pause)
    except Unavailable:
        return outcome
    return outcome_of(now) if now.status in transitions.OVER else outcome
