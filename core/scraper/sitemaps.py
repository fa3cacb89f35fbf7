"""Sitemaps (sitemaps.org): where a site's pages are and when each last changed; indexes lead to more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from core.scraper.addresses import canonical, site_of
from core.scraper.errors import SourceUnreadable
from core.scraper.findings import Link
from core.scraper.models import SourceSpec
from core.scraper.pages import leads_on

MOST_ENTRIES: Final = 50_000
"""The protocol's own limit."""


@dataclass(frozen=True, slots=True)
class Sitemap:
    """The pages a sitemap lists that its source wants, and the further sitemaps it names."""

    pages: tuple[Link, ...] = ()
    sitemaps: tuple[Link, ...] = ()


def read(text: str, url: str, spec: SourceSpec) -> Sitemap:
    """Return what the sitemap at canonical ``url`` lists of its own site; XML, or one address a line.

    Raises:
        SourceUnreadable: it is no sitemap.
    """
    if not text.lstrip().startswith("<"):
        return Sitemap(pages=tuple(_wanted(((line, None) for line in text.splitlines()), url, spec)))
    root = _root(text)
    kind = _local(root.tag) if root is not None else ""
    if kind == "sitemapindex":
        return Sitemap(sitemaps=tuple(_at_home(_entries(root), url)))
    if kind != "urlset":
        raise SourceUnreadable("This is no sitemap.")
    return Sitemap(pages=tuple(_wanted(_entries(root), url, spec)))


def _root(text: str) -> Any:
    """Return the outermost element, ``None`` where there is none; whatever else is wrong is mended."""
    from lxml import etree

    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=True,
    )
    return etree.fromstring(text.encode("utf-8", "replace"), parser=parser)


def _entries(root: Any) -> Iterator[tuple[str, str | None]]:
    for entry in root[:MOST_ENTRIES]:
        told = {
            _local(child.tag): (child.text or "").strip() for child in entry if isinstance(child.tag, str)
        }
        yield told.get("loc", ""), told.get("lastmod") or None


def _at_home(entries: Iterator[tuple[str, str | None]], url: str) -> Iterator[Link]:
    for told, changed in entries:
        where = canonical(told, url)
        if where is not None and where != url and site_of(where) == site_of(url):
            yield Link(where, changed[:40] if changed else None)


def _wanted(entries: Iterator[tuple[str, str | None]], url: str, spec: SourceSpec) -> Iterator[Link]:
    return (link for link in _at_home(entries, url) if leads_on(link.url, spec))


def _local(tag: object) -> str:
    return str(tag).rsplit("}", 1)[-1].casefold()
