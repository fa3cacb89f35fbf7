"""What lies in the queues, looked at without taking anything: depth, and the first messages of each."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from devstack.functions.queue_message import body_of

if TYPE_CHECKING:
    from azure.storage.queue import QueueMessage
    from azure.storage.queue.aio import QueueClient, QueueServiceClient

_PEEKED = 16
_MOST_TEXT = 4_000  # characters of a message that are shown
_POISON = "-poison"


async def survey(services: Iterable[QueueServiceClient], readers: Mapping[str, str]) -> list[dict[str, Any]]:
    """Every queue, each `{name, function, poison, depth, messages}`, those with a function first.

    ``readers`` is the listening function by queue name. ``depth`` counts hidden messages too.
    """
    names = [(service, queue.name) for service in services async for queue in service.list_queues()]
    found = await asyncio.gather(
        *(_look(service.get_queue_client(name), readers.get(name)) for service, name in names)
    )
    return sorted((one for one in found if one), key=lambda one: (one["function"] is None, one["name"]))


async def _look(queue: QueueClient, function: str | None) -> dict[str, Any] | None:
    from azure.core.exceptions import ResourceNotFoundError

    try:
        about = await queue.get_queue_properties()
        messages = await queue.peek_messages(max_messages=_PEEKED) if about.approximate_message_count else []
    except ResourceNotFoundError:
        return None  # removed since it was listed
    return {
        "name": queue.queue_name,
        "function": function,
        "poison": str(queue.queue_name).endswith(_POISON),
        "depth": about.approximate_message_count,
        "messages": [_shown(message) for message in messages],
    }


def _shown(message: QueueMessage) -> dict[str, Any]:
    return {
        "id": message.id,
        "body": _text(message.content)[:_MOST_TEXT],
        "dequeue_count": message.dequeue_count,
        "inserted_at": message.inserted_on.isoformat() if message.inserted_on else None,
    }


def _text(content: str) -> str:
    """The message as it was meant: senders encode as they like, and JSON says that the guess was right."""
    body = body_of(content, base64_encoded=True) or b""
    return body.decode(errors="replace") if body.startswith((b"{", b"[")) else content
