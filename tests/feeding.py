"""Things for the feed, read by the scraper's own rules as a sweep reads them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from core.scraper import FeedItem, Finding, ItemPrice
from core.scraper.items import Look, appeared

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def item(
    title: str,
    *,
    sources: Sequence[str] = ("source",),
    site: str = "shop.test",
    at: datetime = NOW,
    price: str | None = None,
    **finding: Any,
) -> FeedItem:
    """A product that was found at ``at``; prices are in euros."""
    told = Finding(
        kind="product",
        read_as="json-ld",
        url=f"https://{site}/{uuid4()}",
        title=title,
        price=ItemPrice(amount=price, currency="EUR") if price else None,
        **finding,
    )
    look = Look(
        site=site,
        source_id=sources[0],
        document_url=f"https://{site}/",
        sweep="sweep",
        at=at,
        life=timedelta(days=30),
    )
    return appeared(told, look).model_copy(update={"source_ids": tuple(sources)})


LOUD = "Oversized neon graphic hoodie, {colour}"
QUIET = "Tailored classic wool coat, {colour}"
FLORAL = "Romantic floral lace dress, {colour}"
_COLOURS = {
    LOUD: ("lime", "orange", "magenta"),
    QUIET: ("navy", "black", "grey"),
    FLORAL: ("ivory", "cream", "white"),
}


def collection(
    style: str, count: int, sources: Sequence[str], *, ending: str = "", **told: Any
) -> list[FeedItem]:
    """``count`` things of one style, by turns from ``sources`` and in its colours."""
    return [
        item(
            style.format(colour=_COLOURS[style][n % 3]) + f" no. {n}{ending}",
            sources=[sources[n % len(sources)]],
            **told,
        )
        for n in range(count)
    ]
