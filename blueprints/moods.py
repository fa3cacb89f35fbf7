"""Moods: style directions to look through, to find in one's own wardrobe, and to react to."""

from __future__ import annotations

import azure.functions as func

from blueprints import access
from core import jobs, moods, reactions
from core.platform import cursors, frozen, models
from core.platform.http import Call, Reply, endpoint

bp = func.Blueprint()

_MOOD = "api/moods/{mood_id:guid}"


@bp.route(route="api/moods", methods=["GET", "HEAD"])
@endpoint(
    auth=access.user,
    returns=lambda: {200: models.Page[moods.MoodSummary]},
    problems=lambda: [cursors.InvalidCursor, frozen.ListExpired],
)
async def list_moods(call: Call[None, models.ListQuery]) -> models.Page[moods.MoodSummary]:
    """All moods, those that suit your taste first; the order holds while you page."""
    return await moods.page(call.user, call.query)


@bp.route(route=_MOOD, methods=["GET", "HEAD"])
@endpoint(auth=access.user, returns=lambda: {200: moods.MoodView}, problems=lambda: [moods.MoodNotFound])
async def get_mood(call: Call[None, None, moods.MoodPath]) -> moods.MoodView:
    """One mood with its palette, the pieces that make it, and items of the feed that show it."""
    return await moods.get(call.user, call.path.mood_id)


@bp.route(route=_MOOD + "/matches", methods=["GET", "HEAD"])
@endpoint(auth=access.user, returns=lambda: {200: moods.MoodMatches}, problems=lambda: [moods.MoodNotFound])
async def match_mood(call: Call[None, None, moods.MoodPath]) -> moods.MoodMatches:
    """What of your own fits a mood, the best outfit of it, and the one piece that is missing."""
    return await moods.matches(call.user, call.path.mood_id)


@bp.route(route=_MOOD + "/react", methods=["POST"])
@endpoint(auth=access.user, returns=lambda: {200: reactions.Reacted}, problems=lambda: [moods.MoodNotFound])
async def react_to_mood(call: Call[reactions.NewReaction, None, moods.MoodPath]) -> reactions.Reacted:
    """Say what you think of a mood; the same twice counts once. A job brings it into your taste profile."""
    return await moods.react(call.user, call.path.mood_id, call.body)


@bp.route(route="api/admin/moods/generate", methods=["POST"])
@endpoint(auth=access.administrator, returns=lambda: {202: jobs.JobStarted})
async def generate_moods(call: Call) -> Reply:
    """Make moods of what the feed has had lately: once a month, whoever asks and however often."""
    job = await moods.generate()
    return Reply.accepted(jobs.JobStarted(job_id=job.id), location=f"/api/admin/jobs/{job.id}")
