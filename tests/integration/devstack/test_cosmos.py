"""What the app may rely on in the Cosmos emulator, through the real SDK."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from azure.core import MatchConditions
from azure.cosmos import exceptions
from azure.cosmos.aio import ContainerProxy

from devstack.stack import Stack
from tests.fixtures.cosmos_client import container

ITEMS = [
    {"id": f"{user}{n}", "userId": user, "name": f"Coat {n}", "n": n, "tags": ["warm", str(n)]}
    for user in ("ann", "bob")
    for n in range(5)
]


@pytest.fixture(scope="module")
async def items(stack: Stack) -> AsyncIterator[ContainerProxy]:
    async with container(stack.settings, "items") as made:
        for item in ITEMS:
            await made.upsert_item(item)
        yield made


@pytest.fixture
async def scratch(stack: Stack) -> AsyncIterator[ContainerProxy]:
    async with container(stack.settings, "scratch") as made:
        yield made


@pytest.fixture
async def faults(stack: Stack) -> AsyncIterator[Any]:
    url = f"{stack.url('cosmos')}/__faults"
    async with aiohttp.ClientSession() as session:

        async def arm(**fault: Any) -> None:
            async with session.post(url, json=fault, ssl=_trust(stack)) as answer:
                assert answer.status == 200, await answer.text()

        yield arm
        async with session.delete(url, ssl=_trust(stack)) as answer:
            assert answer.status == 200


def _trust(stack: Stack) -> Any:
    return ssl.create_default_context(cafile=stack.settings["COSMOS_DB_CA_BUNDLE"])


async def _ids(items: ContainerProxy, where: str, user: str = "ann", **params: Any) -> list[str]:
    parameters: list[dict[str, object]] = [{"name": f"@{name}", "value": params[name]} for name in params]
    found = items.query_items(f"SELECT * FROM c {where}", parameters=parameters, partition_key=user)
    return [item["id"] async for item in found]


@pytest.mark.parametrize(
    ("where", "numbers"),
    [
        ("", [0, 1, 2, 3, 4]),
        ("WHERE c.n IN (1, 3)", [1, 3]),
        ("WHERE c.n BETWEEN 2 AND 3", [2, 3]),
        ("WHERE STARTSWITH(c.name, 'Coat')", [0, 1, 2, 3, 4]),
        ("WHERE CONTAINS(LOWER(c.name), 'coat 2')", [2]),
        ("WHERE ARRAY_CONTAINS(c.tags, '4')", [4]),
        ("WHERE EXISTS(SELECT VALUE t FROM t IN c.tags WHERE t = '3')", [3]),
        ("WHERE NOT IS_DEFINED(c.price)", [0, 1, 2, 3, 4]),
        ("WHERE c.n > 1 AND (c.n < 3 OR c.n = 4) ORDER BY c.n DESC", [4, 2]),
        ("WHERE c.userId = 'bob'", []),
    ],
)
async def test_queries_stay_in_the_partition_asked_for(
    items: ContainerProxy, where: str, numbers: list[int]
) -> None:
    assert await _ids(items, where) == [f"ann{n}" for n in numbers]


async def test_aggregates_see_one_partition(items: ContainerProxy) -> None:
    counted: Any = items.query_items("SELECT VALUE COUNT(1) FROM c", partition_key="bob")
    assert [count async for count in counted] == [5]


async def test_continuation_tokens_page_through_a_partition(items: ContainerProxy) -> None:
    seen: list[str] = []
    token: str | None = None
    for _ in range(3):
        query = "SELECT * FROM c ORDER BY c.n DESC"
        pages: Any = items.query_items(query, partition_key="ann", max_item_count=2).by_page(token)
        seen += [item["id"] async for item in await anext(pages)]
        token = pages.continuation_token
    assert seen == ["ann4", "ann3", "ann2", "ann1", "ann0"]
    assert token is None


async def test_conditional_writes(scratch: ContainerProxy) -> None:
    document = await scratch.upsert_item({"id": "one", "userId": "ann", "n": 1})
    with pytest.raises(exceptions.CosmosResourceExistsError):
        await scratch.create_item({"id": "one", "userId": "ann"})
    changed = await scratch.replace_item(
        "one", {**document, "n": 2}, etag=document["_etag"], match_condition=MatchConditions.IfNotModified
    )
    assert changed["_etag"] != document["_etag"]
    with pytest.raises(exceptions.CosmosAccessConditionFailedError):
        await scratch.replace_item(
            "one", {**document, "n": 3}, etag=document["_etag"], match_condition=MatchConditions.IfNotModified
        )
    patched = await scratch.patch_item("one", "ann", [{"op": "incr", "path": "/n", "value": 5}])
    assert patched["n"] == 7


@pytest.mark.parametrize("user", ["ann", "bob"])
async def test_absent_is_404_in_any_partition(scratch: ContainerProxy, user: str) -> None:
    with pytest.raises(exceptions.CosmosResourceNotFoundError):
        await scratch.read_item("nobody", user)
    with pytest.raises(exceptions.CosmosResourceNotFoundError):
        await scratch.delete_item("nobody", user)


async def test_documents_expire(scratch: ContainerProxy) -> None:
    await scratch.upsert_item({"id": "brief", "userId": "ttl", "ttl": 0})
    await scratch.upsert_item({"id": "lasting", "userId": "ttl", "ttl": 60})
    assert await _ids(scratch, "", "ttl") == ["lasting"]
    with pytest.raises(exceptions.CosmosResourceNotFoundError):
        await scratch.read_item("brief", "ttl")


async def test_a_write_that_wants_no_answer_gets_only_its_version(scratch: ContainerProxy) -> None:
    item = {"id": "quiet", "userId": "ann", "n": 1}
    put = scratch.upsert_item(item, no_response=True)
    again = scratch.replace_item("quiet", item, no_response=True)
    for write in (put, again):
        answer = await write
        assert dict(answer) == {}
        stored = await scratch.read_item("quiet", "ann")
        assert (stored["n"], stored["_etag"]) == (1, answer.get_response_headers()["etag"])
    with pytest.raises(exceptions.CosmosResourceExistsError, match="exists"):
        await scratch.create_item(item, no_response=True)


async def test_a_fault_strikes_as_often_as_told(scratch: ContainerProxy, faults: Any) -> None:
    await faults(status=412, times=2, method="POST", path="/colls/scratch/docs$", query=False)
    for _ in range(2):
        with pytest.raises(exceptions.CosmosAccessConditionFailedError):
            await scratch.upsert_item({"id": "faulty", "userId": "ann"})
    await scratch.upsert_item({"id": "faulty", "userId": "ann"})


async def test_the_sdk_waits_out_a_429(scratch: ContainerProxy, faults: Any, stack: Stack) -> None:
    await faults(status=429, retry_after_ms=5, times=3, path="/docs/throttled$")
    with pytest.raises(exceptions.CosmosResourceNotFoundError):
        await scratch.read_item("throttled", "ann")
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{stack.url('cosmos')}/__faults", ssl=_trust(stack)) as answer,
    ):
        assert [fault["struck"] for fault in await answer.json()] == [3]


async def test_a_fault_after_the_effect_loses_only_the_answer(scratch: ContainerProxy, faults: Any) -> None:
    await faults(status=500, times=1, when="after", method="POST", path="/docs$", query=False)
    with pytest.raises(exceptions.CosmosHttpResponseError):
        await scratch.upsert_item({"id": "silent", "userId": "ann", "n": 1})
    assert (await scratch.read_item("silent", "ann"))["n"] == 1


async def test_probability_is_drawn_from_the_seed(scratch: ContainerProxy, stack: Stack, faults: Any) -> None:
    async def pattern() -> list[bool]:
        await faults(status=412, probability=0.5, seed=7, path="/docs/absent")
        outcomes = []
        for _ in range(12):
            try:
                await scratch.delete_item("absent", "ann")
            except exceptions.CosmosResourceNotFoundError:
                outcomes.append(False)
            except exceptions.CosmosHttpResponseError:
                outcomes.append(True)
        async with (
            aiohttp.ClientSession() as session,
            session.delete(f"{stack.url('cosmos')}/__faults", ssl=_trust(stack)),
        ):
            return outcomes

    first = await pattern()
    assert first == await pattern()
    assert set(first) == {True, False}


async def test_an_unknown_fault_is_refused(stack: Stack) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"{stack.url('cosmos')}/__faults", json={"status": 429, "time": 1}, ssl=_trust(stack)
        ) as answer,
    ):
        assert answer.status == 400
        assert "unknown: time" in await answer.text()
