"""The stored streams of turns, and what state a turn is in: derived from its blob, recorded nowhere else.

A blob ``{user_id}/{turn_id}`` holds every run of a turn one after the other, so an offset means the same byte
for ever. ``start`` in its metadata is where the current run begins and ``run`` names it; only one request can
put the next run there, for it has to match the blob's version. A run is over when its last frame is ``done``
or ``error``, and dead when nothing was appended for ``SILENT``: whoever notices appends the ``error``, which
fences off the old writer, whose next append is not at the end any more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Literal

from core.chat import frames
from core.chat.problems import as_frame
from core.chat.stream_errors import TurnDied
from core.chat.turn import Turn
from core.platform import clock
from core.platform.ids import new_id

if TYPE_CHECKING:
    from core.platform.append_blobs import AppendBlobs

CONTAINER = "chat-turns"
SILENT = timedelta(seconds=30)
"""A run that appended nothing for so long is dead; heartbeats keep one alive that only waits."""
KEPT = timedelta(hours=24)
_CONVERSATION = "conversation"

type Ending = Literal["done", "error"]


@dataclass(frozen=True, slots=True)
class Log:
    """A turn's stream at one moment; offsets in bytes, ``ending`` is ``None`` while its run goes on."""

    name: str
    conversation_id: str
    fingerprint: str
    run: str
    start: int
    size: int
    etag: str
    modified_at: datetime
    ending: Ending | None


@cache
def blobs() -> AppendBlobs:
    """Return the container of streams; the SDK is loaded by the first turn."""
    from core.platform.append_blobs import AppendBlobs

    return AppendBlobs(CONTAINER)


def name_of(user_id: str, turn_id: str) -> str:
    """Return the blob's name, which begins with its person."""
    return f"{user_id}/{turn_id}"


async def begin(turn: Turn) -> Log | None:
    """Create the turn; ``None`` where it is there already."""
    name, run = name_of(turn.user_id, turn.turn_id), new_id()
    metadata = _metadata(turn.conversation_id, turn.fingerprint, run, 0)
    if not await blobs().create(name, frames.CONTENT_TYPE, metadata):
        return None
    return await _of_run(name, run)


async def begin_again(old: Log) -> Log | None:
    """Begin the next run behind the old one's ``error``; ``None`` where another request was faster."""
    run = new_id()
    metadata = _metadata(old.conversation_id, old.fingerprint, run, old.size)
    if not await blobs().describe(old.name, metadata, etag=old.etag):
        return None
    return await _of_run(old.name, run)


async def look(name: str, known: Log | None = None) -> Log | None:
    """Return the turn's state, ``None`` where there is no such turn; a dead run is ended by looking at it.

    ``known`` is what was seen before: where nothing was written since, asking costs one request.
    """
    while True:
        found = await _head(name, known)
        if found is None or found.ending is not None or clock.now() - found.modified_at < SILENT:
            return found
        await _bury(found)


async def read(log: Log, start: int, limit: int | None = None) -> bytes:
    """Return the bytes of the log as it was seen from ``start`` on, ``limit`` at most."""
    length = log.size - start if limit is None else min(limit, log.size - start)
    if length <= 0:
        return b""
    return await blobs().get_range(log.name, start, length) or b""


async def forget(log: Log) -> bool:
    """Remove a turn that nothing was written of; tell whether it was still so."""
    return await blobs().remove(log.name, etag=log.etag)


async def remove_all(user_id: str, conversation_id: str | None = None) -> int:
    """Remove the person's streams, or those of one conversation; return how many.

    Of a turn that still runs too: its writer finds it gone, and stops.
    """
    metadata = {} if conversation_id is None else {_CONVERSATION: conversation_id}
    names = await blobs().named(name_of(user_id, ""), metadata)
    return sum([await blobs().delete(name) for name in names])


async def remove_expired() -> int:
    """Remove streams that were last written over 24 hours ago; return how many."""
    removed = 0
    async for name in blobs().untouched_since(clock.now() - KEPT):
        removed += await blobs().delete(name)
    return removed


def _metadata(conversation_id: str, fingerprint: str, run: str, start: int) -> dict[str, str]:
    return {_CONVERSATION: conversation_id, "fingerprint": fingerprint, "run": run, "start": str(start)}


async def _of_run(name: str, run: str) -> Log | None:
    found = await _head(name)
    return found if found is not None and found.run == run else None


async def _head(name: str, known: Log | None = None) -> Log | None:
    info = await blobs().head(name)
    if info is None:
        return None
    if known is not None and known.etag == info.etag:
        return known
    log = Log(
        name=name,
        conversation_id=info.metadata[_CONVERSATION],
        fingerprint=info.metadata["fingerprint"],
        run=info.metadata["run"],
        start=int(info.metadata["start"]),
        size=info.size,
        etag=info.etag,
        modified_at=info.modified_at,
        ending=None,
    )
    return replace(log, ending=await _ending(log))


async def _ending(log: Log) -> Ending | None:
    end = await read(log, max(log.start, log.size - frames.LAST_FRAME_LIMIT))
    last = frames.last_frame(end)
    if last is None or last.event not in frames.TERMINAL:
        return None
    return "done" if last.event == frames.DONE else "error"


async def _bury(log: Log) -> None:
    from core.platform.append_blobs import Moved

    error = TurnDied("Nothing was heard of it for 30 seconds. Send the message again with the same turn_id.")
    frame = as_frame(error, log.name.rpartition("/")[2])
    try:
        await blobs().append(log.name, frame.encoded(log.size), at=log.size)
    except Moved:
        return
