"""Append blobs: logs of bytes that several may read while one writes, each write only at the end it knows of.

The append position decides who is the writer: whoever appends where the log does not end any more has lost
it. An answer that got lost on the way is told from somebody else's write by what stands there.
"""

from __future__ import annotations

from collections.abc import Mapping

from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.storage.blob import ContentSettings

from core.platform.storage import UNMET, Blobs, translated


class Moved(Exception):
    """The log does not end where the writer thought: somebody else wrote, or it is gone."""


class AppendBlobs(Blobs):
    """One container of append blobs."""

    async def create(self, name: str, content_type: str, metadata: Mapping[str, str]) -> bool:
        """Create an empty log unless the name is taken; tell whether it was created."""
        blob = await self._blob(name)
        with translated("create_append_blob", self.container):
            try:
                await blob.create_append_blob(
                    content_settings=ContentSettings(content_type=content_type),
                    metadata=dict(metadata),
                    match_condition=MatchConditions.IfMissing,
                )
            except HttpResponseError as error:
                if error.status_code not in UNMET:
                    raise
                return await self._has(name, metadata)
        return True

    async def append(self, name: str, data: bytes, *, at: int) -> None:
        """Write ``data`` at offset ``at``, where the log must end.

        Raises:
            Moved: it does not, or there is no such log; nothing was written.
        """
        blob = await self._blob(name)
        with translated("append_block", self.container):
            try:
                await blob.append_block(data, length=len(data), appendpos_condition=at)
            except ResourceNotFoundError:
                raise Moved from None
            except HttpResponseError as error:
                if error.status_code not in UNMET:
                    raise
                if not await self._stands(name, at, data):
                    raise Moved from None

    async def describe(self, name: str, metadata: Mapping[str, str], *, etag: str) -> bool:
        """Set the log's metadata if it is still at version ``etag``; tell whether it was."""
        blob = await self._blob(name)
        with translated("set_blob_metadata", self.container):
            try:
                await blob.set_blob_metadata(
                    dict(metadata), etag=f'"{etag}"', match_condition=MatchConditions.IfNotModified
                )
            except ResourceNotFoundError:
                return False
            except HttpResponseError as error:
                if error.status_code not in UNMET:
                    raise
                return await self._has(name, metadata)
        return True

    async def remove(self, name: str, *, etag: str) -> bool:
        """Delete the log if it is still at version ``etag``; tell whether it was."""
        blob = await self._blob(name)
        with translated("delete_blob", self.container):
            try:
                await blob.delete_blob(etag=f'"{etag}"', match_condition=MatchConditions.IfNotModified)
            except ResourceNotFoundError:
                return False
            except HttpResponseError as error:
                if error.status_code not in UNMET:
                    raise
                return False
        return True

    async def named(self, prefix: str, metadata: Mapping[str, str]) -> list[str]:
        """Return the names of the logs below ``prefix`` that have all of ``metadata``."""
        container, wanted = await self._client(), metadata.items()
        with translated("list_blobs", self.container):
            return [
                found.name
                async for found in container.list_blobs(name_starts_with=prefix, include=["metadata"])
                if wanted <= (found.metadata or {}).items()
            ]

    async def _has(self, name: str, metadata: Mapping[str, str]) -> bool:
        """Tell whether it was this writer after all, whose answer got lost: metadata names the writer."""
        there = await self.head(name)
        return there is not None and dict(there.metadata) == dict(metadata)

    async def _stands(self, name: str, at: int, data: bytes) -> bool:
        there = await self.head(name)
        if there is None or there.size < at + len(data):
            return False
        return await self.get_range(name, at, len(data)) == data
