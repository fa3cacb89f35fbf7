"""Finds jobs that were lost between two steps and sends their messages again.

It decides nothing about a job but that nothing was heard of it: whether it runs, waits or is gone is found
out where its message arrives. So it can neither condemn a job nor start one twice.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta

from core.jobs import service
from core.jobs.models import Job
from core.platform import clock
from core.platform.errors import Unavailable

_MOST_AT_ONCE = 2000
_IN_FLIGHT = 16
_DOUBLINGS = 4

_log = logging.getLogger("pluckit.jobs")


def is_silent(job: Job, now: datetime, patience: timedelta) -> bool:
    """Tell whether a message for ``job`` is due.

    A waiting job is not heard of before its next attempt. Each message sent in vain doubles the patience with
    the next one (up to sixteen times), so a backlog is not buried under copies of itself.
    """
    moments = (job.updated_at, job.next_attempt_at, job.nudged_at)
    heard = max(moment for moment in moments if moment is not None)
    doubled: timedelta = patience * 2 ** min(job.nudges, _DOUBLINGS)
    return now - heard > doubled


async def reconcile() -> int:
    """Send the message of every silent job again; return how many were sent."""
    from core.jobs import repository
    from core.platform import settings

    now = clock.now()
    patience = timedelta(seconds=settings.get(settings.JobSettings).reconcile_seconds)
    silent: list[Job] = []
    async for job in repository.silent_since(now - patience):
        if is_silent(job, now, patience):
            silent.append(job)
        if len(silent) == _MOST_AT_ONCE:
            break
    places = asyncio.Semaphore(_IN_FLIGHT)
    return sum(await asyncio.gather(*(_nudge(job, places) for job in silent)))


async def _nudge(job: Job, places: asyncio.Semaphore) -> bool:
    """Count the message in the record, then send it; a job that moved meanwhile needs none."""
    from core.jobs import repository

    async with places:
        try:
            counted = {"nudges": job.nudges + 1, "nudged_at": clock.now()}
            nudged = await repository.replace(job.model_copy(update=counted))
        except Unavailable:
            _log.warning("job %s could not be nudged; the next round tries again", job.id)
            return False
        if nudged is not None:
            await service.send(nudged)
        return nudged is not None
