"""The weekly digest over HTTP: as JSON, or as a page for ``Accept: text/html``."""

from __future__ import annotations

import azure.functions as func

from blueprints import access
from core import digest, jobs
from core.platform import models
from core.platform.http import Call, Reply, endpoint

bp = func.Blueprint()

_DIGEST = "api/digest/{digest_id:guid}"
_SHOWN = ["Vary", "Content-Security-Policy"]
_PAGE = {"text/html": '<!doctype html><html lang="en"><title>Your week</title><h1>Your week</h1></html>'}


@bp.route(route="api/digest", methods=["GET", "HEAD"])
@endpoint(
    auth=access.user,
    returns=lambda: {200: (digest.DigestView, "text/html")},
    samples=lambda: _PAGE,
    problems=lambda: [digest.DigestNotFound],
    follows=["run_digest"],
    sends=_SHOWN,
)
async def get_latest_digest(call: Call) -> Reply:
    """Your last digest; a page you can print or mail with `Accept: text/html`."""
    return _shown(call.preferred("application/json", "text/html"), await digest.latest(call.user))


@bp.route(route="api/digest/history", methods=["GET", "HEAD"])
@endpoint(auth=access.user, returns=lambda: {200: models.Page[digest.DigestSummary]}, follows=["run_digest"])
async def list_digests(call: Call[None, models.ListQuery]) -> models.Page[digest.DigestSummary]:
    """Your digests, the last one first."""
    found, cursor = await digest.history(call.user, call.query)
    return models.Page[digest.DigestSummary](items=[digest.summary(one) for one in found], next_cursor=cursor)


@bp.route(route=_DIGEST, methods=["GET", "HEAD"])
@endpoint(
    auth=access.user,
    returns=lambda: {200: (digest.DigestView, "text/html")},
    samples=lambda: _PAGE,
    problems=lambda: [digest.DigestNotFound],
    sends=_SHOWN,
)
async def get_digest(call: Call[None, None, digest.DigestPath]) -> Reply:
    """One of your digests, as JSON or as a page."""
    found = await digest.get(call.user, call.path.digest_id)
    return _shown(call.preferred("application/json", "text/html"), found)


@bp.route(route="api/digest/run", methods=["POST"])
@endpoint(
    auth=access.user,
    returns=lambda: {202: jobs.JobStarted},
    rate="model",
    idempotent=True,
    follows=["import_vault"],
)
async def run_digest(call: Call) -> Reply:
    """Make this week's digest now; a week has one, so the job may find that it is there."""
    job = await digest.run(call.user)
    return Reply.accepted(jobs.JobStarted(job_id=job.id), location=f"/api/jobs/{job.id}")


@bp.route(route=_DIGEST + "/feedback", methods=["POST"])
@endpoint(
    auth=access.user,
    returns=lambda: {202: jobs.JobStarted},
    idempotent=True,
    problems=lambda: [digest.DigestNotFound, digest.NotInDigest, digest.FeedbackGiven],
)
async def give_digest_feedback(call: Call[digest.Feedback, None, digest.DigestPath]) -> Reply:
    """Say what you think of an outfit, an item or a find; a job takes it into your taste, once."""
    job = await digest.give_feedback(call.user, call.path.digest_id, call.body)
    return Reply.accepted(jobs.JobStarted(job_id=job.id), location=f"/api/jobs/{job.id}")


@bp.route(route="api/digest/preferences", methods=["GET", "HEAD"])
@endpoint(auth=access.user, returns=lambda: {200: digest.PreferencesView}, sends=["ETag"])
async def get_digest_preferences(call: Call) -> Reply:
    """When and how you get the digest, and when the next one is due."""
    found = await digest.preferences(call.user)
    return Reply.ok(digest.preferences_view(found), etag=digest.etag(found))


@bp.route(route="api/digest/preferences", methods=["PUT"])
@endpoint(
    auth=access.user,
    returns=lambda: {200: digest.PreferencesView},
    problems=lambda: [digest.PreferencesChanged],
    sends=["ETag"],
)
async def set_digest_preferences(call: Call[digest.NewPreferences]) -> Reply:
    """Choose weekday, hour, time zone and tone, or opt out with `enabled` false; send all of them."""
    changed = await digest.set_preferences(call.user, call.body, if_match=call.if_match)
    return Reply.ok(digest.preferences_view(changed), etag=digest.etag(changed))


def _shown(media: str | None, found: digest.Digest) -> Reply:
    view = digest.view(found)
    if media != "text/html":
        return Reply.ok(view, headers={"Vary": "Accept"})
    headers = {"Vary": "Accept", "Content-Security-Policy": digest.PAGE_POLICY}
    return Reply.file(digest.page(view).encode(), "text/html; charset=utf-8", headers=headers)
