"""A person's documents whatever they are: what export and erasure read and remove, container by container.

No model is asked, so a document that no code can read any more is exported and erased like the others.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from typing import Any, NamedTuple

from azure.cosmos import exceptions

from core.platform.containers import CosmosContainer
from core.platform.cosmos import container, translated

PERSONAL = "/userId"
"""The partition key of containers that hold people's documents."""

_IN_FLIGHT = 8


class Key(NamedTuple):
    """Where one document is."""

    id: str
    partition: str


async def documents(name: str, user_id: str) -> AsyncIterator[dict[str, Any]]:
    """Yield every document of one person in container ``name``, without the database's own fields."""
    proxy = await container(name)
    with translated():
        async for raw in proxy.query_items("SELECT * FROM c", partition_key=user_id):
            yield {field: value for field, value in raw.items() if not field.startswith("_")}


async def traces(declared: CosmosContainer, user_id: str) -> list[Key]:
    """Return where the person is found: in a partition of their own, and wherever else they are mentioned."""
    found: set[Key] = set()
    proxy = await container(declared.name)
    with translated():
        if declared.partition_key == PERSONAL:
            own = proxy.query_items("SELECT c.id FROM c", partition_key=user_id)
            found.update([Key(raw["id"], user_id) async for raw in own])
        if declared.mentions:
            path = declared.partition_key.strip("/")
            where = " OR ".join(f"CONTAINS(c.{field}, @person)" for field in declared.mentions)
            query = f"SELECT c.id, c.{path} FROM c WHERE {where}"  # noqa: S608 - names are declared, not sent
            mentioning = proxy.query_items(query, parameters=[{"name": "@person", "value": user_id}])
            found.update([Key(raw["id"], raw[path]) async for raw in mentioning])
    return sorted(found)


async def remove(name: str, keys: Collection[Key]) -> None:
    """Delete documents; those that are gone already stay so."""
    proxy, places = await container(name), asyncio.Semaphore(_IN_FLIGHT)

    async def one(key: Key) -> None:
        async with places:
            with translated():
                try:
                    await proxy.delete_item(key.id, key.partition)
                except exceptions.CosmosResourceNotFoundError:
                    return

    await asyncio.gather(*(one(key) for key in keys))
