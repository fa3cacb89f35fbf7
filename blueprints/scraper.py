"""Fashion sources as people see them: what there is to follow, and following it."""

from __future__ import annotations

import azure.functions as func

from core import scraper
from core.identity import Auth
from core.platform.http import Call, Reply, endpoint
from core.platform.models import ListQuery, Page
from core.scraper import SourcePath, SourceView

bp = func.Blueprint()

_SUBSCRIPTION = "api/scraper/sources/{source_id:guid}/subscription"


@bp.route(route="api/scraper/sources", methods=["GET", "HEAD"])
@endpoint(auth=Auth.USER, query=ListQuery, returns={200: Page[SourceView]})
async def list_scraper_sources(call: Call[None, ListQuery]) -> Page[SourceView]:
    """All sources by name, and which of them you follow."""
    sources, cursor = await scraper.page(call.query)
    followed = await scraper.subscribed_ids(call.user)
    views = [scraper.shown(source, subscribed=source.id in followed) for source in sources]
    return Page[SourceView](items=views, next_cursor=cursor)


@bp.route(route=_SUBSCRIPTION, methods=["PUT"])
@endpoint(
    auth=Auth.USER,
    path=SourcePath,
    returns={200: SourceView},
    problems=[scraper.SourceNotFound, scraper.TooManySubscriptions],
)
async def subscribe_to_source(call: Call[None, None, SourcePath]) -> SourceView:
    """Follow a source; its items come into your feed. Again changes nothing."""
    source = await scraper.subscribe(call.user, call.path.source_id.lower())
    return scraper.shown(source, subscribed=True)


@bp.route(route=_SUBSCRIPTION, methods=["DELETE"])
@endpoint(auth=Auth.USER, path=SourcePath, returns={204: None})
async def unsubscribe_from_source(call: Call[None, None, SourcePath]) -> Reply:
    """Leave a source. Again, or of a source that is gone, changes nothing."""
    await scraper.unsubscribe(call.user, call.path.source_id.lower())
    return Reply.no_content()
