"""Robots.txt, pauses, and one request at a time: kept for every host, by everyone who fetches."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from core.platform import clock
from core.platform.clock import FrozenClock
from core.platform.errors import Unavailable
from core.platform.fetch import (
    PAGES,
    DisallowedByRobots,
    Fetched,
    HostBusy,
    UnexpectedStatus,
    Unreachable,
)
from core.platform.fetch.fetching import Fetcher
from core.platform.fetch.hosts import Lease
from tests.fetching import MemoryHosts, MemoryRobots, fetcher
from tests.fixtures.web import Asked, Page, Web

HTML = {"Content-Type": "text/html"}
TEXT = {"Content-Type": "text/plain"}
GOOD = Page("fine", headers=HTML)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOST = "shop.test"


def extra(web: Web, *hosts: str) -> dict[tuple[str, int], str]:
    return {(host, web.port): "127.0.0.1" for host in hosts or (HOST,)}


async def asked(fetching: Fetcher, url: str) -> bool:
    try:
        return isinstance(await fetching.fetch(url, accept=PAGES), Fetched)
    except DisallowedByRobots:
        return False


async def until_asked(web: Web, path: str) -> None:
    async with asyncio.timeout(20):
        while path not in web.paths(HOST):  # noqa: ASYNC110 - the server has a thread of its own
            await asyncio.sleep(0.005)


class Sleeper:
    """Sleeps by moving a frozen clock."""

    def __init__(self, clock: FrozenClock) -> None:
        self.clock = clock
        self.slept: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.clock.advance(seconds=seconds)


ROBOTS = """
User-agent: *
Disallow: /

User-agent: PluckIt
Disallow: /private/
Allow: /private/sale
Disallow: /*?sort=
Crawl-delay: 3
"""


async def test_what_robots_txt_forbids_is_not_asked(web: Web) -> None:
    web.put(HOST, "/robots.txt", Page(ROBOTS, headers=TEXT))
    allowed = ["/", "/private/sale/1", "/a?b=c"]
    for path in (*allowed, "/private/x", "/a?sort=up"):
        web.put(HOST, path, GOOD)
    with clock.frozen(NOON) as now:
        async with fetcher(extra=extra(web), sleep=Sleeper(now)) as fetching:
            for path in ("/", "/private/x", "/private/sale/1", "/a?sort=up", "/a?b=c"):
                assert await asked(fetching, web.url(HOST, path)) is (path in allowed)
    assert web.paths(HOST) == ["/robots.txt", *allowed]


MUCH = "#" * 600_000
ROBOTS_FILES = {
    "none": (Page(status=404), True),
    "forbidden": (Page(status=403), True),
    "behind a sign-in": (Page(status=401), True),
    "broken server": (Page(status=500), False),
    "tired server": (Page(status=503), False),
    "hung up": (Page(raw=b""), False),
    "silent": (Page(delay=60), False),
    "redirected for ever": (Page(status=302, headers={"Location": "/robots.txt"}), True),
    "elsewhere": (Page(status=302, headers={"Location": "/elsewhere.txt"}), False),
    "a web page": (Page("<html>not found</html>", headers=HTML), True),
    "with a byte order mark": (Page("\ufeffUser-agent: pluckit\nDisallow: /", headers=TEXT), False),
    "not text": (Page(b"\xff\xfe\x00Disallow", headers=TEXT), True),
    "too long, rule behind": (Page(f"User-agent: *\nAllow: /\n{MUCH}\nDisallow: /", headers=TEXT), True),
    "too long, rule before": (Page(f"User-agent: *\nDisallow: /\n{MUCH}\nAllow: /", headers=TEXT), False),
}


@pytest.mark.parametrize(("robots", "may"), ROBOTS_FILES.values(), ids=ROBOTS_FILES)
async def test_robots_txt_by_rfc_9309(web: Web, robots: Page, may: bool) -> None:
    web.put(HOST, "/robots.txt", robots)
    web.put(HOST, "/elsewhere.txt", Page("User-agent: *\nDisallow: /", headers=TEXT))
    url = web.put(HOST, "/", GOOD)
    async with fetcher(extra=extra(web), seconds=0.3 if robots.delay else 10) as fetching:
        if may:
            assert await asked(fetching, url)
        else:
            with pytest.raises((DisallowedByRobots, Unreachable)):
                await fetching.fetch(url, accept=PAGES)
    assert (web.paths(HOST)[-1] == "/") is may


async def test_robots_txt_is_asked_for_once_a_day_and_sooner_where_it_failed(web: Web) -> None:
    robots, url = MemoryRobots(), web.put(HOST, "/", GOOD)
    with clock.frozen(NOON) as now:

        async def counted() -> int:
            async with fetcher(extra=extra(web), robots=robots) as fetching:
                for _ in range(2):
                    with suppress(Unreachable):
                        await fetching.fetch(url, accept=PAGES)
            return web.paths(HOST).count("/robots.txt")

        assert await counted() == 1
        now.advance(seconds=23 * 3600)
        assert await counted() == 1, "another fetcher, another process: it is remembered for all"
        web.put(HOST, "/robots.txt", Page(status=500))
        now.advance(seconds=2 * 3600)
        assert await counted() == 2
        assert await counted() == 2
        now.advance(seconds=15 * 60)
        assert await counted() == 3


async def test_each_origin_has_its_own_robots_txt(web: Web) -> None:
    web.put("news.test", "/robots.txt", Page("User-agent: *\nDisallow: /", headers=TEXT))
    there = web.put("news.test", "/", GOOD)
    here = web.put(HOST, "/", Page(status=301, headers={"Location": there}))
    async with fetcher(extra=extra(web, HOST, "news.test")) as fetching:
        assert not await asked(fetching, here)
    assert web.paths("news.test") == ["/robots.txt"]


async def test_a_host_rests_as_long_as_its_crawl_delay_says(web: Web) -> None:
    web.put(HOST, "/robots.txt", Page("User-agent: *\nCrawl-delay: 7", headers=TEXT))
    url = web.put(HOST, "/", GOOD)
    other = web.put("news.test", "/", GOOD)
    with clock.frozen(NOON) as now:
        sleeper = Sleeper(now)
        async with fetcher(extra=extra(web, HOST, "news.test"), sleep=sleeper, pause=1) as fetching:
            for _ in range(3):
                await fetching.fetch(url, accept=PAGES)
            assert sleeper.slept == [7, 7]
            for _ in range(2):
                await fetching.fetch(other, accept=PAGES)
            assert sleeper.slept == [7, 7, 1]


async def test_who_cannot_wait_is_told_when_to_come_back(web: Web) -> None:
    web.put(HOST, "/robots.txt", Page("User-agent: *\nRequest-rate: 1/1h", headers=TEXT))
    url = web.put(HOST, "/", GOOD)
    with clock.frozen(NOON):
        async with fetcher(extra=extra(web)) as fetching:
            await fetching.fetch(url, accept=PAGES)
            with pytest.raises(HostBusy) as busy:
                await fetching.fetch(url, accept=PAGES)
    assert busy.value.retry_after == 3600
    assert web.paths(HOST) == ["/robots.txt", "/"]


@pytest.mark.parametrize(
    ("status", "header", "seconds"),
    [
        (429, "120", 120),
        (429, format_datetime(NOON + timedelta(seconds=90), usegmt=True), 90),
        (429, None, 60),
        (429, "rubbish", 60),
        (503, "300", 300),
        (429, "99999999", 86400),
    ],
)
async def test_a_server_that_asks_to_wait_is_left_alone(
    web: Web, status: int, header: str | None, seconds: float
) -> None:
    headers = HTML if header is None else {**HTML, "Retry-After": header}
    url = web.put(HOST, "/", Page(status=status, headers=headers))
    hosts = MemoryHosts()
    with clock.frozen(NOON) as now:
        async with fetcher(extra=extra(web), hosts=hosts, patience=0) as fetching:
            with pytest.raises(HostBusy) as told:
                await fetching.fetch(url, accept=PAGES)
            assert told.value.retry_after == seconds
            web.put(HOST, "/", GOOD)
            now.advance(seconds=seconds - 1)
            async with fetcher(extra=extra(web), hosts=hosts, patience=0) as elsewhere:
                with pytest.raises(HostBusy) as again:
                    await elsewhere.fetch(url, accept=PAGES)
            assert again.value.retry_after == pytest.approx(1)
            assert web.paths(HOST) == ["/robots.txt", "/"]
            now.advance(seconds=1)
            assert await asked(fetching, url)


@pytest.mark.parametrize("at_once", [1, 3])
async def test_never_more_at_once_than_set_and_never_two_at_one_host(web: Web, at_once: int) -> None:
    hosts = tuple(f"shop{number}.test" for number in range(8))
    urls = [web.put(host, f"/{n}", Page("x", headers=HTML, delay=0.02)) for host in hosts for n in range(3)]

    async def sleep(_: float) -> None:
        pytest.fail("in one process nobody polls, the next in line is called")

    async with fetcher(extra=extra(web, *hosts), at_once=at_once, sleep=sleep) as fetching:
        await asyncio.gather(*(fetching.fetch(url, accept=PAGES) for url in urls))
    assert len(web.asked) == len(urls) + len(hosts)
    assert (web.most_at_once, web.most_at_once_of_one_host) == (at_once, 1)


async def test_who_waits_for_a_host_keeps_nobody_else_waiting(web: Web) -> None:
    """One place only, and a host that is resting: the others go on meanwhile."""
    resting, other = web.put(HOST, "/", GOOD), web.put("news.test", "/", GOOD)
    hosts, awake, asleep = MemoryHosts(), asyncio.Event(), asyncio.Event()

    async def sleep(seconds: float) -> None:
        asleep.set()
        await awake.wait()
        hosts.records.clear()

    reached = extra(web, HOST, "news.test")
    async with fetcher(extra=reached, hosts=hosts, at_once=1, pause=20, sleep=sleep) as fetching:
        await fetching.fetch(resting, accept=PAGES)
        waiting = asyncio.create_task(asked(fetching, resting))
        await asleep.wait()
        assert await asked(fetching, other)
        awake.set()
        assert await waiting


async def test_a_failure_gives_the_turn_back(web: Web) -> None:
    gone, good = web.url(HOST, "/gone"), web.put(HOST, "/", GOOD)
    hanging = web.put(HOST, "/hanging", Page(delay=60))
    async with fetcher(extra=extra(web), patience=5) as fetching:
        with pytest.raises(UnexpectedStatus):
            await fetching.fetch(gone, accept=PAGES)
        cancelled = asyncio.create_task(fetching.fetch(hanging, accept=PAGES))
        await until_asked(web, "/hanging")
        cancelled.cancel()
        with pytest.raises(asyncio.CancelledError):
            await cancelled
        assert await asked(fetching, good)


async def test_a_holder_that_died_is_waited_out(web: Web) -> None:
    url, hosts = web.put(HOST, "/", GOOD), MemoryHosts()
    with clock.frozen(NOON) as now:
        assert isinstance(await hosts.take(HOST, 25), Lease)
        sleeper = Sleeper(now)
        async with fetcher(extra=extra(web), hosts=hosts, sleep=sleeper) as fetching:
            assert await asked(fetching, url)
        assert sum(sleeper.slept) == pytest.approx(25)
        late = await hosts.take("late.test", 1000)
        assert isinstance(late, Lease)
        async with fetcher(extra=extra(web, "late.test"), hosts=hosts, sleep=Sleeper(now)) as fetching:
            with pytest.raises(HostBusy):
                await fetching.fetch(web.url("late.test"), accept=PAGES)


async def test_a_turn_that_cannot_be_given_back_costs_no_document(web: Web) -> None:
    class Forgetful(MemoryHosts):
        async def give_back(self, lease: Lease, not_before: float) -> None:
            raise Unavailable("The database does not answer now.")

    url, hosts = web.put(HOST, "/", GOOD), Forgetful()
    with clock.frozen(NOON) as now:
        async with fetcher(extra=extra(web), hosts=hosts, sleep=Sleeper(now)) as fetching:
            assert await asked(fetching, url)


async def test_whoever_finds_the_line_too_long_is_told_to_come_back(web: Web) -> None:
    hanging = web.put(HOST, "/hanging", Page(delay=60))
    async with fetcher(extra=extra(web), patience=0) as fetching:
        await fetching.fetch(web.put(HOST, "/", GOOD), accept=PAGES)
        first = asyncio.create_task(fetching.fetch(hanging, accept=PAGES))
        await until_asked(web, "/hanging")
        for _ in range(2):
            with pytest.raises(HostBusy) as busy:
                await fetching.fetch(hanging, accept=PAGES)
            assert busy.value.retry_after
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
    assert web.paths(HOST).count("/hanging") == 1
    assert web.most_at_once_of_one_host == 1


async def test_whoever_finds_no_place_is_told_to_come_back(web: Web) -> None:
    hanging, other = web.put(HOST, "/hanging", Page(delay=60)), web.put("news.test", "/", GOOD)
    async with fetcher(extra=extra(web, HOST, "news.test"), at_once=1, patience=0) as fetching:
        first = asyncio.create_task(fetching.fetch(hanging, accept=PAGES))
        await until_asked(web, "/hanging")
        with pytest.raises(HostBusy):
            await fetching.fetch(other, accept=PAGES)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        assert await asked(fetching, other)


async def test_a_page_may_answer_by_who_asks(web: Web) -> None:
    def answer(request: Asked) -> Page:
        return Page(request.headers["user-agent"], headers=HTML)

    async with fetcher(extra=extra(web)) as fetching:
        got = await fetching.fetch(web.put(HOST, "/", answer), accept=PAGES)
    assert isinstance(got, Fetched)
    assert got.text.startswith("PluckIt/")
