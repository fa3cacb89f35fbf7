"""The use cases of the feed: read it, react to a thing in it, and take the best of it elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from core import reactions, scraper
from core.feed.models import BestItem, FeedEntry
from core.feed.viewing import viewer
from core.platform import frozen
from core.platform.models import ListQuery, Page
from core.reactions import NewReaction, Reacted, Subject
from core.scraper import FeedItem
from core.taste import Evidence

MOST_RANKED: Final = 200
"""Places in one ranking; who has scrolled that far starts over."""
_LIST: Final = "feed"
_MOST_WORDS: Final = 8
_LONGEST_LABEL: Final = 120


async def page(user_id: str, query: ListQuery) -> Page[FeedEntry]:
    """Return one page of the person's feed.

    The ranking is made with the first page and holds while they scroll: what arrives or is reacted to later
    shifts and repeats nothing. What has gone or was turned down meanwhile is left out of its page.

    Raises:
        InvalidCursor, ListExpired: start again without a cursor.
    """
    viewing = await viewer(user_id)

    async def order() -> Sequence[str]:
        items = await viewing.competing()
        ranked = viewing.ranked(items.values(), f"{user_id}/{viewing.now.date()}", MOST_RANKED)
        return [_kept(items[place.id], experiment=place.experiment) for place in ranked]

    kept, cursor = await frozen.page(user_id, _LIST, query, order)
    return Page[FeedEntry](items=await viewing.shown(dict(map(_read, kept))), next_cursor=cursor)


async def best(user_id: str, count: int, since: datetime | None = None) -> list[BestItem]:
    """Return up to ``count`` items first seen after ``since`` that suit the person best: no experiments.

    Nothing for somebody who follows no source.
    """
    viewing = await viewer(user_id)
    if not viewing.follows:
        return []
    items = await viewing.competing()
    fresh = [item for item in items.values() if since is None or item.first_seen_at > since]
    ranked = [items[place.id] for place in viewing.ranked(fresh, None, count)]
    return [BestItem(item=item, source=viewing.carried_by(item)[0].name) for item in ranked]


async def react(user_id: str, item_id: str, given: NewReaction) -> Reacted:
    """Remember what the person thinks of an item and tell their taste.

    Raises:
        FeedItemNotFound: there is no such item, or it has expired.
    """
    return await reactions.react(user_id, subject(await scraper.find_item(item_id)), given)


def subject(item: FeedItem) -> Subject:
    """Return an item as something to react to."""
    words = item.words
    evidence = Evidence.model_validate(
        {
            "subject": f"item:{item.id}",
            "label": item.finding.title[:_LONGEST_LABEL],
            "answer": "skip",
            "facets": item.reading.facets,
            "colours": words["colour"][:_MOST_WORDS],
            "categories": words["category"][:_MOST_WORDS],
            "brands": words["brand"][:_MOST_WORDS],
        }
    )
    return Subject(kind="item", id=item.id, evidence=evidence)


def _kept(item: FeedItem, *, experiment: bool) -> str:
    """Return a place as it is kept: site, item, and whether it is an experiment."""
    return f"{item.site} {item.id} {int(experiment)}"


def _read(kept: str) -> tuple[tuple[str, str], bool]:
    site, item_id, experiment = kept.split(" ")
    return (site, item_id), experiment == "1"
