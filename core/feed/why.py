"""Why an item stands where it stands, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from core.feed.candidates import falls, news_at
from core.scraper import FeedItem
from core.taste import Taste, speaking_for

_NEW: Final = timedelta(days=3)


def why(item: FeedItem, taste: Taste, now: datetime, *, experiment: bool) -> Iterator[str]:
    """Yield what brings the item to its place, the strongest reason first."""
    drawn = speaking_for(taste, item.reading.facets, item.words)
    if experiment:
        yield "Something else for once, to learn what you think of it."
    if drawn:
        yield f"{_listed(drawn).capitalize()}: that is what you tend to like."
    if falls(item) and now - news_at(item) <= _NEW:
        yield "Its price has just come down."
    elif now - item.first_seen_at <= _NEW:
        yield "New in the last days."
    if not drawn and not experiment:
        yield "From a source in your feed. The more you react, the better the feed knows you."


def _listed(words: tuple[str, ...]) -> str:
    plain = [word.replace("-", " ") for word in words]
    return plain[0] if len(plain) == 1 else f"{', '.join(plain[:-1])} and {plain[-1]}"
