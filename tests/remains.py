"""Looks for a text in every document, blob, message and history there is, whether declared or not."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import ClientSession
from azure.core.exceptions import ResourceNotFoundError

from core.platform import connections, cosmos, settings, storage

_A_TEST = timedelta(minutes=3)
"""Longer than a test may take: what was last written before cannot know of whom the test is about."""


async def remains(*needles: str, since: datetime | None = None) -> list[str]:
    """Return where in the database and in Storage one of ``needles`` is found; empty where nowhere.

    Names are looked at whatever their age, contents if they were written ``since`` or in the last minutes.
    """
    began = (since or datetime.now(UTC) - _A_TEST) - timedelta(seconds=2)
    places: list[str] = []
    for everything in (_documents(began), _blobs(began), _messages()):
        places += [place async for place, text in everything if any(n.encode() in text for n in needles)]
    return places


async def _documents(began: datetime) -> AsyncIterator[tuple[str, bytes]]:
    client = await connections.shared("cosmos", cosmos._connect)
    database = client.get_database_client(settings.get(settings.CosmosSettings).database)
    since: list[dict[str, object]] = [{"name": "@since", "value": int(began.timestamp())}]
    async for container in database.list_containers():
        proxy = database.get_container_client(container["id"])
        async for document in proxy.query_items("SELECT * FROM c WHERE c._ts >= @since", parameters=since):
            yield f"{container['id']}/{document['id']}", json.dumps(document, ensure_ascii=False).encode()


async def _blobs(began: datetime) -> AsyncIterator[tuple[str, bytes]]:
    service = await connections.shared("blobs", storage._connect_blobs)
    async for container in service.list_containers():
        client = service.get_container_client(container.name)
        async for blob in client.list_blobs(include=["metadata", "uncommittedblobs"]):
            content = b""
            if blob.last_modified >= began:
                try:
                    content = await (await client.download_blob(blob.name)).readall()
                except ResourceNotFoundError:  # of some there are only staged blocks
                    content = b""
            yield f"{container.name}/{blob.name}", f"{blob.name} {blob.metadata}".encode() + content


async def _messages() -> AsyncIterator[tuple[str, bytes]]:
    service = await connections.shared("queues", storage._connect_queues)
    async for queue in service.list_queues():
        for message in await service.get_queue_client(queue.name).peek_messages(max_messages=32):
            yield f"{queue.name}/{message.id}", message.content.encode() + _decoded(message.content)


def _decoded(content: str) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except ValueError:
        return b""


async def histories(management: str, *needles: str) -> list[str]:
    """Return the Durable instances that name one of ``needles``; ``management`` is a status URL of any."""
    every, _, key = management.partition("?")
    url = f"{every.rpartition('/')[0]}?showInput=true&{key}"
    async with ClientSession() as http, http.get(url) as answer:
        instances: list[dict[str, Any]] = await answer.json()
    return [one["instanceId"] for one in instances if any(needle in json.dumps(one) for needle in needles)]
