"""The feed as a person sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.platform.models import Wire
from core.scraper import Availability, FeedItem, ItemKind, ItemPrice
from core.taste import Answer


class FeedSource(Wire):
    """A source that carries an item."""

    source_id: str
    name: str


class FeedEntry(Wire):
    """An item at its place in the feed.

    ``why`` says what brings it there; ``experiment`` that it is there to learn what you think of it. ``url``
    and ``image_url`` are where it was found: pictures are not copied. All text is plain.
    """

    item_id: str
    kind: ItemKind
    title: str
    summary: str
    url: str
    image_url: str | None
    brand: str | None
    category: str | None
    subtype: str | None
    colours: list[str]
    price: ItemPrice | None
    availability: Availability
    sources: list[FeedSource]
    published_at: datetime | None
    first_seen_at: datetime
    answer: Answer | None
    why: list[str]
    experiment: bool


@dataclass(frozen=True, slots=True)
class BestItem:
    """An item for others to show, and the name of a source that the person follows it at."""

    item: FeedItem
    source: str


class ItemPath(Wire):
    """Which item of the feed."""

    item_id: str
