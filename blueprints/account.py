"""A person's rights over HTTP: everything along in one file, or everything erased."""

from __future__ import annotations

import azure.functions as func

from blueprints import access
from core import account, identity, jobs
from core.platform import ranges
from core.platform.errors import RangeBeyondEnd
from core.platform.http import Call, Reply, endpoint

bp = func.Blueprint()

_ZIP = "application/zip"


@bp.route(route="api/auth/me/export", methods=["POST"])
@endpoint(
    auth=access.live_session,
    returns=lambda: {202: jobs.JobStarted},
    idempotent=True,
    problems=lambda: [account.TooManyExports],
)
async def export_me(call: Call) -> Reply:
    """Export everything kept of you; while an export is under way, asking again is the same one."""
    job = await account.ask_export(call.user, call.effect_id())
    return Reply.accepted(jobs.JobStarted(job_id=job.id), location=f"/api/jobs/{job.id}")


@bp.route(route="api/auth/me/exports/{export_id:guid}", methods=["GET", "HEAD"])
@endpoint(
    auth=access.link_or_user,
    returns=lambda: {200: _ZIP, 206: _ZIP, 307: None},
    problems=lambda: [account.ExportNotFound, account.ExportExpired, RangeBeyondEnd],
    sends=["ETag", "Accept-Ranges", "Content-Disposition"],
)
async def get_export(call: Call[None, account.Ticket, account.ExportPath]) -> Reply:
    """The archive: whole where it is small, in ranges of 8 MiB, or by a redirect to storage for all of it."""
    found = await account.find_export(call.user, call.path.export_id)
    headers = {
        "ETag": f'"{found.etag}"',
        "Accept-Ranges": "bytes",
        "Content-Disposition": f'attachment; filename="{account.filename(found)}"',
    }
    part = ranges.part_of(call.headers, found.etag, found.size)
    if part is None and found.size > account.PIECE:
        return Reply(307, headers={**headers, "Location": await account.direct_url(found)})
    if part is None:
        return Reply.file(await account.read_export(found, 0, found.size), _ZIP, headers=headers)
    sent = part.at_most(account.PIECE)
    data = await account.read_export(found, sent.start, sent.length)
    return Reply.file(data, _ZIP, status=206, headers={**headers, "Content-Range": sent.content_range})


@bp.route(route="api/auth/me", methods=["DELETE"])
@endpoint(
    auth=access.leaving,
    returns=lambda: {202: account.ErasureStarted},
    problems=lambda: [identity.UnknownIssuer],
)
async def erase_me(call: Call[account.Farewell]) -> Reply:
    """Erase everything kept of you. You are signed out at once; `Location` tells the rest without a token."""
    started = await account.ask_erasure(call.user, call.body)
    return Reply.accepted(started, location=started.status_url, retry_after=5)
