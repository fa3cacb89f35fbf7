"""Polling a job, whatever it does: every 202 of the app points here."""

from __future__ import annotations

import azure.functions as func

from core import jobs
from core.identity import Auth
from core.jobs import JobPath, JobView
from core.platform.http import Call, Reply, endpoint

bp = func.Blueprint()


@bp.route(route="api/jobs/{job_id:guid}", methods=["GET", "HEAD"])
@endpoint(
    auth=Auth.USER,
    path=JobPath,
    returns={200: JobView, 202: JobView},
    problems=[jobs.JobNotFound, jobs.JobFailed],
)
async def get_job(call: Call[None, None, JobPath]) -> Reply:
    """A job of yours: 202 while it runs, 200 with its result, a problem if it failed."""
    job = await jobs.get(call.user, call.path.job_id.lower())
    polled = jobs.polled(job)
    if polled.retry_after is None:
        return Reply.ok(polled.view)
    return Reply.accepted(polled.view, location=f"/api/jobs/{job.id}", retry_after=polled.retry_after)
