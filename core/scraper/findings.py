"""A finding from whatever a document says: every value is cleaned here, whichever format it was read from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from core.scraper.addresses import canonical
from core.scraper.models import Availability, Finding, ItemKind, ItemPrice, ReadAs
from core.scraper.texts import plain

MOST_FINDINGS: Final = 2000
"""Findings taken from one document; the rest is left."""
_MOST_WORDS: Final = 12
_AVAILABLE: Final[dict[str, Availability]] = {
    "instock": "in_stock", "instoreonly": "in_stock", "onlineonly": "in_stock", "available": "in_stock",
    "limitedavailability": "in_stock", "madetoorder": "in_stock", "true": "in_stock", "oos": "out_of_stock",
    "outofstock": "out_of_stock", "soldout": "out_of_stock", "false": "out_of_stock",
    "preorder": "preorder", "presale": "preorder", "backorder": "preorder", "reserved": "out_of_stock",
    "discontinued": "discontinued",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Link:
    """A page to look at. ``changed`` is when it last changed, as the document that leads there says it."""

    url: str
    changed: str | None = None


@dataclass(frozen=True, slots=True)
class Contents:
    """What a document holds: findings, and links to where more may be; ``passed_over`` counts unusables."""

    findings: tuple[Finding, ...] = ()
    links: tuple[Link, ...] = ()
    passed_over: int = 0


def finding(
    kind: ItemKind,
    read_as: ReadAs,
    *,
    url: object,
    base: str,
    title: object,
    summary: object = None,
    brand: object = None,
    category: object = None,
    image: object = None,
    price: ItemPrice | None = None,
    availability: object = None,
    published: datetime | None = None,
    colours: object = None,
    materials: object = None,
    tags: object = None,
) -> Finding | None:
    """Return the finding, ``None`` where it has no title or leads nowhere.

    Addresses are relative to ``base``. Lists, names and addresses may come as the document has them; what is
    unusable is left out.
    """
    where, name = canonical(url, base), plain(_first(title), 300)
    if where is None or not name:
        return None
    return Finding(
        kind=kind,
        read_as=read_as,
        url=where,
        title=name,
        summary=plain(_first(summary), 2000),
        brand=plain(named(brand), 60) or None,
        category_text=plain(_first(category), 300) or None,
        image_url=canonical(address(image), base),
        price=price,
        availability=availability_of(availability),
        published_at=published,
        colour_texts=_words(colours, 60),
        material_texts=_words(materials, 120),
        tags=_words(tags, 60),
    )


def gathered(found: Iterable[Finding | None], links: Iterable[Link] = ()) -> Contents:
    """Return the usable findings, one for each address, what several say of it put together."""
    by_url: dict[str, Finding] = {}
    passed_over = 0
    for one in found:
        if one is None or (one.url not in by_url and len(by_url) >= MOST_FINDINGS):
            passed_over += 1
        else:
            by_url[one.url] = _completed(by_url[one.url], one) if one.url in by_url else one
    return Contents(tuple(by_url.values()), tuple(dict.fromkeys(links)), passed_over)


def every(value: object) -> Iterator[Any]:
    """Yield the members of a list, or a single value alone; nothing for ``None``."""
    if isinstance(value, list | tuple):
        for member in value[:MOST_FINDINGS]:
            yield from every(member)
    elif value is not None:
        yield value


def named(value: object) -> object:
    """Return the name of a thing that is either its name or described by one."""
    found = _first(value)
    return _first(found.get("name")) if isinstance(found, dict) else found


def address(value: object) -> object:
    """Return the address of a picture or page that is either its address or described by one."""
    found = _first(value)
    if isinstance(found, dict):
        return _first(found.get("url") or found.get("contentUrl") or found.get("@id") or found.get("src"))
    return found


def availability_of(value: object) -> Availability:
    """Return the availability a word or a schema.org address tells."""
    if isinstance(value, bool):
        return "in_stock" if value else "out_of_stock"
    found = _first(value)
    word = re.sub(r"[^a-z]", "", found.rsplit("/", 1)[-1].casefold()) if isinstance(found, str) else ""
    return _AVAILABLE.get(word, "unknown")


def moment(value: object, now: datetime) -> datetime | None:
    """Return an ISO 8601 moment in UTC; ``None`` where it is none, or lies in the future or before 1990."""
    if not isinstance(value, str):
        return None
    try:
        return likely(datetime.fromisoformat(value.strip()), now)
    except (ValueError, OverflowError):  # the first and last days there are overflow where UTC's is another
        return None


def likely(when: datetime, now: datetime) -> datetime | None:
    """Return ``when`` in UTC if something can have been published then."""
    aware = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    return aware if datetime(1990, 1, 1, tzinfo=UTC) < aware < now + timedelta(days=1) else None


def _first(value: object) -> object:
    return next(every(value), None)


def _words(value: object, longest: int) -> tuple[str, ...]:
    """Return up to twelve different texts of a list, or of one text with commas."""
    parts = (
        part for one in every(value) for part in (one.split(",") if isinstance(one, str) else [named(one)])
    )
    words = (plain(part, longest) for part in parts)
    return tuple(dict.fromkeys(word for word in words if word))[:_MOST_WORDS]


def _completed(one: Finding, other: Finding) -> Finding:
    """Return ``one`` with what only ``other`` knows of the same thing."""
    unknown = {
        name for name in Finding.model_fields if not getattr(one, name) or getattr(one, name) == "unknown"
    }
    return one.model_copy(update={name: getattr(other, name) for name in unknown})
