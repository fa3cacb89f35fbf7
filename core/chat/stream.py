"""The writing end of a turn's stream: frames in, batches of bytes out, one writer at a time.

Frames are stored at once when nothing was stored for ``BATCH``, else together when it has passed, so the
first word is not held up and a fast model does not cost a write per word. While nothing happens a heartbeat
goes out, so that a long tool call is not taken for a death.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from core.chat import frames, log
from core.chat.frames import TERMINAL, Frame
from core.chat.log import Log
from core.chat.stream_errors import TurnLost

BATCH = 0.1
"""Seconds between two writes."""
HEARTBEAT = 10.0
"""Seconds without a frame after which a heartbeat is stored; a third of what counts as dead."""


class TurnWriter:
    """Appends the frames of the run ``begun``; ``keep`` has to run beside whoever emits."""

    def __init__(self, begun: Log, *, batch: float = BATCH, heartbeat: float = HEARTBEAT) -> None:
        self.position = begun.size
        self._name = begun.name
        self._batch = batch
        self._heartbeat = heartbeat
        self._waiting: list[Frame | None] = []
        self._wake = asyncio.Event()
        self._writing = asyncio.Lock()
        self.lost = False
        self.emitted = False
        self.ended = False

    async def emit(self, event: str, data: Mapping[str, Any]) -> None:
        """Take one frame; ``usage`` and a last one (``done``, ``error``) are stored when this returns.

        Raises:
            TurnLost: another writer has taken the turn over.
            ValueError: there is no such event, its data cannot be a frame, or the turn has ended.
        """
        await self.put(Frame.of(event, data))

    async def put(self, frame: Frame) -> None:
        """Take a frame that is made already; see ``emit``."""
        if self.lost:
            raise _lost()
        if self.ended:
            raise ValueError(f"a {frame.event} frame after the last one")
        self.emitted = True
        self.ended = frame.event in TERMINAL
        self._waiting.append(frame)
        self._wake.set()
        if self.ended or frame.event == frames.USAGE:
            await self.flush()

    async def flush(self) -> None:
        """Store what is waiting; when it returns, the turn was still this writer's.

        Raises:
            TurnLost: somebody else wrote; nothing of this was stored.
            Unavailable: storage does not answer; the frames keep waiting.
        """
        await asyncio.shield(asyncio.ensure_future(self._flush()))

    async def _flush(self) -> None:
        """Write in a task of its own: a run that is cancelled must not forget what it has just written."""
        async with self._writing:
            if self.lost:
                raise _lost()
            taken = len(self._waiting)
            if not taken:
                return
            self._wake.clear()
            batch = frames.encode(self._waiting[:taken], self.position)
            await self._append(batch)
            del self._waiting[:taken]
            self.position += len(batch)

    async def keep(self) -> None:
        """Store batch after batch until cancelled; raises what ``flush`` does."""
        while True:
            try:
                async with asyncio.timeout(self._heartbeat):
                    await self._wake.wait()
            except TimeoutError:
                if not self.ended:
                    self._waiting.append(None)
            await self.flush()
            await asyncio.sleep(self._batch)

    async def _append(self, batch: bytes) -> None:
        from core.platform.append_blobs import Moved

        try:
            await log.blobs().append(self._name, batch, at=self.position)
        except Moved:
            self.lost = True
            raise _lost() from None


def _lost() -> TurnLost:
    return TurnLost("This answer was taken for dead and is being written by another request.")
