"""New things from the sources a person follows: the best of their feed since their last digest.

New is what was first seen since then, or in the last two weeks for a first digest. The feed's own ranking
decides, without experiments: nothing they have judged or avoid, and no shop alone. A find keeps its traits in
the digest, so that feedback means the same when the thing has long expired.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from core import feed
from core.digest.models import Find, Traits
from core.feed import BestItem
from core.platform import clock

MOST: Final = 3
_FIRST_LOOK: Final = timedelta(days=14)


@dataclass(frozen=True)
class Found:
    """A find, and what judging it says of taste."""

    find: Find
    traits: Traits


async def latest(user_id: str, since: datetime | None) -> tuple[Found, ...]:
    """Return up to ``MOST`` finds that are newer than ``since``."""
    best = await feed.best(user_id, MOST, since or clock.now() - _FIRST_LOOK)
    return tuple(map(_found, best))


def _found(best: BestItem) -> Found:
    item, finding, price = best.item, best.item.finding, best.item.finding.price
    find = Find(
        find_id=item.id,
        title=finding.title,
        url=finding.url,
        source=best.source,
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
