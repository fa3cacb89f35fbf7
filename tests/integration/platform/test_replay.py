"""Idempotency-Key: one effect, one answer, whatever is sent again and whenever the host died."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import azure.functions as func
import pytest
from aiohttp import ClientSession, TCPConnector

from core.platform import clock, ids
from core.platform.cosmos import Stale
from core.platform.errors import DomainError, Invalid, Unavailable
from core.platform.http import Call, Credentials, Principal, Reply, Uploaded, endpoint, replay
from core.platform.http.replay import LEASE, KeyReused, StillRunning, once
from core.platform.models import Wire
from devstack.stack import Stack

pytestmark = pytest.mark.usefixtures("app_env")


class Coat(Wire):
    id: str


class Shop:
    """Makes coats, and counts."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def sale(self, call: Call[Any, Any, Any]) -> Callable[[], Awaitable[Reply]]:
        async def run() -> Reply:
            self.made.append(call.effect_id())
            return Reply.created(Coat(id=self.made[-1]), location=f"/coats/{self.made[-1]}", etag="v1")

        return run


def call(user: str, key: str, url: str = "http://x/api/coats") -> Call[Any, Any, Any]:
    return Call(
        principal=Principal(user),
        body=Coat(id="any"),
        query=None,
        path=None,
        method="POST",
        url=url,
        route="make_coat",
        headers={"idempotency-key": key},
        params={},
        request_id="r",
        trace_id="t",
    )


async def test_the_first_answer_is_replayed_byte_for_byte() -> None:
    shop, mine = Shop(), call(ids.new_id(), "k1")
    first = await once(mine, shop.sale(mine))
    again = await once(mine, shop.sale(mine))
    assert len(shop.made) == 1
    assert (again.status, again.content(), again.content_type) == (201, first.content(), first.content_type)
    assert again.headers == {**first.headers, "Idempotent-Replayed": "true"}
    assert "Idempotent-Replayed" not in first.headers


async def test_a_key_belongs_to_one_person_and_one_body() -> None:
    shop, mine, other = Shop(), call(ids.new_id(), "k1"), call(ids.new_id(), "k1")
    await once(mine, shop.sale(mine))
    await once(other, shop.sale(other))
    assert len(set(shop.made)) == 2
    with pytest.raises(KeyReused):
        await once(replace(mine, body=Coat(id="another")), shop.sale(mine))


async def test_another_key_is_another_effect_and_one_key_serves_each_route() -> None:
    shop, user = Shop(), ids.new_id()
    calls = [call(user, "k1"), call(user, "k2"), replace(call(user, "k1"), route="sell_coat")]
    for one in calls:
        await once(one, shop.sale(one))
    assert len(set(shop.made)) == 3


async def test_an_answer_without_a_body_and_a_file_are_replayed_as_they_were() -> None:
    for reply in (Reply.no_content(), Reply.file(b"\xff\x00", "image/png", headers={"X-Kind": "cutout"})):
        mine, sent = call(ids.new_id(), "k1"), iter([reply])

        async def run(sent: Iterator[Reply] = sent) -> Reply:
            return next(sent)

        await once(mine, run)
        again = await once(mine, run)
        assert (again.status, again.content(), again.content_type) == (
            reply.status,
            reply.content(),
            reply.content_type,
        )
        assert again.headers == {**reply.headers, "Idempotent-Replayed": "true"}
        assert (again.body is None) == (reply.body is None)


@pytest.mark.parametrize(("size", "times"), [(1000, 1), (1001, 2)])
async def test_an_answer_too_large_to_keep_frees_its_key(
    size: int, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "BODY_LIMIT", 1000)
    mine, made = call(ids.new_id(), "k1"), []

    async def run() -> Reply:
        made.append(size)
        return Reply.file(b"x" * size, "text/plain")

    for _ in range(2):
        assert len((await once(mine, run)).content()) == size
    assert len(made) == times


async def test_a_record_is_kept_for_a_day_and_says_what_it_was_for() -> None:
    shop, mine = Shop(), call(ids.new_id(), "k1")
    with clock.frozen(datetime.now(UTC)):
        first = await once(mine, shop.sale(mine))
        [record] = [found async for found in replay._records.all(mine.user)]
        assert record.lease_until == clock.now() + LEASE
    assert (record.ttl, record.fingerprint, record.status) == (86_400, mine.fingerprint(), first.status)


async def test_an_endpoint_that_says_so_runs_once_for_a_key_and_each_time_without_one() -> None:
    made: list[str] = []

    class Anna:
        scheme: str | None = "accessToken"
        roles: Sequence[str] = ()
        problems: Sequence[type[DomainError]] = ()

        async def __call__(self, request: Credentials) -> Principal:
            return Principal("anna-of-the-replays")

    async def buy(call: Call) -> Reply:
        made.append(call.effect_id())
        return Reply.created(Coat(id=made[-1]), location="/coats")

    bought = endpoint(auth=Anna, returns=lambda: {201: Coat}, idempotent=True)(buy)
    key = ids.new_id()
    answers = [await bought(asked(key)) for key in (key, key, None, None)]
    assert [answer.status_code for answer in answers] == [201] * 4
    assert answers[0].get_body() == answers[1].get_body()
    assert len(set(made)) == len(made) == 3


def asked(key: str | None) -> func.HttpRequest:
    headers = {} if key is None else {"idempotency-key": key}
    return func.HttpRequest("POST", "http://x/api/coats", headers=headers, body=b"")


async def test_an_upload_sent_again_is_the_same_request_whatever_its_form_looks_like() -> None:
    shop, mine = Shop(), call(ids.new_id(), "k1")
    await once(replace(mine, body=Uploaded(b"a;b", "a.csv", "text/csv")), shop.sale(mine))
    again = await once(replace(mine, body=Uploaded(b"a;b", None, "text/plain")), shop.sale(mine))
    assert again.headers["Idempotent-Replayed"] == "true"
    with pytest.raises(KeyReused):
        await once(replace(mine, body=Uploaded(b"a;c", "a.csv", "text/csv")), shop.sale(mine))


async def test_twenty_at_once_have_one_effect() -> None:
    shop, mine = Shop(), call(ids.new_id(), "k1")
    answers = await asyncio.gather(*(once(mine, shop.sale(mine)) for _ in range(20)), return_exceptions=True)
    assert len(shop.made) == 1
    assert {type(answer) for answer in answers} <= {Reply, StillRunning}


async def test_a_claim_whose_answer_is_lost_meets_itself_and_goes_on(stack: Stack) -> None:
    lost = {"status": 503, "times": 1, "method": "POST", "path": "/colls/idempotency/docs$", "when": "after"}
    faults = f"{stack.url('cosmos')}/__faults"
    shop, mine = Shop(), call(ids.new_id(), "k1")
    async with ClientSession(connector=TCPConnector(ssl=False)) as http:
        await http.post(faults, json=lost)
        assert (await once(mine, shop.sale(mine))).status == 201
        async with http.get(faults) as answer:
            assert [fault["struck"] for fault in await answer.json(content_type=None)] == [1]
        await http.delete(faults)
    assert (await once(mine, shop.sale(mine))).headers["Idempotent-Replayed"] == "true"
    assert len(shop.made) == 1


async def test_an_answer_that_cannot_be_kept_is_given_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    shop, mine = Shop(), call(ids.new_id(), "k1")

    async def down(record: object) -> None:
        raise Unavailable("The database does not answer now.")

    monkeypatch.setattr(replay._records, "upsert", down)
    assert (await once(mine, shop.sale(mine))).status == 201


async def test_of_two_that_take_over_a_dead_claim_one_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    shop, mine = Shop(), call(ids.new_id(), "k1")
    dead = replay.Recorded(
        id=ids.stable_id("idempotency", mine.method, mine.route, "k1"),
        user_id=mine.user,
        fingerprint=mine.fingerprint(),
        claimed_by="a host that is dead",
        lease_until=clock.now() - LEASE,
    )
    await replay._records.create(dead)
    answers = await asyncio.gather(*(once(mine, shop.sale(mine)) for _ in range(9)), return_exceptions=True)
    assert len(shop.made) == 1
    assert {type(answer) for answer in answers} == {Reply, StillRunning}


async def test_a_lease_is_kept_through_trouble_with_the_database_and_left_to_whoever_took_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(replay, "RENEWED", 0.0)
    mine, replace_, tried = call(ids.new_id(), "k1"), replay._records.replace, asyncio.Event()
    ways = iter([Unavailable("The database does not answer now."), None, Stale()])

    async def troubled(record: replay.Recorded) -> replay.Recorded:
        way = next(ways)
        if isinstance(way, Stale):
            tried.set()
        if way is not None:
            raise way
        return await replace_(record)

    async def slow() -> Reply:
        await tried.wait()
        await asyncio.sleep(0.01)  # nobody asks any more: there are no more ways
        return Reply.created(Coat(id="a"), location="/coats/a")

    monkeypatch.setattr(replay._records, "replace", troubled)
    assert (await once(mine, slow)).status == 201
    assert next(ways, None) is None


async def test_a_failure_frees_the_key() -> None:
    shop, mine = Shop(), call(ids.new_id(), "k1")

    async def broken() -> Reply:
        raise Invalid("No.")

    with pytest.raises(Invalid):
        await once(mine, broken)
    assert (await once(mine, shop.sale(mine))).status == 201


async def test_a_request_that_takes_longer_than_its_lease_keeps_its_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(replay, "RENEWED", 0.01)
    shop, mine = Shop(), call(ids.new_id(), "k1")

    async def slow() -> Reply:
        for _ in range(3):
            time.advance(seconds=LEASE.total_seconds() - 5)
            due = clock.now() + LEASE
            async with asyncio.timeout(10):
                while await _leased_until(mine.user) < due:  # noqa: ASYNC110 - a bounded poll of the database
                    await asyncio.sleep(0.01)
            with pytest.raises(StillRunning):
                await once(mine, shop.sale(mine))
        return await shop.sale(mine)()

    with clock.frozen(datetime.now(UTC)) as time:
        first = await once(mine, slow)
    assert (await once(mine, shop.sale(mine))).content() == first.content()
    assert len(shop.made) == 1


async def _leased_until(user: str) -> datetime:
    [record] = [found async for found in replay._records.all(user)]
    return record.lease_until


async def test_after_a_crash_a_retry_waits_for_the_lease_and_then_has_the_same_effect() -> None:
    shop, mine = Shop(), call(ids.new_id(), "k1")
    begun, forever = asyncio.Event(), asyncio.Event()

    async def dies() -> Reply:
        shop.made.append(mine.effect_id())
        begun.set()
        await forever.wait()
        raise AssertionError("the host is dead")

    with clock.frozen(datetime.now(UTC)) as time:
        crashed = asyncio.create_task(once(mine, dies))
        await begun.wait()
        with pytest.raises(StillRunning):
            await once(mine, shop.sale(mine))
        time.advance(seconds=LEASE.total_seconds() + 1)
        taken_over = await once(mine, shop.sale(mine))
    crashed.cancel()
    await asyncio.wait([crashed])
    assert taken_over.status == 201
    assert len(shop.made) == 2
    assert len(set(shop.made)) == 1
