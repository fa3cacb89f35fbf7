"""The event stream of a turn, byte by byte: what is stored is what clients read.

Each frame carries ``id: <offset of its end>``, so a client's ``Last-Event-ID`` *is* the place to read on
from. The digits of the id are part of the frame, so the offset is solved for, not measured. Format: the HTML
standard, section 9.2 "Server-sent events".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.platform.examples import ID

TURN, DELTA, TOOL_CALL, TOOL_RESULT = "turn", "delta", "tool_call", "tool_result"
OUTFIT, USAGE, ERROR, DONE = "outfit", "usage", "error", "done"
EVENTS = frozenset({TURN, DELTA, TOOL_CALL, TOOL_RESULT, OUTFIT, USAGE, ERROR, DONE})
TERMINAL = frozenset({ERROR, DONE})
"""A frame of these is the last of its turn; a ``turn`` frame after an ``error`` begins it anew."""

FRAME_LIMIT = 128_000
"""Largest frame in bytes."""
LAST_FRAME_LIMIT = 8_000
"""Largest terminal frame in bytes: reading so much from the end tells whether a turn is over."""

MEDIA_TYPE = "text/event-stream"
CONTENT_TYPE = f"{MEDIA_TYPE}; charset=utf-8"
END = b"\n\n"


class FrameTooLarge(ValueError):
    """A frame has more bytes than a frame may have."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One event of a turn; ``data`` is JSON text without line breaks."""

    event: str
    data: str

    @classmethod
    def of(cls, event: str, data: Mapping[str, Any]) -> Frame:
        """Return the frame of an event.

        Raises:
            ValueError: there is no such event, or its data are no JSON.
            FrameTooLarge: it would not fit.
        """
        if event not in EVENTS:
            raise ValueError(f"there is no event {event!r}")
        text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        text.encode()  # a lone surrogate has no UTF-8 form: fail here, not while writing
        frame = cls(event, text)
        limit = LAST_FRAME_LIMIT if event in TERMINAL else FRAME_LIMIT
        if (size := len(frame.encoded(10**9))) > limit:
            raise FrameTooLarge(f"a {event} frame of {size} bytes; at most {limit} are stored")
        return frame

    @property
    def payload(self) -> dict[str, Any]:
        """The data, read."""
        read: dict[str, Any] = json.loads(self.data)
        return read

    def encoded(self, at: int) -> bytes:
        """Return the frame's bytes where it begins at offset ``at``."""
        return _with_id(f"event: {self.event}\ndata: {self.data}\n\n".encode(), at)


def heartbeat(at: int) -> bytes:
    """Return bytes that say "still here": no event for a client, but it reconnects behind them."""
    return _with_id(b": still working\n\n", at)


def encode(frames: Iterable[Frame | None], at: int) -> bytes:
    """Return the bytes of ``frames`` (``None``: a heartbeat) that begin at offset ``at``."""
    written = bytearray()
    for frame in frames:
        place = at + len(written)
        written += heartbeat(place) if frame is None else frame.encoded(place)
    return bytes(written)


def parse(stream: bytes) -> Iterator[tuple[int | None, Frame]]:
    """Yield ``(id, frame)`` of the whole frames in ``stream``; heartbeats and a cut-off end are left out.

    Reads as an ``EventSource`` does: an id without data counts for the frames after it that have none.
    """
    last: int | None = None
    for block in stream.split(END)[:-1]:
        event, data = "message", []
        for line in block.decode(errors="replace").split("\n"):
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if name == "id":
                last = int(value)
            elif name == "event":
                event = value
            elif name == "data":
                data.append(value)
        if data:
            yield last, Frame(event, "\n".join(data))


def last_frame(end: bytes) -> Frame | None:
    """Return the last frame in the last bytes of a stream, ``None`` where a heartbeat or nothing is there."""
    blocks = end.removesuffix(END).rsplit(END, 1)
    frame = next(parse(blocks[-1] + END), None) if end.endswith(END) else None
    return None if frame is None else frame[1]


def whole_frames(read: bytes) -> bytes:
    """Return ``read`` without the frame that is cut off at its end."""
    return read[: read.rfind(END) + len(END)] if END in read else b""


def _with_id(rest: bytes, at: int) -> bytes:
    """Put ``id:`` before ``rest`` so that it names the offset behind both, itself included.

    With ``d`` digits the end is ``base + d``; from one digit upwards this is the least ``d`` that the end
    really has. It exists: one digit more moves the end by one, which adds at most one digit.
    """
    base = at + len(b"id: \n") + len(rest)
    digits = 1
    while len(str(base + digits)) > digits:
        digits += 1
    return b"id: %d\n" % (base + digits) + rest


EXAMPLE = encode(
    [
        Frame.of(
            TURN,
            {
                "turn_id": ID,
                "conversation_id": ID,
                "events": f"/api/chat/turns/{ID}/events?uid={ID}&exp=1749976200&sig=Jb0",
                "memory": [],
            },
        ),
        Frame.of(DELTA, {"text": "Your linen shirt, sleeves rolled."}),
        Frame.of(OUTFIT, {"items": [ID], "why": "Loose linen for a warm evening."}),
        Frame.of(DONE, {"turn_id": ID, "conversation_id": ID}),
    ],
    0,
).decode()
"""A short turn, as its stream."""
