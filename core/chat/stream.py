"""The writing end of a turn's stream: frames in, batches of bytes out, one writer at a time.

Frames are stored at once when nothing was stored for ``BATCH``, else together when it has passed, so the
first word is not held up and a fast model does not cost a write per word. While nothing happens a heartbeat
goes out, so that a long tool call is not taken for a death.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_fixed

from core.chat import frames, log
from core.chat.frames import TERMINAL, Frame
from core.chat.log import Log
from core.chat.stream_errors import TurnLost
from core.platform import telemetry
from core.platform.errors import Unavailable

BATCH = 0.1
"""Seconds between two writes."""
TRIES = 3
"""How often one batch is sent, each time with the retries of the SDK, before the turn is given up."""
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
        self._under_way = b""
        self._wake = asyncio.Event()
        self._writing = asyncio.Lock()
        self._since = time.perf_counter()
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
        if not self._waiting:
            self._since = time.perf_counter()
        self._waiting.append(frame)
        self._wake.set()
        if self.ended or frame.event == frames.USAGE:
            await self.flush()

    async def flush(self) -> None:
        """Store what is waiting; when it returns, the turn was still this writer's.

        Raises:
            TurnLost: somebody else wrote; nothing of this was stored.
            Unavailable: storage does not answer; the same bytes are sent again by the next flush, for they
                may have been stored without our being told.
        """
        await asyncio.shield(asyncio.ensure_future(self._flush()))

    async def _flush(self) -> None:
        """Write in a task of its own: a run that is cancelled must not forget what it has just written."""
        async with self._writing:
            if self.lost:
                raise _lost()
            while self._under_way or self._waiting:
                if not self._under_way:
                    self._under_way = frames.encode(self._waiting, self.position)
                    self._waiting.clear()
                    self._wake.clear()
                since = self._since
                await self._append(self._under_way)
                telemetry.measure("pluckit.chat.stream.lag", time.perf_counter() - since)
                self.position += len(self._under_way)
                self._under_way = b""

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
            async for attempt in AsyncRetrying(
                stop=stop_after_attempt(TRIES),
                wait=wait_fixed(self._batch),
                retry=retry_if_exception_type(Unavailable),
                reraise=True,
            ):
                with attempt:
                    await log.blobs().append(self._name, batch, at=self.position)
        except Moved:
            self.lost = True
            raise _lost() from None


def _lost() -> TurnLost:
    return TurnLost("This answer was taken for dead and is being written by another request.")
