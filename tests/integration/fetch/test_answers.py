"""What the fetcher makes of every answer a server can give."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import AsyncIterator, Callable

import brotli
import pytest

from core.platform.fetch import (
    FEEDS,
    PAGES,
    SITEMAPS,
    BodyTooLarge,
    Fetched,
    FetchFailed,
    NotModified,
    TooManyRedirects,
    TooSlow,
    UnexpectedStatus,
    Unreachable,
    UnreadableBody,
    WrongMediaType,
)
from core.platform.fetch.fetching import Fetcher
from tests.fetching import MemoryHosts, MemoryRobots, fetcher
from tests.fixtures.web import Asked, Page, Web

HTML = {"Content-Type": "text/html; charset=utf-8"}
LIMIT = 100_000


@pytest.fixture
def extra(web: Web) -> dict[tuple[str, int], str]:
    return {(name, web.port): "127.0.0.1" for name in ("shop.test", "news.test")}


@pytest.fixture
async def fetching(extra: dict[tuple[str, int], str]) -> AsyncIterator[Fetcher]:
    async with fetcher(extra=extra, max_bytes=LIMIT) as ready:
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


async def test_a_tag_in_no_encoding_of_ours_is_not_kept(web: Web, fetching: Fetcher) -> None:
    url = web.put("shop.test", "/f", Page("<rss/>", headers={"Content-Type": "text/xml", "ETag": '"é"'}))
    first = await page(fetching, url, FEEDS)
    assert first.validators.etag is None
    assert await fetching.fetch(url, accept=FEEDS, validators=first.validators) == first


async def test_a_server_that_knows_only_dates_is_asked_by_the_date_it_gave(
    web: Web, fetching: Fetcher
) -> None:
    date = "Fri, 01 May 2026 12:00:00 GMT"

    def dated(asked: Asked) -> Page:
        unchanged = asked.headers.get("if-modified-since") == date
        headers = {"Content-Type": "text/xml", "Last-Modified": date}
        return Page(status=304) if unchanged else Page("<rss/>", headers=headers)

    url = web.put("shop.test", "/f", dated)
    first = await page(fetching, url, FEEDS)
    again = await fetching.fetch(url, accept=FEEDS, validators=first.validators)
    assert again == NotModified(url, first.validators)
    assert "if-none-match" not in web.asked[-1].headers


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
    ("coding", "pack"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("br", brotli.compress), ("identity", bytes)],
)
async def test_packed_bodies_are_unpacked(
    web: Web, fetching: Fetcher, coding: str, pack: Callable[[bytes], bytes]
) -> None:
    body = b"<p>" + b"coat " * 1000
    url = web.put("shop.test", "/p", Page(pack(body), headers={**HTML, "Content-Encoding": coding}))
    assert (await page(fetching, url)).body == body


async def test_a_packed_sitemap_is_unpacked_too(web: Web, fetching: Fetcher) -> None:
    packed, kind = gzip.compress(b"<urlset/>"), {"Content-Type": "application/x-gzip"}
    url = web.put("shop.test", "/sitemap.xml.gz", Page(packed, headers=kind))
    assert (await page(fetching, url, SITEMAPS)).text == "<urlset/>"
    bomb = web.put("shop.test", "/bomb.xml.gz", Page(gzip.compress(b" " * 10_000_000), headers=kind))
    with pytest.raises(BodyTooLarge):
        await page(fetching, bomb, SITEMAPS)


CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
PLAIN = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
GZIP = {**HTML, "Content-Encoding": "gzip"}
BROTLI = {**HTML, "Content-Encoding": "br"}
BOMB = gzip.compress(b"\0" * 20_000_000)
BAD: dict[str, tuple[Page, type[FetchFailed]]] = {
    "a body over the limit": (Page(b"x" * (LIMIT + 1), headers=HTML), BodyTooLarge),
    "an endless body": (Page(raw=CHUNKED + (b"8000\r\n" + b"x" * 0x8000 + b"\r\n") * 4), BodyTooLarge),
    "a length over the limit": (Page(raw=PLAIN + b"Content-Length: 999999999\r\n\r\n"), BodyTooLarge),
    "a length that is a lie": (Page(raw=PLAIN + b"Content-Length: 50\r\n\r\nshort"), UnreadableBody),
    "two lengths": (
        Page(raw=PLAIN + b"Content-Length: 5\r\nContent-Length: 50\r\n\r\nshort"),
        Unreachable,
    ),
    "a chunk cut short": (Page(raw=CHUNKED + b"50\r\nshort"), UnreadableBody),
    "a gzip bomb": (Page(BOMB, headers=GZIP), BodyTooLarge),
    "a brotli bomb": (Page(brotli.compress(b"\0" * 20_000_000, quality=5), headers=BROTLI), BodyTooLarge),
    "a bomb in a bomb": (
        Page(gzip.compress(BOMB), headers={**HTML, "Content-Encoding": "gzip, gzip"}),
        UnreadableBody,
    ),
    "gzip that is none": (Page("<p>", headers=GZIP), UnreadableBody),
    "gzip cut short": (Page(gzip.compress(b"<p>coat")[:-9], headers=GZIP), UnreadableBody),
    "an unknown packing": (Page("<p>", headers={**HTML, "Content-Encoding": "zstd"}), UnreadableBody),
    "a picture": (Page(b"\x89PNG", headers={"Content-Type": "image/png"}), WrongMediaType),
    "no type": (Page("<html>"), WrongMediaType),
    "a program that says it is a page": (Page(b"\x7fELF\0\0", headers=HTML), WrongMediaType),
    "403": (Page(status=403, headers=HTML), UnexpectedStatus),
    "404": (Page(status=404, headers=HTML), UnexpectedStatus),
    "500": (Page(status=500, headers=HTML), UnexpectedStatus),
    "503 without more": (Page(status=503, headers=HTML), UnexpectedStatus),
    "204": (Page(raw=b"HTTP/1.1 204 No Content\r\n\r\n"), UnexpectedStatus),
    "206 unasked": (Page("part", status=206, headers=HTML), UnexpectedStatus),
    "304 unasked": (Page(raw=b"HTTP/1.1 304 Not Modified\r\n\r\n"), UnexpectedStatus),
    "a redirect to nowhere": (Page(status=302), UnexpectedStatus),
    "nothing at all": (Page(raw=b""), Unreachable),
    "not HTTP": (Page(raw=b"SSH-2.0-OpenSSH_9.6\r\n"), Unreachable),
    "a huge header": (Page(raw=PLAIN + b"X: " + b"x" * 100_000 + b"\r\n\r\n"), Unreachable),
}


@pytest.mark.parametrize(("answer", "error"), BAD.values(), ids=BAD)
async def test_a_bad_answer_is_an_error_of_its_own(
    web: Web, fetching: Fetcher, answer: Page, error: type[FetchFailed]
) -> None:
    with pytest.raises(error) as raised:
        await page(fetching, web.put("shop.test", "/bad", answer))
    assert type(raised.value) is error
    hung_up = answer.raw == b""  # then aiohttp asks once more, by RFC 9112, section 9.3.1
    assert web.paths("shop.test") == ["/robots.txt", "/bad", *["/bad"] * hung_up]
    good = web.put("shop.test", "/good", Page("fine", headers=HTML))
    assert (await page(fetching, good)).text == "fine"


SLOW = {
    "silence": Page(delay=60),
    "a slow body": Page("x" * 10_000, headers=HTML, drip=0.02),
    "a body that never ends": Page(raw=CHUNKED + b"1\r\nx\r\n", hang=True),
    "a head that never ends": Page(raw=PLAIN, hang=True),
}


@pytest.mark.parametrize("answer", SLOW.values(), ids=SLOW)
async def test_what_is_not_complete_in_time_is_too_slow(
    web: Web, extra: dict[tuple[str, int], str], answer: Page
) -> None:
    robots, hosts = MemoryRobots(), MemoryHosts()
    good = web.put("shop.test", "/good", Page("fine", headers=HTML))
    async with fetcher(extra=extra, robots=robots, hosts=hosts) as patient:
        await page(patient, good)
        async with fetcher(extra=extra, robots=robots, hosts=hosts, seconds=0.2) as hasty:
            with pytest.raises(TooSlow):
                await page(hasty, web.put("shop.test", "/slow", answer))
        assert (await page(patient, good)).text == "fine"


async def test_a_picture_may_be_asked_for(web: Web, fetching: Fetcher) -> None:
    url = web.put("shop.test", "/p.png", Page(b"\x89PNG\0\0", headers={"Content-Type": "image/png"}))
    assert (await page(fetching, url, frozenset({"image/png"}))).body == b"\x89PNG\0\0"


async def test_a_status_is_told(web: Web, fetching: Fetcher) -> None:
    with pytest.raises(UnexpectedStatus) as raised:
        await page(fetching, web.url("shop.test", "/gone"))
    assert raised.value.status == 404


async def test_nobody_there_is_unreachable(fetching: Fetcher, unused_tcp_port: int) -> None:
    async with fetcher(extra={("down.test", unused_tcp_port): "127.0.0.1"}) as alone:
        with pytest.raises(Unreachable):
            await page(alone, f"http://down.test:{unused_tcp_port}/")
    with pytest.raises(Unreachable):
        await page(fetching, "http://no-such-name.example.com/")


async def test_redirects_end(web: Web, fetching: Fetcher) -> None:
    for number in range(1, 6):
        web.put("shop.test", f"/{number}", Page(status=307, headers={"Location": f"{number - 1}"}))
    web.put("shop.test", "/0", Page("there", headers=HTML))
    assert len((await page(fetching, web.url("shop.test", "/5"))).redirects) == 5
    web.put("shop.test", "/6", Page(status=308, headers={"Location": "/5#x"}))
    with pytest.raises(TooManyRedirects):
        await page(fetching, web.url("shop.test", "/6"))
    loop = web.put("news.test", "/loop", Page(status=302, headers={"Location": "/loop"}))
    with pytest.raises(TooManyRedirects):
        await page(fetching, loop)
    assert web.paths("news.test").count("/loop") == 6
