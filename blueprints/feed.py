"""The personal feed of what is new at one's sources."""

from __future__ import annotations

import azure.functions as func

from blueprints import access
from core import feed, reactions, scraper
from core.platform import cursors, frozen, models
from core.platform.http import Call, endpoint

bp = func.Blueprint()


@bp.route(route="api/scraper/items", methods=["GET", "HEAD"])
@endpoint(
    auth=access.user,
    returns=lambda: {200: models.Page[feed.FeedEntry]},
    problems=lambda: [cursors.InvalidCursor, frozen.ListExpired],
    follows=["subscribe_to_source", "run_scraper"],
)
async def list_feed(call: Call[None, models.ListQuery]) -> models.Page[feed.FeedEntry]:
    """What is new at your sources, in an order made for you that holds while you scroll, each with why."""
    return await feed.page(call.user, call.query)


@bp.route(route="api/scraper/items/{item_id:guid}/react", methods=["POST"])
@endpoint(
    auth=access.user, returns=lambda: {200: reactions.Reacted}, problems=lambda: [scraper.FeedItemNotFound]
)
async def react_to_item(call: Call[reactions.NewReaction, None, feed.ItemPath]) -> reactions.Reacted:
    """Say what you think of an item; the same twice counts once. A job brings it into your taste profile."""
    return await feed.react(call.user, call.path.item_id, call.body)
