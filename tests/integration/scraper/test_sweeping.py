"""A sweep of one source: the right items once, a second time almost nothing, whatever the server does."""

from __future__ import annotations

import pytest

from tests.fixtures.web import Page, Web
from tests.integration.scraper.conftest import follow, items, sweep

pytestmark = pytest.mark.usefixtures("app_env")

XML = {"Content-Type": "application/xml; charset=utf-8"}
HTML = {"Content-Type": "text/html; charset=utf-8"}
JSON = {"Content-Type": "application/json"}


def entry(title: str, path: str, more: str = "") -> str:
    return f"<item><title>{title}</title><link>{path}</link>{more}</item>"


def feed(*entries: str) -> str:
    return f'<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>{"".join(entries)}</channel></rss>'


async def test_a_feed_is_kept_once_and_then_not_even_sent(web: Web, host: str) -> None:
    body = feed(
        entry("Wool coats", "/a?utm_source=rss"),
        entry("Wool coats", "/a"),
        entry("Navy linen shirt", "/b", "<g:price>30 GBP</g:price><g:sale_price>24 GBP</g:sale_price>"),
    )
    url = web.put(host, "/feed", Page(body, headers={**XML, "ETag": '"1"'}))
    source = await follow(url, "feed")
    first = await sweep(source)
    assert (first["state"], first["seen"], first["new"], first["changed"]) == ("done", 2, 2, 0)
    shirt, coats = await items(source)
    assert (shirt.finding.kind, coats.finding.kind) == ("product", "article")
    assert shirt.finding.price is not None
    assert (shirt.finding.price.amount, shirt.finding.price.regular) == ("24.00", "30.00")
    second = await sweep(source)
    assert (second["state"], second["new"], second["changed"]) == ("done", 0, 0)
    assert await items(source) == [shirt, coats]
