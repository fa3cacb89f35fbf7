"""Operations, for administrators: jobs with Durable's own status and management URLs, dead letters, and
the sweep of weekly digests.
"""

from __future__ import annotations

import azure.durable_functions as df

from blueprints import access
from core import digest, jobs
from core.platform import clock, models
from core.platform.http import Call, Reply, endpoint
from orchestrations import inspecting, weekly_digest

bp = df.Blueprint()

_LETTER = "api/admin/dead-letters/{dead_letter_id:guid}"


@bp.route(route="api/admin/jobs/{job_id:guid}", methods=["GET", "HEAD"])
@bp.durable_client_input(client_name="client")
@endpoint(
    auth=access.administrator,
    returns=lambda: {200: jobs.AdminJobView, 202: jobs.AdminJobView},
    problems=lambda: [jobs.JobNotFound],
)
async def get_admin_job(call: Call[None, None, jobs.JobPath], client: df.DurableFunctionsClient) -> Reply:
    """Anyone's job with its attempts and its Durable instance: 202 while it runs, 200 however it ended."""
    job = await jobs.find(call.path.job_id)
    instance = await inspecting.instance_of(client, job)
    view = jobs.admin_view(job, instance, inspecting.management_urls(client, job.instance_id))
    again = jobs.retry_after(job)
    if again is None:
        return Reply.ok(view)
    return Reply.accepted(view, location=f"/api/admin/jobs/{job.id}", retry_after=again)


@bp.route(route="api/admin/dead-letters", methods=["GET", "HEAD"])
@endpoint(auth=access.administrator, returns=lambda: {200: models.Page[jobs.DeadLetterView]})
async def list_dead_letters(call: Call[None, models.ListQuery]) -> models.Page[jobs.DeadLetterView]:
    """Everyone's dead letters that were not replayed, newest first."""
    letters, cursor = await jobs.dead_letters.list_open(call.query)
    return models.Page[jobs.DeadLetterView](
        items=[jobs.dead_letters.view(x) for x in letters], next_cursor=cursor
    )


@bp.route(route=_LETTER, methods=["GET", "HEAD"])
@endpoint(
    auth=access.administrator,
    returns=lambda: {200: jobs.DeadLetterView},
    problems=lambda: [jobs.DeadLetterNotFound],
)
async def get_dead_letter(call: Call[None, None, jobs.DeadLetterPath]) -> jobs.DeadLetterView:
    """One dead letter: what was asked, why it was given up, and every attempt."""
    return jobs.dead_letters.view(await jobs.dead_letters.get(call.path.dead_letter_id))


@bp.route(route=_LETTER + "/replay", methods=["POST"])
@endpoint(
    auth=access.administrator,
    returns=lambda: {202: jobs.JobStarted},
    problems=lambda: [jobs.DeadLetterNotFound, jobs.NotReplayable],
)
async def replay_dead_letter(call: Call[None, None, jobs.DeadLetterPath]) -> Reply:
    """Start the job over as a new run; asking twice starts it once."""
    job = await jobs.dead_letters.replay(call.path.dead_letter_id)
    return Reply.accepted(jobs.JobStarted(job_id=job.id), location=f"/api/admin/jobs/{job.id}")


@bp.route(route=_LETTER, methods=["DELETE"])
@endpoint(auth=access.administrator, returns=lambda: {204: None}, problems=lambda: [jobs.DeadLetterNotFound])
async def delete_dead_letter(call: Call[None, None, jobs.DeadLetterPath]) -> Reply:
    """Forget a dead letter; its owner still sees that the job failed, until it expires."""
    await jobs.dead_letters.forget(call.path.dead_letter_id)
    return Reply.no_content()


@bp.route(route="api/admin/digest/run", methods=["POST"])
@bp.durable_client_input(client_name="client")
@endpoint(
    auth=access.administrator, returns=lambda: {202: digest.Sweep}, problems=lambda: [digest.SweepRunning]
)
async def run_digest_sweep(call: Call[digest.SweepRequest], client: df.DurableFunctionsClient) -> Reply:
    """Sweep the digests that are due, with `failed` also those that failed; joins a sweep that is running."""
    started = await weekly_digest.start(client, clock.now(), failed_too=call.body.failed)
    if call.body.failed and not started:
        raise digest.SweepRunning("Wait until it is over, then ask again.")
    management = inspecting.management_urls(client, weekly_digest.INSTANCE)
    sweep = digest.Sweep(instance_id=weekly_digest.INSTANCE, started=started, management=management)
    return Reply.accepted(sweep, location=management["statusQueryGetUri"])


@bp.route(route="api/admin/digest/failures", methods=["GET", "HEAD"])
@endpoint(auth=access.administrator, returns=lambda: {200: models.Page[digest.FailureView]})
async def list_digest_failures(call: Call[None, models.ListQuery]) -> models.Page[digest.FailureView]:
    """Everyone's digests that failed and were not made since, the longest failing first."""
    found, cursor = await digest.failures(call.query)
    return models.Page[digest.FailureView](items=found, next_cursor=cursor)
