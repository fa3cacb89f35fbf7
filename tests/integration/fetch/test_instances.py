"""Several instances of the app, one database: a host has one turn among all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from core.platform import clock, ids
from core.platform.fetch import PAGES, Fetched, FetchRefused, HostBusy, NotModified, check, fetch
from core.platform.fetch.hosts import AGAIN_SECONDS, Hosts, Lease, StoredHosts
from core.platform.fetch.robots import StoredRobots
from tests.fetching import MemoryHosts, fetcher
from tests.fixtures.tuning import Tune
from tests.fixtures.web import HOSTS, Page, Web

pytestmark = pytest.mark.usefixtures("app_env")

HTML = {"Content-Type": "text/html"}


@pytest.fixture
def host() -> str:
    return f"{ids.new_id()}.test"


@pytest.mark.parametrize("make", [MemoryHosts, StoredHosts])
async def test_a_turn_is_one_holders_until_it_ends_or_runs_out(make: Callable[[], Hosts], host: str) -> None:
    hosts, noon = make(), datetime.now(UTC).replace(microsecond=0)
    with clock.frozen(noon) as now:
        lease = await hosts.take(host, 30)
        assert isinstance(lease, Lease)
        assert await hosts.take(host, 30) == AGAIN_SECONDS
        await hosts.give_back(lease, (noon + timedelta(seconds=20)).timestamp())
        assert await hosts.take(host, 30) == 20
        now.advance(seconds=20)
        crashed = await hosts.take(host, 30)
        assert isinstance(crashed, Lease)
        now.advance(seconds=30)
        heir = await hosts.take(host, 30)
        assert isinstance(heir, Lease)
        await hosts.give_back(crashed, 0)
        assert await hosts.take(host, 30) == AGAIN_SECONDS, "who comes late ends nobody else's turn"
        await hosts.give_back(heir, 0)
        assert isinstance(await hosts.take(host, 30), Lease)


async def test_of_many_who_ask_at_once_one_gets_it(host: str) -> None:
    stores = [StoredHosts() for _ in range(6)]
    for _ in range(2):
        answers = await asyncio.gather(*(store.take(host, 30) for store in stores))
        leases = [answer for answer in answers if isinstance(answer, Lease)]
        assert len(leases) == 1
        await stores[0].give_back(leases[0], 0)


async def test_instances_never_meet_at_a_host_and_share_its_robots_txt(web: Web, host: str) -> None:
    extra = {(host, web.port): "127.0.0.1"}
    urls = [web.put(host, f"/{number}", Page("x", headers=HTML, delay=0.02)) for number in range(4)]

    async def soon(seconds: float) -> None:
        await asyncio.sleep(seconds / 20)

    async def instance(url: str) -> Fetched | NotModified:
        async with fetcher(extra=extra, hosts=StoredHosts(), robots=StoredRobots(), sleep=soon) as fetching:
            return await fetching.fetch(url, accept=PAGES)

    await instance(web.put(host, "/first", Page("x", headers=HTML)))
    assert {type(got) for got in await asyncio.gather(*map(instance, urls))} == {Fetched}
    assert web.most_at_once_of_one_host == 1
    assert web.paths(host).count("/robots.txt") == 1


async def test_the_app_fetches_as_its_settings_say(web: Web, tune: Tune) -> None:
    url = web.put(HOSTS[0], "/", Page("fine", headers={**HTML, "ETag": '"1"'}))
    got = await fetch(url, accept=PAGES)
    assert isinstance(got, Fetched)
    assert isinstance(await fetch(url, accept=PAGES, validators=got.validators), NotModified)
    assert {asked.headers["user-agent"].partition("/")[0] for asked in web.asked} == {"PluckIt"}
    assert check(f"{url}#top") == url
    tune("FETCH_EXTRA_HOSTS", "")
    with pytest.raises(FetchRefused):
        check(url)


async def test_what_a_server_asked_for_is_remembered_by_all(web: Web, host: str) -> None:
    extra = {(host, web.port): "127.0.0.1"}
    url = web.put(host, "/", Page(status=429, headers={"Retry-After": "600"}))
    for _ in range(2):
        async with fetcher(extra=extra, hosts=StoredHosts(), robots=StoredRobots()) as instance:
            with pytest.raises(HostBusy) as busy:
                await instance.fetch(url, accept=PAGES)
            assert busy.value.retry_after == pytest.approx(600, abs=30)
    assert web.paths(host).count("/") == 1
