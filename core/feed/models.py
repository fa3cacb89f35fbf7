"""The feed as a person sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from core.platform.examples import example, given_by
from core.platform.models import PathId, Wire
from core.scraper import Availability, FeedItem, ItemKind, ItemPrice
from core.taste import Answer


class FeedSource(Wire):
    """A source that carries an item."""

    model_config = example(name="The shop")

    source_id: str
    name: str


class FeedEntry(Wire):
    """An item at its place in the feed.

    ``why`` says what brings it there; ``experiment`` that it is there to learn what you think of it. ``url``
    and ``image_url`` are where it was found: pictures are not copied. All text is plain.
    """

    model_config = example(
        kind="product",
        title="Navy linen shirt",
        summary="A loose shirt of washed linen.",
        url="https://shop.example.org/shirt",
        image_url="https://shop.example.org/shirt.jpg",
        brand="Arket",
        category="tops",
        subtype="shirt",
        colours=["navy"],
        availability="in_stock",
        why=["You like navy."],
        experiment=False,
        answer=None,
    )

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

    item_id: Annotated[PathId, given_by("list_feed", "/items/0/item_id")]
