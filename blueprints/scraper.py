"""Fashion sources as people see them: what there is to follow, and following it."""

from __future__ import annotations

import azure.functions as func

from blueprints import access
from core import scraper
from core.platform import models
from core.platform.http import Call, Reply, endpoint

bp = func.Blueprint()

_SUBSCRIPTION = "api/scraper/sources/{source_id:guid}/subscription"


@bp.route(route="api/scraper/sources", methods=["GET", "HEAD"])
@endpoint(auth=access.user, returns=lambda: {200: models.Page[scraper.SourceView]})
async def list_scraper_sources(call: Call[None, models.ListQuery]) -> models.Page[scraper.SourceView]:
    """All sources by name, and which of them you follow."""
    sources, cursor = await scraper.page(call.query)
    followed = await scraper.subscribed_ids(call.user)
    views = [scraper.shown(source, subscribed=source.id in followed) for source in sources]
    return models.Page[scraper.SourceView](items=views, next_cursor=cursor)


@bp.route(route=_SUBSCRIPTION, methods=["PUT"])
@endpoint(
    auth=access.user,
    returns=lambda: {200: scraper.SourceView},
    problems=lambda: [scraper.SourceNotFound, scraper.TooManySubscriptions],
)
async def subscribe_to_source(call: Call[None, None, scraper.SourcePath]) -> scraper.SourceView:
    """Follow a source; its items come into your feed. Again changes nothing."""
    source = await scraper.subscribe(call.user, call.path.source_id)
    return scraper.shown(source, subscribed=True)


@bp.route(route=_SUBSCRIPTION, methods=["DELETE"])
@endpoint(auth=access.user, returns=lambda: {204: None})
async def unsubscribe_from_source(call: Call[None, None, scraper.SourcePath]) -> Reply:
    """Leave a source. Again, or of a source that is gone, changes nothing."""
    await scraper.unsubscribe(call.user, call.path.source_id)
    return Reply.no_content()
