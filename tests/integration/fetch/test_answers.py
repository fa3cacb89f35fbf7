"""What the fetcher makes of every answer a server can give."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import AsyncIterator

import brotli
import pytest

from core.platform.fetch import (
    FEEDS,
    PAGES,
    Fetched,
    NotModified,
)
from core.platform.fetch.fetching import Fetcher
from tests.fetching import fetcher
from tests.fixtures.web import Page, Web

HTML = {"Content-Type": "text/html; charset=utf-8"}
LIMIT = 100_000


@pytest.fixture
async def fetching(web: Web) -> AsyncIterator[Fetcher]:
    names = ("shop.test", "news.test", "other.test")
    extra = {(name, web.port): "127.0.0.1" for name in names}
    async with fetcher(extra=extra, max_bytes=LIMIT, seconds=0.5) as ready:
        yield ready


async def page(fetching: Fetcher, url: str, accept: frozenset[str] = PAGES) -> Fetched:
    got = await fetching.fetch(url, accept=accept)
    assert isinstance(got, Fetched)
    return got


async def test_a_document_comes_whole_and_says_where_from(web: Web, fetching: Fetcher) -> None:
    url = web.put("shop.test", "/p", Page("<p>Mäntel</p>", headers={**HTML, "ETag": '"1"'}))
    got = await page(fetching, url)
    assert (got.url, got.media_type, got.text, got.redirects) == (url, "text/html", "<p>Mäntel</p>", ())
    assert got.validators.etag == '"1"'


async def test_we_say_who_we_are_and_carry_nothing_else(web: Web, fetching: Fetcher) -> None:
    url = web.put("shop.test", "/p", Page(headers={**HTML, "Set-Cookie": "a=b"}))
    await page(fetching, url)
    await page(fetching, url)
    assert web.paths("shop.test") == ["/robots.txt", "/p", "/p"]
    assert {frozenset(asked.headers) for asked in web.asked} == {
        frozenset({"host", "user-agent", "accept", "accept-encoding", "connection"})
    }
    assert {asked.headers["user-agent"] for asked in web.asked} == {"PluckIt/test"}


async def test_what_has_not_changed_is_not_sent_again(web: Web, fetching: Fetcher) -> None:
    url = web.put("shop.test", "/f", Page("<rss/>", headers={"Content-Type": "text/xml", "ETag": '"7"'}))
    first = await page(fetching, url, FEEDS)
    again = await fetching.fetch(url, accept=FEEDS, validators=first.validators)
    assert again == NotModified(url, first.validators)


async def test_redirects_are_followed_and_validators_stay_with_their_url(web: Web, fetching: Fetcher) -> None:
    there = web.put("news.test", "/new", Page("x", headers={**HTML, "ETag": '"2"'}))
    here = web.put("shop.test", "/old", Page(status=301, headers={"Location": there, "ETag": '"1"'}))
    got = await page(fetching, here)
    assert (got.url, got.redirects) == (there, (here,))
    again = await fetching.fetch(here, accept=PAGES, validators=got.validators)
    assert again == NotModified(there, got.validators, (here,))
    sent = [asked.headers.get("if-none-match") for asked in web.asked if asked.path != "/robots.txt"]
    assert sent == [None, None, None, '"2"']


@pytest.mark.parametrize(
    "packed", [gzip.compress, zlib.compress, brotli.compress, lambda b: zlib.compress(b)[2:-4]]
)
async def test_packed_bodies_are_unpacked(web: Web, fetching: Fetcher, packed) -> None:  # type: ignore[no-untyped-def]
    coding = {gzip.compress: "gzip", brotli.compress: "br"}.get(packed, "deflate")
    body = b"<p>" + b"coat " * 1000
    url = web.put("shop.test", "/p", Page(packed(body), headers={**HTML, "Content-Encoding": coding}))
    assert (await page(fetching, url)).body == body
