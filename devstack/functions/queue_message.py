"""What a function gets to see of a storage queue message."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from devstack.functions.bindings import Binding
from devstack.functions.expressions import json_data
from devstack.functions.worker import Datum

if TYPE_CHECKING:
    from azure.storage.queue import QueueMessage


def body_of(content: str, *, base64_encoded: bool) -> bytes | None:
    """The decoded body; None when it should be base64 and is not."""
    if not base64_encoded:
        return content.encode()
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        return None


def trigger_value(body: bytes, trigger: Binding) -> Datum:
    """Text for text, bytes for anything that is not UTF-8 or was declared `data_type` binary."""
    wants_bytes = str(trigger.properties.get("dataType", "")).lower() == "binary"
    text = None if wants_bytes else _text(body)
    return Datum(body, "bytes") if text is None else Datum(text, "string")


def trigger_metadata(message: QueueMessage, body: bytes) -> dict[str, Datum]:
    """The trigger's metadata under the names the worker library reads."""
    times = {
        "InsertionTime": message.inserted_on,
        "ExpirationTime": message.expires_on,
        "NextVisibleTime": message.next_visible_on,
    }
    return {
        "Id": Datum(message.id, "string"),
        "DequeueCount": Datum(message.dequeue_count, "int"),
        "PopReceipt": Datum(message.pop_receipt, "string"),
        "QueueTrigger": Datum(_text(body) or "", "string"),
        **{name: Datum(json.dumps(_timestamp(at)), "json") for name, at in times.items() if at},
    }


def binding_data(message: QueueMessage, body: bytes) -> dict[str, Any]:
    """What expressions in output bindings may name: the metadata and the properties of a JSON body."""
    return {
        **json_data(body),
        "queueTrigger": _text(body) or "",
        "id": message.id,
        "dequeueCount": str(message.dequeue_count),
        "popReceipt": message.pop_receipt,
    }


def _text(body: bytes) -> str | None:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


def _timestamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")
