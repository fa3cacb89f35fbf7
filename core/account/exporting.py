"""An export's work: everything of a person into one zip file, in pieces, holding a block of it at a time.

The archive grows by blocks that are seen only when the last is there. Between two pieces, what is in it and
which blocks make it are noted next to it; an attempt that dies is begun again from the last note, and what
it staged since is dropped. The note is compare-and-swap: of two attempts at once, one stops.
"""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from core.account import holdings, links
from core.account.archive import Archive, Write
from core.account.models import ExportResult, Reached
from core.jobs import Job, Paused
from core.platform.errors import Unavailable

if TYPE_CHECKING:
    from core.platform.containers import CosmosContainer
    from core.platform.storage import BlobInfo, Blobs

type Part = Callable[[str], AsyncIterator[str]]
"""Writes the members of one part that come after a name, and yields the name of each."""

BLOCK = 4 * 1024 * 1024
"""Bytes of a block, and of a photo that are read at a time; a blob has 50,000 blocks at most."""
TYPE = "application/zip"

_ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "image/heic": ".heic"}


class Export:
    """One attempt at an export, from where the last note says."""

    def __init__(self, user_id: str, export_id: str, reached: Reached, version: str | None) -> None:
        self.user_id = user_id
        self.export_id = export_id
        self._reached = reached
        self._version = version
        self._blocks = list(reached.blocks)
        self._archive = Archive(reached.members, reached.size)
        self._at = reached.begun_at

    async def write(self) -> AsyncIterator[None]:
        """Write member after member, and stop for a moment after each, where it could be put down."""
        for part, written in self._parts().items():
            if part in self._reached.done:
                continue
            async for name in written(self._reached.after):
                await self._drain(BLOCK)
                self._reached = self._reached.model_copy(update={"after": name})
                yield
            done = [*self._reached.done, part]
            self._reached = self._reached.model_copy(update={"done": done, "after": ""})

    async def put_down(self) -> dict[str, Any]:
        """Note how far it has got; return that for whoever polls.

        Raises:
            Unavailable: another attempt has got further.
        """
        from core.account import repository
        from core.platform.block_blobs import Overtaken

        await self._drain(1)
        members = self._archive.members
        self._reached = self._reached.model_copy(
            update={"members": members, "size": self._archive.size, "blocks": list(self._blocks)}
        )
        try:
            self._version = await repository.note(self.user_id, self.export_id, self._reached, self._version)
        except Overtaken:
            raise Unavailable("Another attempt at this export is further.", retry_after=1) from None
        return {"files": len(members), "bytes": self._archive.size}

    async def finish(self) -> None:
        """Write what says how much there is, and the directory, and let the archive be seen."""
        from core.account import repository
        from core.platform.block_blobs import BlocksGone

        with self._archive.member("export.json", self._at, packed=True) as write:
            write(self._index())
        self._archive.finish()
        await self._drain(1)
        name = repository.archive_name(self.user_id, self.export_id)
        files = {"files": str(len(self._archive.members))}
        try:
            await repository.exports.commit(name, self._blocks, TYPE, files)
        except BlocksGone:
            await repository.forget_note(self.user_id, self.export_id)
            raise Unavailable("Parts of the archive have vanished; it begins anew.", retry_after=1) from None
        await repository.forget_note(self.user_id, self.export_id)

    def _parts(self) -> dict[str, Part]:
        """Return what writes each part of the archive, in order."""
        from core.platform import settings
        from core.platform.storage import Blobs

        originals = Blobs(settings.get(settings.StorageSettings).archive_container)
        return {
            "readme": self._readme,
            **{f"data/{one.name}": partial(self._documents, one) for one in holdings.personal()},
            "originals": partial(self._files, originals, _original),
            "cutouts": partial(self._files, Blobs("media"), _cutout),
        }

    async def _readme(self, after: str) -> AsyncIterator[str]:
        if not after:
            with self._archive.member("README.txt", self._at, packed=True) as write:
                write(holdings.readme().encode())
            yield "README.txt"

    async def _documents(self, declared: CosmosContainer, after: str) -> AsyncIterator[str]:
        if not after:
            with self._archive.member(f"data/{declared.name}.json", self._at, packed=True) as write:
                await self._write_documents(declared, write)
            yield declared.name

    async def _write_documents(self, declared: CosmosContainer, write: Write) -> None:
        from core.platform import partitions

        separator = b"[\n"
        async for document in partitions.documents(declared, self.user_id):
            shown = holdings.shown(declared.name, document)
            write(separator + json.dumps(shown, ensure_ascii=False, sort_keys=True).encode())
            separator = b",\n"
            await self._drain(BLOCK)
        write(b"\n]\n" if separator == b",\n" else b"[]\n")

    async def _files(
        self, blobs: Blobs, named: Callable[[BlobInfo], str | None], after: str
    ) -> AsyncIterator[str]:
        async for found in blobs.listed(f"{self.user_id}/"):
            name = named(found)
            if name is not None and found.name > after and await self._copied(blobs, found, name):
                yield found.name

    async def _copied(self, blobs: Blobs, found: BlobInfo, name: str) -> bool:
        """Copy a blob into the archive; ``False`` where it was removed since it was listed."""
        first = await blobs.get_range(found.name, 0, BLOCK) if found.size else b""
        if first is None:
            return False
        with self._archive.member(name, found.modified_at, packed=False) as write:
            write(first)
            for start in range(len(first), found.size, BLOCK):
                await self._drain(BLOCK)
                write(await blobs.get_range(found.name, start, BLOCK) or b"")
        return True

    async def _drain(self, least: int) -> None:
        """Stage what is waiting if it makes a block."""
        from core.account import repository

        if self._archive.waiting >= least:
            block = uuid4().hex
            name = repository.archive_name(self.user_id, self.export_id)
            await repository.exports.stage(name, block, self._archive.take())
            self._blocks.append(block)

    def _index(self) -> bytes:
        names = [member.name for member in self._archive.members]
        index = {
            "schema_version": holdings.SCHEMA_VERSION,
            "user_id": self.user_id,
            "begun_at": self._at.isoformat(),
            "files": sorted(names),
        }
        return json.dumps(index, indent=1).encode()


async def work(job: Job) -> dict[str, Any]:
    """Go on with an export until it is done or a piece of it is; done already, it stays as it is.

    Raises:
        Paused: a piece is done.
    """
    from core.account import repository
    from core.platform import settings

    if (done := await finished(job)) is not None:
        return done
    export = Export(job.user_id, job.id, *await repository.reached(job.user_id, job.id))
    ends = time.monotonic() + settings.get(settings.AccountSettings).piece_seconds
    async for _ in export.write():
        if time.monotonic() >= ends:
            raise Paused(await export.put_down())
    await export.finish()
    return await finished(job) or {}


async def finished(job: Job) -> dict[str, Any] | None:
    """Return the result of an export whose archive is there, ``None`` where it is not."""
    from core.account import repository

    archive = await repository.find_archive(job.user_id, job.id)
    if archive is None:
        return None
    expires_at = archive.modified_at + links.VALID_FOR
    return ExportResult(
        url=links.of_archive(job.user_id, job.id, expires_at),
        expires_at=expires_at,
        bytes=archive.size,
        files=int(archive.metadata.get("files", "0")),
    ).model_dump(mode="json")


def _original(found: BlobInfo) -> str:
    """Return where in the archive the original of ``<user>/<image>/original`` goes."""
    return f"images/originals/{found.name.split('/')[1]}{_ENDINGS.get(found.content_type, '')}"


def _cutout(found: BlobInfo) -> str | None:
    """Return where a cutout goes, blob ``<user>/<image>/<revision>/cutout.<ending>``; others stay out."""
    image, revision, file = found.name.split("/")[1:4]
    kind, _, ending = file.partition(".")
    return f"images/cutouts/{image}-{revision}.{ending}" if kind == "cutout" else None
