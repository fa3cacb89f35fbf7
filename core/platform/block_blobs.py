"""Block blobs: large files written piece by piece, by whoever goes on with them, and seen only when whole.

Staged blocks are no part of the blob until they are committed; those that are not committed vanish with the
next commit, or after a week.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.storage.blob import BlobBlock, BlobSasPermissions, ContentSettings, generate_blob_sas
from azure.storage.blob.aio import BlobServiceClient

from core.platform import clock
from core.platform.storage import UNMET, Blobs, translated

_SKEW = timedelta(minutes=5)


class Overtaken(Exception):
    """Somebody else wrote in between."""


class BlocksGone(Exception):
    """Not all blocks are there any more."""


class BlockBlobs(Blobs):
    """One container of block blobs."""

    async def stage(self, name: str, block: str, data: bytes) -> None:
        """Keep ``data`` as block ``block`` (ids of one length) of a blob to be committed."""
        blob = await self._blob(name)
        with translated("stage_block", self.container):
            await blob.stage_block(block, BytesIO(data), length=len(data))

    async def commit(
        self, name: str, blocks: Sequence[str], content_type: str, metadata: Mapping[str, str]
    ) -> None:
        """Make the blob of its blocks, in this order.

        Raises:
            BlocksGone: some were never staged, or have vanished; the blob is as it was.
        """
        blob = await self._blob(name)
        with translated("commit_block_list", self.container):
            try:
                await blob.commit_block_list(
                    [BlobBlock(block) for block in blocks],
                    content_settings=ContentSettings(content_type=content_type),
                    metadata=dict(metadata),
                )
            except HttpResponseError as error:
                if error.status_code != 400:
                    raise
                raise BlocksGone from None

    async def load(self, name: str) -> tuple[bytes, str] | None:
        """Return a small blob with its version, ``None`` where there is none."""
        blob = await self._blob(name)
        with translated("download_blob", self.container):
            try:
                stream = await blob.download_blob()
                return await stream.readall(), stream.properties.etag
            except ResourceNotFoundError:
                return None

    async def save(self, name: str, data: bytes, *, version: str | None) -> str:
        """Write over ``version`` of a small blob (``None``: it is new) and return the new version.

        Raises:
            Overtaken: it is not at that version.
        """
        blob = await self._blob(name)
        unmoved = MatchConditions.IfNotModified
        over: dict[str, Any] = {"overwrite": True, "etag": version, "match_condition": unmoved}
        with translated("upload_blob", self.container):
            try:
                saved = await blob.upload_blob(data, **({} if version is None else over))
            except (ResourceExistsError, ResourceNotFoundError):
                raise Overtaken from None
            except HttpResponseError as error:
                if error.status_code not in UNMET:
                    raise
                raise Overtaken from None
        return str(saved["etag"])

    async def direct_url(self, name: str, filename: str, lasts: timedelta) -> str:
        """Return the storage service's own URL that reads this blob, and nothing else, for so long."""
        blob, service = await self._blob(name), await self._service()
        begins, ends = clock.now() - _SKEW, clock.now() + lasts
        with translated("get_user_delegation_key", self.container):
            key = await _signing_key(service, begins, ends)
        signature = generate_blob_sas(
            str(service.account_name),
            self.container,
            name,
            permission=BlobSasPermissions(read=True),
            expiry=ends,
            content_disposition=f'attachment; filename="{filename}"',
            **key,
        )
        return f"{blob.url}?{signature}"


async def _signing_key(service: BlobServiceClient, begins: datetime, ends: datetime) -> dict[str, Any]:
    """Return what signs: the account's key, or one delegated to the managed identity."""
    key = getattr(service.credential, "account_key", None)
    if key is not None:
        return {"account_key": key}
    return {"user_delegation_key": await service.get_user_delegation_key(begins, ends)}
