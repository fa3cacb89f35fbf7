"""New things from the sources a person follows, the most to their taste first.

New is what was first seen since their last digest, or in the last two weeks for a first one. What they avoid
is left out, and the same thing at two addresses is shown once. A find keeps its traits in the digest, so that
feedback means the same when the thing has long expired.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from core import scraper
from core.digest.models import Find, Traits
from core.platform import clock
from core.scraper import FeedItem
from core.taste import Taste

MOST: Final = 3
_FIRST_LOOK: Final = timedelta(days=14)
_MOST_SOURCES: Final = 20
_OF_EACH: Final = 20


@dataclass(frozen=True)
class Found:
    """A find, and what judging it says of taste."""

    find: Find
    traits: Traits


async def latest(user_id: str, known: Taste, since: datetime | None) -> tuple[Found, ...]:
    """Return up to ``MOST`` finds that are newer than ``since``."""
    newer_than = since or clock.now() - _FIRST_LOOK
    names: dict[str, str] = {}
    items: list[FeedItem] = []
    for source in (await scraper.followed(user_id))[:_MOST_SOURCES]:
        names[source.id] = source.spec.name
        items += [item for item in await scraper.newest(source, _OF_EACH) if item.first_seen_at > newer_than]
    return tuple(_found(item, names) for item in ranked(items, known))


def ranked(items: Iterable[FeedItem], known: Taste) -> list[FeedItem]:
    """Return the ``MOST`` items most likely to be liked; equals in the order of their ids."""
    once = {item.id: item for item in items}.values()
    judged = [(known.appeal(item.reading.facets, item.words), item) for item in once]
    liked = [item for appeal, item in sorted(judged, key=lambda pair: (-pair[0], pair[1].id)) if appeal > 0]
    return _distinct(liked)[:MOST]


def _distinct(items: Sequence[FeedItem]) -> list[FeedItem]:
    """Return each thing under its first address only."""
    first = {item.fingerprint or item.id: item for item in reversed(items)}
    return [item for item in items if first[item.fingerprint or item.id] is item]


def _found(item: FeedItem, names: dict[str, str]) -> Found:
    finding, price = item.finding, item.finding.price
    find = Find(
        find_id=item.id,
        title=finding.title,
        url=finding.url,
        source=next(names[one] for one in item.source_ids if one in names),
        price=None if price is None else f"{price.amount} {price.currency}",
    )
    traits = Traits(
        label=finding.title[:120],
        facets=dict(item.reading.facets),
        colours=item.words["colour"],
        categories=item.words["category"],
        brands=item.words["brand"],
    )
    return Found(find, traits)
