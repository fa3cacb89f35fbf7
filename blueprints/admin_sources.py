"""Fashion sources as administrators keep them: added, tried, watched, paused, removed, swept."""

from __future__ import annotations

import azure.functions as func

from blueprints import access
from core import jobs, scraper
from core.platform import fetch, models
from core.platform.http import Call, Reply, endpoint

bp = func.Blueprint()

_SOURCE = "api/admin/sources/{source_id:guid}"


@bp.route(route="api/admin/sources", methods=["GET", "HEAD"])
@endpoint(auth=access.administrator, returns=lambda: {200: models.Page[scraper.AdminSourceView]})
async def list_admin_sources(call: Call[None, models.ListQuery]) -> models.Page[scraper.AdminSourceView]:
    """All sources by name, with how their sweeps went."""
    sources, cursor = await scraper.page(call.query)
    return models.Page[scraper.AdminSourceView](
        items=[scraper.shown_to_admin(s) for s in sources], next_cursor=cursor
    )


@bp.route(route="api/admin/sources", methods=["POST"])
@endpoint(
    auth=access.administrator,
    returns=lambda: {201: scraper.AdminSourceView, 200: scraper.AdminSourceView},
    idempotent=True,
    problems=lambda: [scraper.InvalidSource, scraper.SourceExists],
    sends=["ETag"],
)
async def add_source(call: Call[scraper.SourceSpec]) -> Reply:
    """Follow a source; it is swept when the next sweep comes. 200 where it is followed already."""
    source, is_new = await scraper.add(call.body)
    return _shown(source, status=201 if is_new else 200)


@bp.route(route="api/admin/sources/test", methods=["POST"])
@endpoint(
    auth=access.administrator,
    returns=lambda: {200: scraper.Trial},
    problems=lambda: [scraper.InvalidSource, scraper.SourceUnreadable, fetch.FetchFailed],
)
async def test_source(call: Call[scraper.SourceSpec]) -> scraper.Trial:
    """A dry run: ask for the source's documents now and show what would be stored."""
    return await scraper.try_out(call.body)


@bp.route(route=_SOURCE, methods=["GET", "HEAD"])
@endpoint(
    auth=access.administrator,
    returns=lambda: {200: scraper.AdminSourceView},
    problems=lambda: [scraper.SourceNotFound],
    sends=["ETag"],
)
async def get_admin_source(call: Call[None, None, scraper.SourcePath]) -> Reply:
    """One source with its telemetry."""
    return _shown(await scraper.get(call.path.source_id))


@bp.route(route=_SOURCE, methods=["PATCH"])
@endpoint(
    auth=access.administrator,
    returns=lambda: {200: scraper.AdminSourceView},
    problems=lambda: [scraper.SourceNotFound, scraper.SourceChanged, scraper.InvalidSource],
    sends=["ETag"],
)
async def change_source(call: Call[scraper.SourcePatch, None, scraper.SourcePath]) -> Reply:
    """Change a source by JSON merge patch. Kind and address stay: another address is another source."""
    return _shown(await scraper.change(call.path.source_id, call.body, if_match=call.if_match))


@bp.route(route=_SOURCE, methods=["DELETE"])
@endpoint(
    auth=access.administrator,
    returns=lambda: {204: None},
    problems=lambda: [scraper.SourceNotFound, scraper.SourceChanged],
)
async def remove_source(call: Call[None, None, scraper.SourcePath]) -> Reply:
    """Stop following a source; the next sweep removes the items that only it carried."""
    await scraper.remove(call.path.source_id, if_match=call.if_match)
    return Reply.no_content()


@bp.route(route=_SOURCE + "/pause", methods=["POST"])
@endpoint(
    auth=access.administrator,
    returns=lambda: {200: scraper.AdminSourceView},
    problems=lambda: [scraper.SourceNotFound],
    sends=["ETag"],
)
async def pause_source(call: Call[scraper.PauseReason, None, scraper.SourcePath]) -> Reply:
    """Leave a source alone until it is resumed."""
    return _shown(await scraper.pause(call.path.source_id, call.body.reason))


@bp.route(route=_SOURCE + "/resume", methods=["POST"])
@endpoint(
    auth=access.administrator,
    returns=lambda: {200: scraper.AdminSourceView},
    problems=lambda: [scraper.SourceNotFound],
    follows=["pause_source"],
    sends=["ETag"],
)
async def resume_source(call: Call[None, None, scraper.SourcePath]) -> Reply:
    """Sweep a paused source again; its failures in a row are forgotten."""
    return _shown(await scraper.resume(call.path.source_id))


@bp.route(route="api/admin/scraper/run", methods=["POST"])
@endpoint(auth=access.administrator, returns=lambda: {202: jobs.JobStarted}, follows=["add_source"])
async def run_scraper(call: Call) -> Reply:
    """Sweep all sources that are due, now; while a sweep is under way, that is the one to poll."""
    job = await scraper.start()
    return Reply.accepted(jobs.JobStarted(job_id=job.id), location=f"/api/admin/jobs/{job.id}")


def _shown(source: scraper.Source, *, status: int = 200) -> Reply:
    view = scraper.shown_to_admin(source)
    if status == 201:
        return Reply.created(view, location=f"/api/admin/sources/{source.id}", etag=source.etag)
    return Reply.ok(view, etag=source.etag)
