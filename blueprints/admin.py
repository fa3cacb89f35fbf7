"""Operations, for administrators: jobs with Durable's own status and management URLs, dead letters, and
the sweep of weekly digests.
"""

from __future__ import annotations

import azure.durable_functions as df

from core import digest, jobs
from core.digest import FailureView, Sweep, SweepRequest
from core.identity import Auth
from core.jobs import AdminJobView, DeadLetterPath, DeadLetterView, JobPath, JobStarted, dead_letters
from core.platform import clock
from core.platform.http import Call, Reply, endpoint
from core.platform.models import ListQuery, Page
from orchestrations import inspecting, weekly_digest

bp = df.Blueprint()

_LETTER = "api/admin/dead-letters/{dead_letter_id:guid}"


@bp.route(route="api/admin/jobs/{job_id:guid}", methods=["GET", "HEAD"])
@bp.durable_client_input(client_name="client")
@endpoint(
    auth=Auth.ADMIN, path=JobPath, returns={200: AdminJobView, 202: AdminJobView}, problems=[jobs.JobNotFound]
)
async def get_admin_job(call: Call[None, None, JobPath], client: df.DurableFunctionsClient) -> Reply:
    """Anyone's job with its attempts and its Durable instance: 202 while it runs, 200 however it ended."""
    job = await jobs.find(call.path.job_id.lower())
    instance = await inspecting.instance_of(client, job)
    view = jobs.admin_view(job, instance, inspecting.management_urls(client, job.instance_id))
    again = jobs.retry_after(job)
    if again is None:
        return Reply.ok(view)
    return Reply.accepted(view, location=f"/api/admin/jobs/{job.id}", retry_after=again)


@bp.route(route="api/admin/dead-letters", methods=["GET", "HEAD"])
@endpoint(auth=Auth.ADMIN, query=ListQuery, returns={200: Page[DeadLetterView]})
async def list_dead_letters(call: Call[None, ListQuery]) -> Page[DeadLetterView]:
    """Everyone's dead letters that were not replayed, newest first."""
    letters, cursor = await dead_letters.list_open(call.query)
    return Page[DeadLetterView](items=[dead_letters.view(x) for x in letters], next_cursor=cursor)


@bp.route(route=_LETTER, methods=["GET", "HEAD"])
@endpoint(
    auth=Auth.ADMIN, path=DeadLetterPath, returns={200: DeadLetterView}, problems=[jobs.DeadLetterNotFound]
)
async def get_dead_letter(call: Call[None, None, DeadLetterPath]) -> DeadLetterView:
    """One dead letter: what was asked, why it was given up, and every attempt."""
    return dead_letters.view(await dead_letters.get(call.path.dead_letter_id.lower()))


@bp.route(route=_LETTER + "/replay", methods=["POST"])
@endpoint(
    auth=Auth.ADMIN,
    path=DeadLetterPath,
    returns={202: JobStarted},
    problems=[jobs.DeadLetterNotFound, jobs.NotReplayable],
)
async def replay_dead_letter(call: Call[None, None, DeadLetterPath]) -> Reply:
    """Start the job over as a new run; asking twice starts it once."""
    job = await dead_letters.replay(call.path.dead_letter_id.lower())
    return Reply.accepted(JobStarted(job_id=job.id), location=f"/api/admin/jobs/{job.id}")


@bp.route(route=_LETTER, methods=["DELETE"])
@endpoint(auth=Auth.ADMIN, path=DeadLetterPath, returns={204: None}, problems=[jobs.DeadLetterNotFound])
async def delete_dead_letter(call: Call[None, None, DeadLetterPath]) -> Reply:
    """Forget a dead letter; its owner still sees that the job failed, until it expires."""
    await dead_letters.forget(call.path.dead_letter_id.lower())
    return Reply.no_content()


@bp.route(route="api/admin/digest/run", methods=["POST"])
@bp.durable_client_input(client_name="client")
@endpoint(auth=Auth.ADMIN, body=SweepRequest, returns={202: Sweep}, problems=[digest.SweepRunning])
async def run_digest_sweep(call: Call[SweepRequest], client: df.DurableFunctionsClient) -> Reply:
    """Sweep the digests that are due, with `failed` also those that failed; joins a sweep that is running."""
    started = await weekly_digest.start(client, clock.now(), failed_too=call.body.failed)
    if call.body.failed and not started:
        raise digest.SweepRunning("Wait until it is over, then ask again.", retry_after=60)
    management = inspecting.management_urls(client, weekly_digest.INSTANCE)
    sweep = Sweep(instance_id=weekly_digest.INSTANCE, started=started, management=management)
    return Reply.accepted(sweep, location=management["statusQueryGetUri"])


@bp.route(route="api/admin/digest/failures", methods=["GET", "HEAD"])
@endpoint(auth=Auth.ADMIN, query=ListQuery, returns={200: Page[FailureView]})
async def list_digest_failures(call: Call[None, ListQuery]) -> Page[FailureView]:
    """Everyone's digests that failed and were not made since, the longest failing first."""
    found, cursor = await digest.failures(call.query)
    return Page[FailureView](items=found, next_cursor=cursor)
