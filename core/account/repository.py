"""Erasures in Cosmos DB, archives and how far they have got in Storage."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime

from core.account.models import SHELF, Erasure, Reached
from core.platform import clock
from core.platform.block_blobs import BlockBlobs
from core.platform.cosmos import AlreadyExists, Container
from core.platform.storage import BlobInfo

exports = BlockBlobs("exports")

_ENDING = ".zip"
_erasures = Container("erasures", Erasure)


async def add_erasure(erasure: Erasure) -> None:
    """Write the erasure unless it is there."""
    try:
        await _erasures.create(erasure)
    except AlreadyExists:
        return


async def find_erasure(erasure_id: str) -> Erasure | None:
    """Return the erasure, ``None`` where there is no such one."""
    return await _erasures.get(SHELF, erasure_id)


async def change_erasure(erasure_id: str, change: Callable[[Erasure], Erasure]) -> Erasure | None:
    """Apply ``change`` by compare-and-swap; ``None`` where there is no such erasure."""
    return await _erasures.update(SHELF, erasure_id, change)


def archive_name(user_id: str, export_id: str) -> str:
    """Return the name of an archive's blob, which begins with its person."""
    return f"{user_id}/{export_id}{_ENDING}"


async def find_archive(user_id: str, export_id: str) -> BlobInfo | None:
    """Return the finished archive, ``None`` where there is none."""
    return await exports.head(archive_name(user_id, export_id))


async def archives(user_id: str) -> AsyncIterator[BlobInfo]:
    """Yield the person's finished archives."""
    async for found in exports.listed(f"{user_id}/"):
        if found.name.endswith(_ENDING):
            yield found


async def reached(user_id: str, export_id: str) -> tuple[Reached, str | None]:
    """Return how far an export has got, with the version of that note (``None``: it was never begun)."""
    noted = await exports.load(_note(user_id, export_id))
    if noted is None:
        return Reached(begun_at=clock.now()), None
    return Reached.model_validate_json(noted[0]), noted[1]


async def note(user_id: str, export_id: str, reached: Reached, version: str | None) -> str:
    """Note how far an export has got; raises ``Overtaken`` where another attempt has done so."""
    data = reached.model_dump_json().encode()
    return await exports.save(_note(user_id, export_id), data, version=version)


async def forget_note(user_id: str, export_id: str) -> None:
    """Remove the note: the export is finished, or has to begin anew."""
    await exports.delete(_note(user_id, export_id))


async def remove_older_than(moment: datetime) -> int:
    """Remove everyone's archives and notes that were last written before ``moment``; return how many."""
    removed = 0
    async for name in exports.untouched_since(moment):
        removed += await exports.delete(name)
    return removed


def _note(user_id: str, export_id: str) -> str:
    return f"{user_id}/{export_id}.json"
