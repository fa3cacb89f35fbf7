"""Where photos are kept, in an order of writes that a crash between any two of them cannot hurt.

The record comes first and says that somebody is at work (``busy_until``); blobs follow; the record then says
what they are. As long as ``busy_until`` is set, blobs and record may disagree, and whoever finds it expired
(the next upload of the same bytes, or the sweep) knows what to put right. Renditions carry their revision
in the blob name, so a new set never writes over one that is being served.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any, Final

from core.media.errors import PictureInProgress
from core.media.models import Picture, StoredVariant, VariantName
from core.media.renditions import Encoded
from core.platform import clock, settings
from core.platform.cosmos import AlreadyExists, Container, Stale
from core.platform.errors import Unavailable
from core.platform.storage import Blobs

LEASE_SECONDS: Final = 30
RENEW_SECONDS: Final = 10

_log = logging.getLogger("pluckit.media")
_records: Final = Container("media", Picture)
_renditions: Final = Blobs("media")


class Lease:
    """The right to work on one picture, renewed in the background until the work is over."""

    def __init__(self, picture: Picture, *, fresh: bool) -> None:
        self.picture = picture
        self.fresh = fresh
        """Whether nobody worked on this picture before, so that nothing of it can lie about."""
        self._turn = asyncio.Lock()
        self._stopping = asyncio.Event()

    async def write(self, **changes: Any) -> Picture:
        """Change the record, as long as it is still ours.

        Raises:
            PictureInProgress: it is not; it was erased, or the lease ran out and another request has it.
        """
        async with self._turn:
            return await self._replace(changes)

    async def keep(self) -> None:
        """Renew until ``stop``; a lost lease shows in the next ``write``."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(RENEW_SECONDS):
                    await self._stopping.wait()
                return
            with suppress(Unavailable, PictureInProgress):
                await self._renew()

    def stop(self) -> None:
        """End ``keep`` between two renewals: cutting one short would leave its version unknown."""
        self._stopping.set()

    async def _renew(self) -> None:
        async with self._turn:
            if not self._stopping.is_set():
                await self._replace({"busy_until": _lease_end()})

    async def _replace(self, changes: Mapping[str, Any]) -> Picture:
        try:
            self.picture = await _records.replace(self.picture.model_copy(update=changes))
        except Stale:
            raise PictureInProgress(
                "Another request changed this picture in between. Send it again.", retry_after=2
            ) from None
        return self.picture


async def get(user_id: str, image_id: str) -> Picture | None:
    """Return the record of a photo, finished or not."""
    return await _records.get(user_id, image_id)


async def ready_pictures(user_id: str) -> AsyncIterator[Picture]:
    """Yield the finished photos of one person."""
    async for picture in _records.all(user_id, where="c.status = 'ready'"):
        yield picture


async def claim(picture: Picture) -> Lease | None:
    """Begin to work on a picture as read (or as new); ``None`` where another request was faster."""
    claimed = picture.model_copy(update={"busy_until": _lease_end()})
    fresh = picture.etag is None
    try:
        return Lease(await (_records.create(claimed) if fresh else _records.replace(claimed)), fresh=fresh)
    except (AlreadyExists, Stale):
        return None


@asynccontextmanager
async def working(lease: Lease) -> AsyncIterator[Lease]:
    """Hold ``lease`` over a block; on any failure put back what was there before."""
    before = lease.picture
    keeping = asyncio.create_task(lease.keep())
    try:
        yield lease
    except BaseException:
        lease.stop()
        await keeping
        with suppress(Exception):  # the sweep does what is left; the first error is the one to tell
            await _put_back(lease, before)
        raise
    else:
        lease.stop()
        await keeping


async def archive(picture: Picture, data: bytes, content_type: str) -> None:
    """Keep the exact bytes that were uploaded."""
    await _archive().put(picture.archived_as, data, content_type)


async def store(picture: Picture, files: Mapping[VariantName, Encoded]) -> dict[VariantName, StoredVariant]:
    """Write renditions under the next revision and return what the record is to say of them."""
    stored: dict[VariantName, StoredVariant] = {}
    for name, file in files.items():
        blob = f"{_folder(picture)}{picture.revision + 1}/{name}.{file.extension}"
        await _renditions.put(blob, file.data, file.content_type)
        stored[name] = StoredVariant(
            blob=blob, content_type=file.content_type, size=len(file.data), etag=file.etag
        )
    return stored


async def read(variant: StoredVariant, start: int, length: int) -> bytes | None:
    """Return ``length`` bytes of a rendition from ``start``; ``None`` where it has been removed."""
    return await _renditions.get_range(variant.blob, start, length)


async def drop_unreferenced(picture: Picture) -> None:
    """Delete renditions the record does not name."""
    named = {variant.blob for variant in picture.variants.values()}
    async for name in _renditions.names(_folder(picture)):
        if name not in named:
            await _renditions.delete(name)


async def abandoned() -> AsyncIterator[Picture]:
    """Yield records, of all people, whose work was begun over an hour ago and never ended."""
    before = clock.now() - timedelta(hours=1)
    where = "IS_DEFINED(c.busy_until) AND c.busy_until < @before"
    async for picture in _records.everyone(where=where, params={"before": before.isoformat()}):
        yield picture


async def settle(picture: Picture) -> None:
    """Put an abandoned record right: remove a half-stored photo, tidy up around a stored one.

    Raises:
        Stale: somebody has begun to work on it again.
    """
    lease = await claim(picture)
    if lease is None:
        raise Stale
    await _put_back(lease, picture)


async def _put_back(lease: Lease, before: Picture) -> None:
    try:
        current = await lease.write(busy_until=_lease_end())
    except PictureInProgress:
        if await get(before.user_id, before.id) is None:
            await _remove_blobs(before)  # Erased meanwhile: what was written since belongs to nobody.
        return
    if before.status == "storing":
        await _remove_blobs(before)
        await _records.delete(before.user_id, before.id, etag=current.etag)
    else:
        await drop_unreferenced(current)
        await lease.write(busy_until=None)


async def _remove_blobs(picture: Picture) -> None:
    await drop_unreferenced(picture.model_copy(update={"variants": {}}))
    await _archive().delete(picture.archived_as)


def _archive() -> Blobs:
    return Blobs(settings.get(settings.StorageSettings).archive_container)


def _folder(picture: Picture) -> str:
    return f"{picture.user_id}/{picture.id}/"


def _lease_end() -> datetime:
    return clock.now() + timedelta(seconds=LEASE_SECONDS)
