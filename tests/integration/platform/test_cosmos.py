"""The typed container against the real SDK: versions, pages, expiry, and what failures become."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import ClientSession, TCPConnector
from azure.cosmos.aio import ContainerProxy

from core.platform import clock, ids
from core.platform.cosmos import AlreadyExists, Container, Stale
from core.platform.cursors import InvalidCursor
from core.platform.models import Document
from devstack.stack import Stack

pytestmark = pytest.mark.usefixtures("app_env")


class Coat(Document):
    size: int = 0


COATS = Container("vault", Coat)
QUIET = Container("vault", Coat, echo=False)


@pytest.fixture
def person() -> str:
    return ids.new_id()


async def test_what_is_written_is_read_and_only_by_its_owner(person: str) -> None:
    written = await COATS.create(Coat(id="a", user_id=person, size=3))
    assert await COATS.get(person, "a") == written
    assert written.etag
    assert await COATS.get(ids.new_id(), "a") is None
    with pytest.raises(AlreadyExists):
        await COATS.create(Coat(id="a", user_id=person))


async def test_an_addition_whose_answer_is_lost_meets_itself_and_is_made(stack: Stack, person: str) -> None:
    lost = {"status": 503, "times": 1, "method": "POST", "path": "/colls/vault/docs$", "when": "after"}
    faults = f"{stack.url('cosmos')}/__faults"
    async with ClientSession(connector=TCPConnector(ssl=False)) as http:
        await http.post(faults, json=lost)
        await COATS.add(Coat(id="a", user_id=person, size=3))
        async with http.get(faults) as answer:
            assert [fault["struck"] for fault in await answer.json(content_type=None)] == [1]
        await http.delete(faults)
    found = await COATS.get(person, "a")
    assert found is not None
    assert found.size == 3


async def test_an_id_that_is_met_and_gone_when_looked_at_is_free(
    person: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await COATS.create(Coat(id="a", user_id=person, size=1))
    read = ContainerProxy.read_item

    async def gone_by_then(proxy: ContainerProxy, *given: Any, **named: Any) -> Any:
        monkeypatch.undo()
        await COATS.delete(person, "a")
        return await read(proxy, *given, **named)

    monkeypatch.setattr(ContainerProxy, "read_item", gone_by_then)
    assert (await COATS.create(Coat(id="a", user_id=person, size=2))).size == 2


async def test_a_version_is_written_over_once(person: str) -> None:
    first = await COATS.create(Coat(id="a", user_id=person))
    second = await COATS.replace(first.model_copy(update={"size": 1}))
    with pytest.raises(Stale):
        await COATS.replace(first.model_copy(update={"size": 2}))
    with pytest.raises(Stale):
        await COATS.delete(person, "a", etag=first.etag)
    assert await COATS.delete(person, "a", etag=second.etag)
    assert not await COATS.delete(person, "a")
    with pytest.raises(Stale):
        await COATS.replace(second)


async def test_without_echo_a_write_gives_what_was_sent_at_the_version_that_is_stored(person: str) -> None:
    made = await QUIET.create(Coat(id="a", user_id=person, size=1))
    changed = await QUIET.replace(made.model_copy(update={"size": 2}))
    put = await QUIET.upsert(changed.model_copy(update={"size": 3}))
    assert len({made.etag, changed.etag, put.etag}) == 3
    stored = await COATS.get(person, "a")
    assert stored is not None
    assert stored.model_copy(update={"written_at": None}) == put
    with pytest.raises(Stale):
        await QUIET.replace(changed)


async def test_a_patch_sets_fields_of_one_version_unread(person: str) -> None:
    first = await COATS.create(Coat(id="a", user_id=person, size=1, ttl=60))
    patched = await COATS.patch(person, "a", {"size": 2}, etag=str(first.etag))
    assert (patched.size, patched.ttl) == (2, 60)
    assert await COATS.get(person, "a") == patched
    for gone in (first.etag, "other"):
        with pytest.raises(Stale):
            await COATS.patch(person, "a", {"size": 3}, etag=str(gone))
    await COATS.delete(person, "a")
    with pytest.raises(Stale):
        await COATS.patch(person, "a", {"size": 3}, etag=str(patched.etag))


async def test_updates_race_and_none_is_lost(person: str) -> None:
    await COATS.create(Coat(id="a", user_id=person))
    await asyncio.gather(
        *(COATS.update(person, "a", lambda c: c.model_copy(update={"size": c.size + 1})) for _ in range(30))
    )
    found = await COATS.get(person, "a")
    assert found is not None
    assert found.size == 30


async def test_pages_are_the_list_cut_in_pieces(person: str) -> None:
    for size in range(7):
        await COATS.create(Coat(id=str(size), user_id=person, size=size))
    seen: list[int] = []
    cursor = None
    while True:
        page, cursor = await COATS.page(person, order="c.size DESC", limit=3, cursor=cursor)
        seen += [coat.size for coat in page]
        if cursor is None:
            break
    assert seen == [6, 5, 4, 3, 2, 1, 0]
    found = {coat.size async for coat in COATS.all(person, where="c.size > @least", params={"least": 4})}
    assert found == {5, 6}


@pytest.mark.parametrize("cursor", ["zzzz", "!", "a", "e30"])
async def test_a_foreign_cursor_is_refused(person: str, cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        await COATS.page(person, limit=3, cursor=cursor)


async def test_an_expired_document_is_absent_and_its_id_free_again(person: str) -> None:
    await COATS.create(Coat(id="a", user_id=person, size=1, ttl=60))
    with clock.frozen(datetime.now(UTC) + timedelta(seconds=120)):
        assert await COATS.get(person, "a") is None
        assert [coat async for coat in COATS.all(person)] == []
        takers = await asyncio.gather(
            *(COATS.create(Coat(id="a", user_id=person, size=n, ttl=600)) for n in range(9)),
            return_exceptions=True,
        )
    assert sorted(type(taker).__name__ for taker in takers) == 8 * ["AlreadyExists"] + ["Coat"]
