"""The personal feed of what is new at one's sources."""

from __future__ import annotations

import azure.functions as func

from core import feed, scraper
from core.feed import FeedEntry, ItemPath
from core.identity import Auth
from core.platform.cursors import InvalidCursor
from core.platform.frozen import ListExpired
from core.platform.http import Call, endpoint
from core.platform.models import ListQuery, Page
from core.reactions import NewReaction, Reacted

bp = func.Blueprint()


@bp.route(route="api/scraper/items", methods=["GET", "HEAD"])
@endpoint(
    auth=Auth.USER,
    query=ListQuery,
    returns={200: Page[FeedEntry]},
    problems=[InvalidCursor, ListExpired],
    follows=["subscribe_to_source", "run_scraper"],
)
async def list_feed(call: Call[None, ListQuery]) -> Page[FeedEntry]:
    """What is new at your sources, in an order made for you that holds while you scroll, each with why."""
    return await feed.page(call.user, call.query)


@bp.route(route="api/scraper/items/{item_id:guid}/react", methods=["POST"])
@endpoint(
    auth=Auth.USER,
    body=NewReaction,
    path=ItemPath,
    returns={200: Reacted},
    problems=[scraper.FeedItemNotFound],
)
async def react_to_item(call: Call[NewReaction, None, ItemPath]) -> Reacted:
    """Say what you think of an item; the same twice counts once. A job brings it into your taste profile."""
    return await feed.react(call.user, call.path.item_id.lower(), call.body)
