"""From items to candidates: what of the feed may be shown to a person at all, and as what it competes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Final

from core.feed.ranking import Candidate
from core.scraper import Availability, FeedItem
from core.taste import Taste

_GONE: Final[frozenset[Availability]] = frozenset({"out_of_stock", "discontinued"})
_UNSORTED: Final = "unsorted"


def showable(items: Iterable[FeedItem], judged: Collection[str], taste: Taste) -> list[FeedItem]:
    """Return what may be shown: to be had, not avoided, not judged, and each thing once.

    ``judged`` are items the person has reacted to; what is the same thing under another address is judged
    with them. Of one thing under several addresses the one found first stays.
    """
    found = sorted({item.id: item for item in items}.values(), key=lambda item: item.position)
    known = {_thing(item) for item in found if item.id in judged}
    things: dict[str, FeedItem] = {}
    for item in found:
        if item.finding.availability not in _GONE and not taste.is_avoided(item.words):
            things.setdefault(_thing(item), item)
    return [item for thing, item in things.items() if thing not in known]


def candidate(item: FeedItem, taste: Taste, now: datetime, followed: Collection[str]) -> Candidate:
    """Return the item as it competes for a place; ``followed`` are the sources it may be there for."""
    category = item.reading.category or _UNSORTED
    colour = next(iter(item.reading.colours), _UNSORTED)
    source = next((source for source in item.source_ids if source in followed), item.source_ids[0])
    return Candidate(
        id=item.id,
        outlook=taste.outlook(item.reading.facets, item.words),
        age=now - news_at(item),
        groups=(f"source:{source}", f"category:{category}", f"look:{category}/{colour}"),
    )


def news_at(item: FeedItem) -> datetime:
    """Return when the item was last news: when it was found, or when its price last fell."""
    return max([item.first_seen_at, *falls(item)])


def falls(item: FeedItem) -> list[datetime]:
    """Return the moments at which the item's price fell, in its own currency."""
    points = [(point.since, point.price) for point in item.price_history if point.price is not None]
    return [
        since
        for (_, before), (since, after) in pairwise(points)
        if after.currency == before.currency and Decimal(after.amount) < Decimal(before.amount)
    ]


def _thing(item: FeedItem) -> str:
    return item.fingerprint or item.id
