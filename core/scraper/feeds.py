"""RSS and Atom feeds: articles of magazines, and the product feeds that shops publish in the same form.

Shops' feeds carry Google Merchant Center's fields (prefix ``g``); an entry with a price is a product.
"""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime
from typing import Any, Final

from core.scraper.errors import SourceUnreadable
from core.scraper.findings import MOST_FINDINGS, Contents, finding, gathered, likely
from core.scraper.models import Finding, ItemPrice, SourceSpec
from core.scraper.prices import read as read_price

# Each matched once, at one place: a search that begins anew at every place takes a stranger's text for ever.
_PROLOG: Final = re.compile(
    r"[\s\ufeff]*+(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*+(?:\[.*?\]\s*+)?>)", re.DOTALL | re.IGNORECASE
)
_ROOT: Final = re.compile(r"<[a-z_:]", re.IGNORECASE)
_FIRST_IMAGE: Final = re.compile(r"<img[^<>]{1,2000}?src=[\"']([^\"'>]{1,2000})[\"']", re.IGNORECASE)


def read(text: str, url: str, spec: SourceSpec, now: datetime) -> Contents:
    """Return the entries of the feed that came from ``url``; broken XML is read as far as it can be.

    Raises:
        SourceUnreadable: it is no feed.
    """
    import feedparser

    told = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    body = _from_root(text).encode("utf-8", "replace")
    # `plain` takes the markup out and `canonical` makes addresses whole, both in linear time.
    parsed = feedparser.parse(body, response_headers=told, sanitize_html=False, resolve_relative_uris=False)
    if not parsed.get("version") and not parsed.entries:
        raise SourceUnreadable("This is no RSS or Atom feed.")
    return gathered(_entry(entry, url, spec, now) for entry in parsed.entries[:MOST_FINDINGS])


def _from_root(text: str) -> str:
    """Return a document from its first element on.

    No feed needs a DOCTYPE, and what one may define costs seconds to expand; what else stands there costs
    feedparser the cube of its length.
    """
    at = 0
    while (skipped := _PROLOG.match(text, at)) is not None:
        at = skipped.end()
    root = _ROOT.search(text, at)
    return "" if root is None else text[root.start() :]


def _entry(entry: Any, url: str, spec: SourceSpec, now: datetime) -> Finding | None:
    price = _price(entry, spec.currency)
    return finding(
        "article" if price is None and not entry.get("g_availability") else "product",
        "feed",
        url=entry.get("g_link") or entry.get("link"),
        base=url,
        title=entry.get("g_title") or entry.get("title"),
        summary=entry.get("g_description") or entry.get("summary"),
        brand=entry.get("g_brand"),
        category=entry.get("g_product_type") or entry.get("g_google_product_category"),
        image=_image(entry),
        price=price,
        availability=entry.get("g_availability"),
        published=_published(entry, now),
        colours=entry.get("g_color"),
        materials=entry.get("g_material"),
        tags=[tag.get("term") for tag in entry.get("tags", [])],
    )


def _price(entry: Any, currency: str | None) -> ItemPrice | None:
    usual, sale = entry.get("g_price"), entry.get("g_sale_price")
    if not isinstance(usual, str):
        return None
    return (
        read_price(sale, currency=currency, regular=usual) if sale else read_price(usual, currency=currency)
    )


def _published(entry: Any, now: datetime) -> datetime | None:
    # Only `in` tells what is there: asked for `updated_parsed`, feedparser may answer with the other one.
    told = (entry[name] for name in ("published_parsed", "updated_parsed") if name in entry)
    parsed = next((one for one in told if one is not None), None)
    try:
        return None if parsed is None else likely(datetime.fromtimestamp(calendar.timegm(parsed), UTC), now)
    except (ValueError, OverflowError, OSError):
        return None


def _image(entry: Any) -> object:
    """Return the picture an entry names, encloses, or shows first in its text."""
    enclosed = [one.get("href") for one in entry.get("enclosures", []) if "image" in str(one.get("type", ""))]
    media = [one.get("url") for key in ("media_content", "media_thumbnail") for one in entry.get(key, [])]
    for found in (entry.get("g_image_link"), *media, *enclosed):
        if found:
            return found
    texts = [entry.get("summary", ""), *(part.get("value", "") for part in entry.get("content", []))]
    shown = _FIRST_IMAGE.search("\n".join(map(str, texts)))
    return shown[1] if shown else None
