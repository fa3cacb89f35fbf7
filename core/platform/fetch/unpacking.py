"""Compressed answers, unpacked piece by piece under a limit: a bomb is found by its first byte too many."""

from __future__ import annotations

import zlib
from typing import Any, Protocol

from core.platform.fetch.errors import BodyTooLarge, UnreadableBody

ACCEPTED = "gzip, deflate, br"
"""The ``Accept-Encoding`` we send."""

MOST_MEMBERS = 1000
"""Members of one gzip body; twenty bytes make one, and each has what follows it copied."""

_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
_RAW = -zlib.MAX_WBITS
_GZIP = 0x1F


class Unpacker(Protocol):
    """Takes the bytes of one body in pieces."""

    def feed(self, piece: bytes, room: int) -> bytes:
        """Return what ``piece`` unpacks to, ``room`` + 1 bytes at most."""

    def finish(self) -> None:
        """Check that the body was whole."""


class Body:
    """One body, limited in bytes both as sent and unpacked.

    Where it is too large, ``truncate`` keeps the beginning; otherwise that is an error.
    """

    def __init__(self, coding: str, limit: int, *, truncate: bool = False) -> None:
        self._unpacker = unpacker(coding)
        self._limit = limit
        self._truncate = truncate
        self._sent = 0
        self._unpacked = bytearray()
        self.full = False

    def announce(self, length: int | None) -> None:
        """Take note of ``Content-Length``, which may be a lie and is not relied on.

        Raises:
            BodyTooLarge: it is more than allowed.
        """
        if length is not None and length > self._limit and not self._truncate:
            self._overflow()

    def feed(self, piece: bytes) -> None:
        """Take the next bytes of the wire.

        Raises:
            BodyTooLarge: that is more than allowed.
            UnreadableBody: they cannot be unpacked.
        """
        self._sent += len(piece)
        room = self._limit - len(self._unpacked)
        try:
            self._unpacked += self._unpacker.feed(piece, room)
        except _broken() as error:
            raise UnreadableBody("The answer cannot be unpacked.") from error
        if max(self._sent, len(self._unpacked)) > self._limit:
            self._overflow()

    def whole(self) -> bytes:
        """Return everything.

        Raises:
            UnreadableBody: the end is missing.
        """
        if not self.full:
            self._unpacker.finish()
        return bytes(self._unpacked[: self._limit])

    def _overflow(self) -> None:
        if not self._truncate:
            raise BodyTooLarge(f"The answer is larger than {self._limit} bytes.")
        self.full = True


def unpacker(coding: str) -> Unpacker:
    """Return the unpacker of one ``Content-Encoding``.

    Raises:
        UnreadableBody: it is not one we asked for, or several.
    """
    match coding.strip().lower():
        case "" | "identity":
            return _Plain()
        case "gzip" | "x-gzip" | "deflate":
            return _Zlib()
        case "br":
            return _Brotli()
    raise UnreadableBody("The answer is packed in a way we did not ask for.")


class _Plain:
    def feed(self, piece: bytes, room: int) -> bytes:
        return piece[: room + 1]

    def finish(self) -> None:
        """There is no end to miss."""


class _Zlib:
    """gzip, with any number of members, zlib, and the headerless deflate that some servers mean by it."""

    def __init__(self) -> None:
        self._stream: Any = None
        self._members = 0

    def feed(self, piece: bytes, room: int) -> bytes:
        unpacked = bytearray()
        while piece and len(unpacked) <= room and self._begin(piece[0]):
            unpacked += self._stream.decompress(piece, room + 1 - len(unpacked))
            if not self._stream.eof:
                break
            piece, self._stream = self._stream.unused_data, None
        return bytes(unpacked)

    def finish(self) -> None:
        if self._stream is not None:
            raise UnreadableBody("The answer ends early.")

    def _begin(self, first: int) -> bool:
        """Be inside a stream; ``False`` where only padding follows the last one."""
        if self._stream is None:
            if self._members and first != _GZIP:
                return False
            self._stream = zlib.decompressobj(_window(first))
            self._members += 1
            if self._members > MOST_MEMBERS:
                raise UnreadableBody("The answer is packed in too many parts.")
        return True


class _Brotli:
    def __init__(self) -> None:
        import brotli

        self._stream = brotli.Decompressor()

    def feed(self, piece: bytes, room: int) -> bytes:
        unpacked: bytes = self._stream.process(piece, output_buffer_limit=room + 1)
        return unpacked

    def finish(self) -> None:
        if not self._stream.is_finished():
            raise UnreadableBody("The answer ends early.")


def _window(first: int) -> int:
    is_zlib = first & 0x0F == 8 and first >> 4 <= 7
    return _GZIP_OR_ZLIB if first == _GZIP or is_zlib else _RAW


def _broken() -> tuple[type[Exception], ...]:
    import brotli

    return (zlib.error, brotli.error)
