"""Byte ranges and conditions of HTTP (RFC 9110 §13 and §14), as pure rules over header texts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from core.platform.errors import RangeBeyondEnd

_SINGLE_RANGE = re.compile(r"bytes=[ \t]*(\d{0,18})-(\d{0,18})[ \t]*", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ByteRange:
    """``length`` bytes from ``start`` of a whole of ``size`` bytes."""

    start: int
    length: int
    size: int

    @property
    def content_range(self) -> str:
        """The ``Content-Range`` header of this part."""
        return f"bytes {self.start}-{self.start + self.length - 1}/{self.size}"

    def at_most(self, length: int) -> ByteRange:
        """Return its first ``length`` bytes; itself where it has no more."""
        return ByteRange(self.start, min(self.length, length), self.size)


def part_of(headers: Mapping[str, str], etag: str, size: int) -> ByteRange | None:
    """Return the part of a whole, at version ``etag`` (unquoted), that a request asks for; ``None`` for all.

    Raises:
        RangeBeyondEnd: no byte of it exists.
    """
    applies = range_still_applies(headers.get("if-range"), etag)
    return parse_range(headers.get("range") if applies else None, size)


def parse_range(header: str | None, size: int) -> ByteRange | None:
    """Return the single range ``header`` asks for, or ``None`` where the whole is to be sent.

    A malformed header, another unit and several ranges are ignored, as RFC 9110 §14.2 allows.

    Raises:
        RangeBeyondEnd: no byte of the range exists.
    """
    match = _SINGLE_RANGE.fullmatch(header or "")
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < start:
            return None
    if start >= size or end <= start:
        raise RangeBeyondEnd(size)
    return ByteRange(start, end - start, size)


def range_still_applies(if_range: str | None, etag: str) -> bool:
    """Tell whether an ``If-Range`` condition lets the range stand; ``etag`` is unquoted and strong."""
    return if_range is None or if_range.strip() == f'"{etag}"'


def matches(if_none_match: str | None, etag: str) -> bool:
    """Tell whether an ``If-None-Match`` header names ``etag`` (unquoted), so that 304 is the answer."""
    named = [part.strip().removeprefix("W/").strip('"') for part in (if_none_match or "").split(",")]
    return etag in named or "*" in named
