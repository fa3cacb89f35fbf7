"""Output bindings: what a function returned or set becomes queue messages and blobs.

The platform writes outputs after a successful invocation and fails the invocation when writing fails; so
a queue message whose output could not be written comes back.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from devstack.functions.bindings import Binding, Function
from devstack.functions.connections import ConnectionMissingError, blob_service, queue_service
from devstack.functions.expressions import fill
from devstack.functions.extensions import QueueOptions
from devstack.functions.worker import FunctionLoadError, Outcome

if TYPE_CHECKING:
    from azure.storage.blob.aio import BlobServiceClient
    from azure.storage.queue.aio import QueueServiceClient

_HTTP = "http"  # the answer itself; the gateway's business


class Outputs:
    """Writes the output bindings of every function of the app."""

    def __init__(
        self, functions: Iterable[Function], options: QueueOptions, settings: Mapping[str, str]
    ) -> None:
        """Raises FunctionLoadError for a binding type this host cannot write and for a missing connection."""
        self._options = options
        self._queues: dict[str | None, QueueServiceClient] = {}
        self._blobs: dict[str | None, BlobServiceClient] = {}
        self._writers: dict[str, Callable[[Binding, Any, Mapping[str, Any]], Awaitable[None]]] = {
            "queue": self._send,
            "blob": self._upload,
        }
        for function in functions:
            for binding in function.outputs:
                self._prepare(function, binding, settings)

    def _prepare(self, function: Function, binding: Binding, settings: Mapping[str, str]) -> None:
        kind, connection = binding.type, binding.properties.get("connection")
        if kind not in {_HTTP, *self._writers}:
            supported = ", ".join(sorted([_HTTP, *self._writers]))
            raise FunctionLoadError(
                f"The function '{function.name}' has the output binding '{binding.name}' of type '{kind}', "
                f"which this host cannot write (it writes: {supported})."
            )
        try:
            if kind == "queue" and connection not in self._queues:
                self._queues[connection] = queue_service(connection, settings)
            if kind == "blob" and connection not in self._blobs:
                self._blobs[connection] = blob_service(connection, settings)
        except ConnectionMissingError as error:
            raise FunctionLoadError(f"Error indexing method 'Functions.{function.name}'. {error}") from error

    async def write(self, function: Function, outcome: Outcome, data: Mapping[str, Any]) -> None:
        """Write everything a successful invocation produced; `data` fills expressions in names and paths.

        Raises what the storage SDK raises, and ExpressionError.
        """
        for binding in function.outputs:
            value = outcome.return_value if binding.name == "$return" else outcome.outputs.get(binding.name)
            if value is not None and binding.type in self._writers:
                await self._writers[binding.type](binding, value, data)

    async def close(self) -> None:
        """Close the storage clients."""
        for queues in self._queues.values():
            await queues.close()
        for blobs in self._blobs.values():
            await blobs.close()

    async def _send(self, binding: Binding, value: Any, data: Mapping[str, Any]) -> None:
        name = fill(binding.properties["queueName"], data).lower()
        queue = self._queues[binding.properties.get("connection")].get_queue_client(name)
        for message in messages(value):
            await send_creating(queue, self._encode(message))

    def _encode(self, message: bytes) -> str:
        return base64.b64encode(message).decode() if self._options.base64 else message.decode()

    async def _upload(self, binding: Binding, value: Any, data: Mapping[str, Any]) -> None:
        from azure.core.exceptions import ResourceNotFoundError

        container, _, name = fill(binding.properties["path"], data).partition("/")
        service = self._blobs[binding.properties.get("connection")]
        content = value if isinstance(value, (str, bytes)) else json.dumps(value)
        try:
            await service.get_blob_client(container, name).upload_blob(content, overwrite=True)
        except ResourceNotFoundError:
            await _create(service.get_container_client(container).create_container)
            await service.get_blob_client(container, name).upload_blob(content, overwrite=True)


def messages(value: Any) -> list[bytes]:
    """The queue messages one output value stands for: a list is many, a `func.QueueMessage` its body."""
    items = value if isinstance(value, list) else [value]
    return [_message(item) for item in items]


def _message(item: Any) -> bytes:
    if isinstance(item, dict) and item.keys() == {"id", "body"}:  # as the worker encodes func.QueueMessage
        item = item["body"]
    if isinstance(item, bytes):
        return item
    return (item if isinstance(item, str) else json.dumps(item)).encode()


async def send_creating(queue: Any, text: str) -> None:
    """Send to a queue, making it first where it is missing, as the platform's queue output does."""
    from azure.core.exceptions import ResourceNotFoundError

    try:
        await queue.send_message(text)
    except ResourceNotFoundError:
        await _create(queue.create_queue)
        await queue.send_message(text)


async def _create(create: Callable[[], Awaitable[Any]]) -> None:
    """Somebody else may create it at the same moment."""
    from azure.core.exceptions import ResourceExistsError

    try:
        await create()
    except ResourceExistsError:
        return
