"""A person's documents whatever they are: what export and erasure read and remove, container by container.

No model is asked, so a document that no code can read any more is exported and erased like the others.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import AbstractContextManager, suppress
from typing import Any, NamedTuple

from azure.core import MatchConditions
from azure.cosmos import exceptions

from core.platform.containers import CosmosContainer
from core.platform.cosmos import Stale, container, translated
from core.platform.paging import each

PERSONAL = "/userId"
"""The partition key of containers that hold people's documents."""

_IN_FLIGHT = 8


class Key(NamedTuple):
    """Where one document is, and at which version."""

    id: str
    partition: str
    etag: str


async def documents(declared: CosmosContainer, user_id: str) -> AsyncIterator[dict[str, Any]]:
    """Yield every document of one person, without the database's own fields."""
    async for raw in _of(declared, user_id, "*"):
        yield {field: value for field, value in raw.items() if not field.startswith("_")}


async def traces(declared: CosmosContainer, user_id: str) -> list[Key]:
    """Return where the documents are that belong to the person, or mention them."""
    path = declared.partition_key.strip("/")
    found = _of(declared, user_id, f"c.id, c.{path}, c._etag")
    return [Key(raw["id"], raw[path], raw["_etag"]) async for raw in found]


async def _of(declared: CosmosContainer, user_id: str, fields: str) -> AsyncIterator[dict[str, Any]]:
    """Yield what is in the person's own partition, and then what mentions them elsewhere."""
    proxy, path = await container(declared.name), declared.partition_key.strip("/")
    every = f"SELECT {fields} FROM c"  # noqa: S608 - names of fields are declared, not sent

    def calling() -> AbstractContextManager[None]:
        return translated("query_items", declared.name)

    if declared.partition_key == PERSONAL:
        async for raw in each(proxy.query_items(every, partition_key=user_id), calling):
            yield raw
    if declared.mentions:
        mentioned = " OR ".join(f"CONTAINS(c.{field}, @person)" for field in declared.mentions)
        elsewhere = f"{every} WHERE c.{path} != @person AND ({mentioned})"
        person: list[dict[str, object]] = [{"name": "@person", "value": user_id}]
        async for raw in each(proxy.query_items(elsewhere, parameters=person), calling):
            yield raw


async def remove(name: str, keys: Collection[Key]) -> None:
    """Delete documents at these versions; what is gone or has changed stays so."""
    proxy, places = await container(name), asyncio.Semaphore(_IN_FLIGHT)
    unmoved = MatchConditions.IfNotModified

    async def one(key: Key) -> None:
        async with places:
            with suppress(Stale), translated("delete_item", name):
                try:
                    await proxy.delete_item(key.id, key.partition, etag=key.etag, match_condition=unmoved)
                except exceptions.CosmosResourceNotFoundError:
                    return

    await asyncio.gather(*(one(key) for key in keys))
