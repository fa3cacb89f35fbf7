"""Polling a job, whatever it does: every 202 of the app points here."""

from __future__ import annotations

from urllib.parse import urlsplit

import azure.functions as func

from blueprints import access
from core import account, jobs
from core.platform.http import Call, Reply, endpoint

bp = func.Blueprint()


@bp.route(route="api/jobs/{job_id:guid}", methods=["GET", "HEAD"])
@endpoint(
    auth=access.link_or_user,
    returns=lambda: {200: jobs.JobView, 202: jobs.JobView},
    problems=lambda: [jobs.JobNotFound, jobs.JobFailed],
)
async def get_job(call: Call[None, account.Ticket, jobs.JobPath]) -> Reply:
    """A job of yours: 202 while it runs, 200 with its result, a problem if it failed.

    The link to an erasure opens its job without signing in, for there is nobody left to sign in.
    """
    job = await jobs.get(call.user, call.path.job_id)
    polled = jobs.polled(job)
    if polled.retry_after is None:
        return Reply.ok(polled.view)
    query = urlsplit(call.url).query
    location = f"/api/jobs/{job.id}" + (f"?{query}" if call.query.sig else "")
    return Reply.accepted(polled.view, location=location, retry_after=polled.retry_after)
