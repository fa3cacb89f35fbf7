"""Moods: style directions to look through, to find in one's own wardrobe, and to react to."""

from __future__ import annotations

import azure.functions as func

from core import moods
from core.identity import Auth
from core.jobs import JobStarted
from core.moods import MoodMatches, MoodPath, MoodSummary, MoodView
from core.platform.cursors import InvalidCursor
from core.platform.frozen import ListExpired
from core.platform.http import Call, Reply, endpoint
from core.platform.models import ListQuery, Page
from core.reactions import NewReaction, Reacted

bp = func.Blueprint()

_MOOD = "api/moods/{mood_id:guid}"


@bp.route(route="api/moods", methods=["GET", "HEAD"])
@endpoint(
    auth=Auth.USER, query=ListQuery, returns={200: Page[MoodSummary]}, problems=[InvalidCursor, ListExpired]
)
async def list_moods(call: Call[None, ListQuery]) -> Page[MoodSummary]:
    """All moods, those that suit your taste first; the order holds while you page."""
    return await moods.page(call.user, call.query)


@bp.route(route=_MOOD, methods=["GET", "HEAD"])
@endpoint(auth=Auth.USER, path=MoodPath, returns={200: MoodView}, problems=[moods.MoodNotFound])
async def get_mood(call: Call[None, None, MoodPath]) -> MoodView:
    """One mood with its palette, the pieces that make it, and items of the feed that show it."""
    return await moods.get(call.user, call.path.mood_id.lower())


@bp.route(route=_MOOD + "/matches", methods=["GET", "HEAD"])
@endpoint(auth=Auth.USER, path=MoodPath, returns={200: MoodMatches}, problems=[moods.MoodNotFound])
async def match_mood(call: Call[None, None, MoodPath]) -> MoodMatches:
    """What of your own fits a mood, the best outfit of it, and the one piece that is missing."""
    return await moods.matches(call.user, call.path.mood_id.lower())


@bp.route(route=_MOOD + "/react", methods=["POST"])
@endpoint(
    auth=Auth.USER,
    body=NewReaction,
    path=MoodPath,
    returns={200: Reacted},
    problems=[moods.MoodNotFound],
)
async def react_to_mood(call: Call[NewReaction, None, MoodPath]) -> Reacted:
    """Say what you think of a mood; the same twice counts once. A job brings it into your taste profile."""
    return await moods.react(call.user, call.path.mood_id.lower(), call.body)


@bp.route(route="api/admin/moods/generate", methods=["POST"])
@endpoint(auth=Auth.ADMIN, returns={202: JobStarted})
async def generate_moods(call: Call) -> Reply:
    """Make moods of what the feed has had lately: once a month, whoever asks and however often."""
    job = await moods.generate()
    return Reply.accepted(JobStarted(job_id=job.id), location=f"/api/admin/jobs/{job.id}")
