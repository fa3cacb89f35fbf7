"""What a queue message leads to, decided from the job's record: messages come twice, late, and broken.

A message only says "look at this job". What it leads to is decided by the record, so duplicates, late ones
and the reconciler's own find nothing to do, and nothing that is no job's message is ever tried twice. The
first message of a job also says at which version nobody had touched it: its flow is started unread, and its
attempt begins only where the record is still at that version.
"""

from __future__ import annotations

import base64
import binascii
import logging
from collections.abc import Awaitable, Callable, Collection

from pydantic import ValidationError

from core.jobs import dead_letters, transitions
from core.jobs.models import Job, JobMessage, Launch
from core.platform import telemetry

type Start = Callable[[Launch], Awaitable[None]]

PATIENT_NUDGES = 3
"""So often a job that could not be started is sent again before a poisoned message condemns it."""

_log = logging.getLogger("pluckit.jobs")


async def deliver(body: bytes, message_id: str | None, kinds: Collection[str], start: Start) -> None:
    """Act on a message of the job queue; returning means that it is done with.

    ``start`` starts the job's orchestration, or finds it running; it is called for jobs of ``kinds`` that are
    not over, as far as is known.
    """
    message = await _read_or_bury(body, message_id)
    if message is None:
        return
    told = {"messaging.operation.type": "process", "pluckit.job.id": message.job_id}
    with telemetry.span("process job", "consumer", told, parent=message.traceparent):
        await _deliver(message, message_id, kinds, start)


async def _deliver(message: JobMessage, message_id: str | None, kinds: Collection[str], start: Start) -> None:
    first = Launch.first(message)
    if first is not None and first.kind in kinds:
        await start(first)
    elif (job := await _job_of(message, message_id)) is not None:
        await _go_on(job, kinds, start)


async def _go_on(job: Job, kinds: Collection[str], start: Start) -> None:
    from core.jobs import repository

    if job.status == "dead_lettered" and not job.buried:
        await dead_letters.bury(job.ref, job.error or "")
    elif job.status in transitions.OVER:
        _log.info("job %s is over: late message dropped", job.id)
    elif job.kind not in kinds:
        await dead_letters.bury(job.ref, f"This version of the app has no flow for jobs of kind {job.kind}.")
    else:
        repository.remember(job)
        await start(Launch.of(job))


async def drain(body: bytes, message_id: str | None) -> None:
    """Act on a message of the poison queue: one that failed as often as the platform tries.

    A job that is not over is left to the reconciler, for an outage of the database also poisons messages;
    only one that it has sent again in vain is given up.
    """
    message = await _read_or_bury(body, message_id)
    if message is None:
        return
    job = await _job_of(message, message_id)
    if job is None or job.status in transitions.OVER:
        return
    if job.nudges >= PATIENT_NUDGES:
        await dead_letters.bury(job.ref, "Its message failed again and again: the job could not be started.")
    else:
        _log.warning("the message of job %s failed; the reconciler will send it again", job.id)


def read(body: bytes) -> JobMessage | None:
    """Return the message in ``body``, base64 or plain JSON; ``None`` where there is none."""
    for candidate in (_decoded(body), body):
        try:
            return JobMessage.model_validate_json(candidate)
        except ValidationError:
            continue
    return None


async def _read_or_bury(body: bytes, message_id: str | None) -> JobMessage | None:
    message = read(body)
    if message is None:
        await dead_letters.bury_message(_text(body), "This is not a job's message.", message_id=message_id)
    return message


async def _job_of(message: JobMessage, message_id: str | None) -> Job | None:
    """Return the job a message is about; the message of a job that is not there is buried."""
    from core.jobs import repository

    job = await repository.jobs().get(message.user_id, message.job_id)
    if job is None:
        # Without the person: a message may outlast the account it was sent for.
        reason = f"There is no job {message.job_id}: it has expired, or its owner has left."
        nameless = message.model_dump_json(exclude={"user_id"})
        await dead_letters.bury_message(nameless, reason, message_id=message_id)
    return job


def _decoded(body: bytes) -> bytes:
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _text(body: bytes) -> str:
    """Return what was sent as text: decoded where it is base64 of text, as it came otherwise."""
    try:
        return (_decoded(body) or body).decode()
    except UnicodeDecodeError:
        return body.decode(errors="backslashreplace")
