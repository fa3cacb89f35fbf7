"""Reading a turn while it is written: the bytes after an offset, as soon as there are any.

An offset stays what it is when a turn starts over, but what was said before the current run began is not
given out any more: a client with such an offset gets the new run from its ``turn`` frame on. That frame
therefore means to every client: forget what you have shown of this turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from core.chat import frames, log, ownership
from core.chat.log import Log
from core.chat.pace import Pace
from core.chat.stream_errors import InvalidOffset, TurnNotFound
from core.platform.errors import FieldError, Location

WAIT = 20.0
"""Seconds a request stays open while nothing new is written."""
TO_APPEAR = 5.0
"""Seconds to wait for a turn that is not there yet: a client may listen before its post has arrived."""
CHUNK = 256_000
"""Most bytes of one answer; larger than any frame."""
RECONNECT = timedelta(milliseconds=150)
"""What ``retry`` tells an ``EventSource`` to wait between two requests."""
PACE = Pace(first=0.04, longest=0.1)


@dataclass(frozen=True, slots=True)
class Offset:
    """Where to read on, and where the client said so."""

    value: int
    location: Location
    pointer: str


def offset(header: str | None, query: str | None) -> Offset:
    """Return where a client wants to read on: ``Last-Event-ID``, else ``?last_event_id=``, else 0.

    The header wins: an ``EventSource`` repeats its first URL for ever and moves on by header.

    Raises:
        InvalidOffset: that is not a number.
    """
    location: Location = "header" if header else "query"
    pointer = "/last-event-id" if header else "/last_event_id"
    text = header or query or "0"
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise _invalid("It is not a number.", Offset(0, location, pointer))
    return Offset(int(text), location, pointer)


async def events(
    user_id: str, turn_id: str, after: Offset, *, wait: float = WAIT, pace: Pace = PACE
) -> bytes | None:
    """Return the next whole frames of a turn, ``None`` when all of it was read, or only a comment for now.

    Raises:
        TurnNotFound: there is no such turn among the person's.
        InvalidOffset: the offset is beyond the end, or not the end of a frame.
    """
    there = await _appearing(user_id, turn_id, min(wait, TO_APPEAR), pace)
    await _check(there, after)
    seen: Log | None = there
    async for _ in pace.until(wait):
        seen = await log.look(there.name, seen)
        if seen is None:
            raise _absent()
        begin = max(after.value, seen.start)
        if seen.size > begin:
            return _framed(frames.whole_frames(await log.read(seen, begin, CHUNK)))
        if seen.ending is not None:
            return None
    return _framed(b": nothing new yet\n")


async def _appearing(user_id: str, turn_id: str, wait: float, pace: Pace) -> Log:
    name = log.name_of(user_id, turn_id)
    async for _ in pace.until(wait):
        there = await log.look(name)
        if there is not None:
            return there
        await ownership.check(user_id, turn_id)
    raise _absent()


async def _check(there: Log, after: Offset) -> None:
    if after.value > there.size:
        raise _invalid("It is beyond the end.", after)
    if after.value and not await _is_frame_end(there, after.value):
        raise _invalid("No frame ends there.", after)


async def _is_frame_end(there: Log, value: int) -> bool:
    before = value - len(frames.END)
    return before > 0 and await log.read(there, before, len(frames.END)) == frames.END


def _framed(stream: bytes) -> bytes:
    # Without an empty line, which would end an event and with it forget the id of the last one.
    return b"retry: %d\n" % (RECONNECT / timedelta(milliseconds=1)) + stream


def _invalid(why: str, at: Offset) -> InvalidOffset:
    detail = f"{why} Send the id of the last event you got, or none."
    return InvalidOffset(detail, errors=[FieldError(at.pointer, detail, at.location)])


def _absent() -> TurnNotFound:
    return TurnNotFound("There is no turn with this id among yours.")
