"""What jobs are measured by: how old they were when they ended, after how many attempts, and what waits."""

from __future__ import annotations

from contextlib import suppress

from core.jobs.models import Job
from core.platform import clock, telemetry
from core.platform.errors import Unavailable


def over(job: Job) -> None:
    """Measure a job that has just ended; one that is found ended again is measured again."""
    about = {"pluckit.job.kind": job.kind, "pluckit.job.state": job.status}
    telemetry.measure("pluckit.job.age", (clock.now() - job.created_at).total_seconds(), about)
    telemetry.measure("pluckit.job.attempts", job.attempt, about)


async def queues() -> None:
    """Measure about how many messages wait in the job queue, its poison queue and that of dead letters.
    Where Storage does not answer there is nothing to measure.
    """
    if not telemetry.tells("METRICS"):
        return
    from core.platform import settings
    from core.platform.storage import Queue

    named = settings.get(settings.JobSettings)
    with suppress(Unavailable):
        for name in (named.queue, f"{named.queue}-poison", named.dead_letter_queue):
            depth = await Queue(name).depth()
            telemetry.measure("pluckit.queue.depth", depth, {"messaging.destination.name": name})
