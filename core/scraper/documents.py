"""Which documents a kind of source has: what is asked for first, in which media types, how each is read."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.platform.fetch import FEEDS, JSON, PAGES, SITEMAPS, Fetched
from core.scraper import feeds, pages, products, sitemaps
from core.scraper.addresses import canonical
from core.scraper.crawl import Role, Stop, links_to_stops
from core.scraper.errors import SourceUnreadable
from core.scraper.findings import Contents
from core.scraper.models import Source, SourceKind, SourceSpec

_LISTS: Final[dict[SourceKind, frozenset[str]]] = {
    "feed": FEEDS,
    "page": PAGES,
    "sitemap": SITEMAPS,
    "products": JSON,
}

_log = logging.getLogger("pluckit.scraper")


@dataclass(frozen=True, slots=True)
class Opened:
    """What is in a document, and the documents it leads to."""

    contents: Contents
    following: tuple[Stop, ...] = ()


def first_stop(source: Source) -> tuple[Role, str]:
    """Return the role and address of the document a sweep begins with."""
    spec = source.spec
    if spec.kind == "products":
        return "list", products.page_url(spec.url, 1)
    return ("sitemap" if spec.kind == "sitemap" else "list"), spec.url


def accepted(kind: SourceKind, stop: Stop) -> frozenset[str]:
    """Return the media types in which ``stop`` is taken."""
    return PAGES if stop.role == "page" else _LISTS[kind]


def opened(spec: SourceSpec, stop: Stop, got: Fetched, now: datetime) -> Opened:
    """Read a document; not for the event loop, which it would hold up.

    Raises:
        SourceUnreadable: it is not what its kind of source promises, or reading it breaks.
    """
    try:
        return _opened(spec, stop, got.text, got.url, now)
    except SourceUnreadable:
        raise
    except Exception as error:  # whatever a stranger's document does to a parser, it is that source's failure
        _log.exception("reading %s broke", stop.url)
        raise SourceUnreadable(f"Reading the document broke ({type(error).__name__}).") from error


def _opened(spec: SourceSpec, stop: Stop, text: str, answered_by: str, now: datetime) -> Opened:
    url = canonical(answered_by) or stop.url
    match (stop.role, spec.kind):
        case ("sitemap", _):
            told = sitemaps.read(text, url, spec)
            further = links_to_stops(told.sitemaps, "sitemap", stop.url)
            return Opened(Contents(), (*further, *links_to_stops(told.pages, "page", stop.url)))
        case (_, "feed"):
            return Opened(feeds.read(text, url, spec, now))
        case (_, "products"):
            contents = products.read(text, url, spec, now)
            return Opened(contents, tuple(_next_page(spec, stop, contents)))
        case _:
            contents = pages.read(text, url, spec, now)
            leads = links_to_stops(contents.links, "page", stop.url) if stop.role == "list" else ()
            return Opened(contents, tuple(leads))


def _next_page(spec: SourceSpec, stop: Stop, contents: Contents) -> Iterable[Stop]:
    """Return the list's next page, if this one was full and more products are wanted."""
    number = products.page_number(stop.url)
    if len(contents.findings) + contents.passed_over >= products.PAGE and number < spec.max_pages:
        yield Stop(role="list", url=products.page_url(spec.url, number + 1), via=stop.url)
