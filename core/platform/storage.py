"""Blobs and queues as the domains see them, with every dependency failure turned into ``Unavailable``.

Retries are bounded here: left alone, the SDK tries for minutes while a person waits.
"""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from azure.core import MatchConditions
from azure.core.async_paging import AsyncItemPaged
from azure.core.exceptions import (
    AzureError,
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)
from azure.storage.blob import BlobProperties, ContentSettings
from azure.storage.blob.aio import BlobClient, BlobServiceClient, ContainerClient, ExponentialRetry
from azure.storage.queue import TextBase64EncodePolicy
from azure.storage.queue.aio import QueueServiceClient
from pydantic import BaseModel

from core.platform import connections, credentials, settings, telemetry
from core.platform.errors import Unavailable
from core.platform.paging import each

UNMET = (409, 412)
"""Statuses of a condition that is not met."""
_MOST_PEEKED = 32
_OPTIONS: dict[str, Any] = {"connection_timeout": 5, "read_timeout": 10}


@dataclass(frozen=True, slots=True)
class BlobInfo:
    """What is known of a blob without reading it; ``size`` in bytes, ``etag`` unquoted."""

    name: str
    size: int
    etag: str
    content_type: str
    modified_at: datetime
    metadata: Mapping[str, str] = field(default_factory=dict)


class Blobs:
    """One blob container."""

    def __init__(self, container: str) -> None:
        self.container = container

    async def put(
        self, name: str, data: bytes, content_type: str, *, metadata: Mapping[str, str] | None = None
    ) -> None:
        """Write ``data`` over whatever was there."""
        blob = await self._blob(name)
        with translated("upload_blob", self.container):
            await blob.upload_blob(
                data,
                overwrite=True,
                content_settings=ContentSettings(content_type=content_type),
                metadata=dict(metadata or {}),
            )

    async def put_if_absent(self, name: str, data: bytes, content_type: str) -> bool:
        """Write ``data`` unless the blob exists; tell whether it was written."""
        blob = await self._blob(name)
        with translated("upload_blob", self.container):
            try:
                await blob.upload_blob(data, content_settings=ContentSettings(content_type=content_type))
            except ResourceExistsError:
                return False
        return True

    async def get(self, name: str) -> bytes | None:
        """Return the whole blob, or ``None`` where there is none."""
        return await self._download(name)

    async def get_range(self, name: str, start: int, length: int) -> bytes | None:
        """Return ``length`` bytes from offset ``start``, or ``None`` where there is no such blob."""
        return await self._download(name, offset=start, length=length)

    async def head(self, name: str) -> BlobInfo | None:
        """Return the blob's size, type and version, or ``None`` where there is none."""
        blob = await self._blob(name)
        with translated("get_blob_properties", self.container):
            try:
                found = await blob.get_blob_properties()
            except ResourceNotFoundError:
                return None
        return _info(name, found)

    async def delete(self, name: str) -> bool:
        """Delete the blob; tell whether it was there."""
        blob = await self._blob(name)
        with translated("delete_blob", self.container):
            try:
                await blob.delete_blob(delete_snapshots="include")
            except ResourceNotFoundError:
                return False
        return True

    async def names(self, prefix: str = "") -> AsyncIterator[str]:
        """Yield the names that begin with ``prefix``."""
        container = await self._client()
        async for name in self._each(container.list_blob_names(name_starts_with=prefix)):
            yield name

    async def traces(self, prefix: str) -> AsyncIterator[BlobInfo]:
        """Yield the blobs whose names begin with ``prefix``, and those that are only staged blocks yet."""
        container = await self._client()
        staged = container.list_blobs(name_starts_with=prefix, include=["uncommittedblobs"])
        async for found in self._each(staged):
            yield _info(found.name, found)

    async def erase(self, found: BlobInfo) -> None:
        """Delete the blob at this version, or the blocks staged for it; what has changed stays as it is."""
        blob, unmoved = await self._blob(found.name), MatchConditions.IfNotModified
        with translated("delete_blob", self.container):
            try:
                await blob.delete_blob(
                    delete_snapshots="include", etag=f'"{found.etag}"', match_condition=unmoved
                )
            except (ResourceNotFoundError, ResourceModifiedError):
                with suppress(ResourceExistsError, ResourceModifiedError):
                    # Staged blocks cannot be deleted, only left out of a blob that is deleted then.
                    await blob.commit_block_list([], match_condition=MatchConditions.IfMissing)
                    await blob.delete_blob()

    async def listed(self, prefix: str = "") -> AsyncIterator[BlobInfo]:
        """Yield the blobs whose names begin with ``prefix``, in the order of their names."""
        container = await self._client()
        async for found in self._each(container.list_blobs(name_starts_with=prefix)):
            yield _info(found.name, found)

    async def untouched_since(self, moment: datetime) -> AsyncIterator[str]:
        """Yield the names of everyone's blobs that were last written before ``moment``."""
        container = await self._client()
        async for found in self._each(container.list_blobs()):
            if found.last_modified < moment:
                yield found.name

    def _each(self, listed: AsyncItemPaged[Any]) -> AsyncIterator[Any]:
        return each(listed, lambda: translated("list_blobs", self.container))

    async def _download(
        self, name: str, offset: int | None = None, length: int | None = None
    ) -> bytes | None:
        blob = await self._blob(name)
        with translated("download_blob", self.container):
            try:
                return await (await blob.download_blob(offset, length)).readall()
            except ResourceNotFoundError:
                return None

    async def _blob(self, name: str) -> BlobClient:
        return (await self._client()).get_blob_client(name)

    async def _client(self) -> ContainerClient:
        return (await self._service()).get_container_client(self.container)

    @staticmethod
    async def _service() -> BlobServiceClient:
        return await connections.shared("blobs", _connect_blobs)


class Queue:
    """One storage queue, its messages base64 as the queue trigger expects them."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def send(self, payload: BaseModel | str, *, delay: int = 0) -> None:
        """Send one message, visible after ``delay`` seconds."""
        text = payload if isinstance(payload, str) else payload.model_dump_json(by_alias=True)
        service = await connections.shared("queues", _connect_queues)
        queue = service.get_queue_client(self.name, message_encode_policy=TextBase64EncodePolicy())
        with translated("send_message", self.name):
            await queue.send_message(text, visibility_timeout=delay)

    async def depth(self) -> int:
        """Return about how many messages there are; none where there is no such queue."""
        service = await connections.shared("queues", _connect_queues)
        with translated("get_queue_properties", self.name):
            try:
                found = await service.get_queue_client(self.name).get_queue_properties()
            except ResourceNotFoundError:
                return 0
        return found.approximate_message_count or 0

    async def shows(self, text: str) -> bool:
        """Tell whether one of the next messages, read without taking it, contains ``text``."""
        service = await connections.shared("queues", _connect_queues)
        queue = service.get_queue_client(self.name)
        with translated("peek_messages", self.name):
            peeked = await queue.peek_messages(max_messages=_MOST_PEEKED)
        return any(text in _plain(message.content) for message in peeked)


async def probe() -> None:
    """Ask blobs and queues for one page of names; raises ``Unavailable`` where they do not answer."""
    blobs = await connections.shared("blobs", _connect_blobs)
    queues = await connections.shared("queues", _connect_queues)
    with translated("list", "account"):
        await anext(blobs.list_containers(results_per_page=1).by_page())
        await anext(queues.list_queues(results_per_page=1).by_page())


async def _connect_blobs() -> tuple[BlobServiceClient, connections.Closer]:
    configured = settings.get(settings.StorageSettings)
    client: BlobServiceClient = await _service(BlobServiceClient, configured, configured.blobs)
    return client, client.close


async def _connect_queues() -> tuple[QueueServiceClient, connections.Closer]:
    configured = settings.get(settings.StorageSettings)
    client: QueueServiceClient = await _service(QueueServiceClient, configured, configured.queues)
    return client, client.close


async def _service(kind: Any, configured: settings.StorageSettings, url: str) -> Any:
    options = {
        **_OPTIONS,
        "retry_policy": ExponentialRetry(initial_backoff=1, increment_base=2, retry_total=1),
    }
    if configured.connection is not None:
        return kind.from_connection_string(configured.connection.get_secret_value(), **options)
    return kind(url, credential=await _credential(configured), **options)


def _info(name: str, found: BlobProperties) -> BlobInfo:
    return BlobInfo(
        name=name,
        size=found.size,
        etag=(found.etag or "").strip('"'),
        content_type=found.content_settings.content_type or "application/octet-stream",
        modified_at=found.last_modified,
        metadata=found.metadata or {},
    )


def _plain(content: str) -> str:
    """Return a message's text, decoded where it is base64 of text."""
    try:
        return base64.b64decode(content, validate=True).decode()
    except ValueError:
        return content


async def _credential(configured: settings.StorageSettings) -> Any:
    if configured.account_key is not None:
        return {
            "account_name": configured.account_name,
            "account_key": configured.account_key.get_secret_value(),
        }
    return await credentials.identity()


@contextmanager
def translated(operation: str, target: str) -> Iterator[None]:
    """Tell the SDK's call on a container or queue as a span; its failures become ``Unavailable``."""
    told = {"pluckit.storage.operation": operation, "pluckit.storage.target": target}
    with telemetry.span(f"{operation} {target}", "client", told):
        try:
            yield
        except (ResourceNotFoundError, ResourceExistsError) as error:
            raise Unavailable("Storage is not set up completely.", retry_after=30) from error
        except (AzureError, TimeoutError) as error:
            raise Unavailable("Storage does not answer now.", retry_after=5) from error
