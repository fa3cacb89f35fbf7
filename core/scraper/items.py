"""How an item comes to be, changes and lasts: what one more look at a thing does to what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from core.scraper.addresses import item_id
from core.scraper.classifying import by_rules
from core.scraper.identities import content_hash, fingerprint
from core.scraper.models import FeedItem, Finding, ItemPrice, PricePoint, Provenance

MOST_PRICES: Final = 50
"""Prices kept in a history; the oldest go first."""


@dataclass(frozen=True, slots=True)
class Look:
    """The circumstances of a finding: whose document it was in, when, and how long items live."""

    site: str
    source_id: str
    document_url: str
    sweep: str
    at: datetime
    life: timedelta


def appeared(finding: Finding, look: Look) -> FeedItem:
    """Return the item of a thing that was not known."""
    return FeedItem(
        id=item_id(look.site, finding.url),
        partition=look.site,
        source_ids=(look.source_id,),
        finding=finding,
        reading=by_rules(finding),
        price_history=(PricePoint(since=look.at, price=finding.price),) if finding.price else (),
        content_hash=content_hash(finding),
        fingerprint=fingerprint(finding),
        provenance=_provenance(look),
        first_seen_at=look.at,
        changed_at=look.at,
        expires_at=look.at + look.life,
        ttl=int(look.life.total_seconds()),
    )


def seen(item: FeedItem, finding: Finding, look: Look) -> FeedItem:
    """Return the item after another look at it: the very same where nothing is worth writing.

    What is unchanged is only written to live on, when half its life is over.
    """
    carried = item.source_ids if look.source_id in item.source_ids else (*item.source_ids, look.source_id)
    digest = content_hash(finding)
    if digest == item.content_hash and carried == item.source_ids:
        return living_on(item, look)
    if digest == item.content_hash:
        return living_on(item.model_copy(update={"source_ids": carried}), look, at_once=True)
    return item.model_copy(
        update={
            "source_ids": carried,
            "finding": finding.model_copy(update={"published_at": _published(item, finding)}),
            "reading": item.reading if _reads_alike(item.finding, finding) else by_rules(finding),
            "price_history": with_price(item.price_history, finding.price, look.at),
            "content_hash": digest,
            "fingerprint": fingerprint(finding),
            "provenance": _provenance(look),
            "changed_at": look.at,
            "expires_at": look.at + look.life,
            "ttl": int(look.life.total_seconds()),
        }
    )


def living_on(item: FeedItem, look: Look, *, at_once: bool = False) -> FeedItem:
    """Return the item with a new life, if half of the old one is over (or ``at_once``)."""
    if not at_once and item.expires_at - look.at > look.life / 2:
        return item
    life = {"expires_at": look.at + look.life, "ttl": int(look.life.total_seconds())}
    return item.model_copy(update=life)


def with_price(
    history: tuple[PricePoint, ...], price: ItemPrice | None, at: datetime
) -> tuple[PricePoint, ...]:
    """Return the history with ``price`` from ``at`` on; the same where that is the last one known."""
    last = history[-1].price if history else None
    return history if price == last else (*history, PricePoint(since=at, price=price))[-MOST_PRICES:]


def is_live(item: FeedItem, now: datetime) -> bool:
    """Tell whether the item has not expired; the database removes it some time after."""
    return item.expires_at > now


def _provenance(look: Look) -> Provenance:
    return Provenance(document_url=look.document_url, fetched_at=look.at, sweep=look.sweep)


def _published(item: FeedItem, finding: Finding) -> datetime | None:
    """Return when it was published: the first that was said, as feeds move dates to look new."""
    return item.finding.published_at or finding.published_at


def _reads_alike(before: Finding, after: Finding) -> bool:
    """Tell whether nothing changed that a reading is made from."""
    unread = {"price", "availability", "image_url", "published_at", "read_as", "brand", "url"}
    return before.model_dump(exclude=unread) == after.model_dump(exclude=unread)
