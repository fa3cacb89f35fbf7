"""How sources are shown: to people as something to follow, to administrators with how their sweeps go."""

from __future__ import annotations

from datetime import datetime

from core.platform.examples import example
from core.platform.models import Wire
from core.scraper.models import FeedItem, Finding, Reading, Source, SourceKind, SourceState, Telemetry


class SourceView(Wire):
    """A source as people see it."""

    model_config = example(
        name="The shop", url="https://shop.example.org/new.xml", category="linen", subscribed=True
    )

    source_id: str
    name: str
    url: str
    category: str | None
    subscribed: bool


class AdminSourceView(Wire):
    """A source as administrators see it, with the telemetry of its sweeps."""

    model_config = example(
        name="The shop",
        url="https://shop.example.org/new.xml",
        kind="feed",
        category="linen",
        currency="EUR",
        include=[],
        every_hours=6.0,
        max_pages=100,
        state="active",
        paused_because=None,
    )

    source_id: str
    name: str
    url: str
    kind: SourceKind
    category: str | None
    currency: str | None
    include: tuple[str, ...]
    every_hours: float
    max_pages: int
    state: SourceState
    paused_because: str | None
    due_at: datetime
    telemetry: Telemetry
    created_at: datetime
    updated_at: datetime


class TriedItem(Wire):
    """A thing that would be stored: as it was read, and what it was taken for."""

    finding: Finding
    reading: Reading


class Trial(Wire):
    """What a sweep would find: nothing of it is stored.

    ``documents`` were asked for, of ``found`` things up to twenty are shown. ``pages`` counts the further
    ones that would be looked at, ``passed_over`` what is unusable; ``advice`` says what could be better.
    """

    model_config = example(
        documents=["https://shop.example.org/new.xml"], found=1, pages=0, passed_over=0, advice=[]
    )

    documents: list[str]
    found: int
    items: list[TriedItem]
    pages: int
    passed_over: int
    advice: list[str]


def shown(source: Source, *, subscribed: bool) -> SourceView:
    """Return the source as people see it."""
    spec = source.spec
    return SourceView(
        source_id=source.id, name=spec.name, url=spec.url, category=spec.category, subscribed=subscribed
    )


def shown_to_admin(source: Source) -> AdminSourceView:
    """Return the source as administrators see it."""
    return AdminSourceView(
        **dict(source.spec),
        source_id=source.id,
        state=source.state,
        paused_because=source.paused_because,
        due_at=source.due_at,
        telemetry=source.telemetry,
        created_at=source.created_at,
        updated_at=source.updated_at,
    )


def tried(item: FeedItem) -> TriedItem:
    """Return what would be stored of an item."""
    return TriedItem(finding=item.finding, reading=item.reading)
