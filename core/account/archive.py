"""A zip file written in pieces by whoever goes on with it, and never held: bytes are taken as they come.

The standard library's ``zipfile`` does the format, ZIP64 included (PKWARE APPNOTE 6.3). It can write to what
cannot be sought, and the directory at the end is made from a list of members, so all that has to be kept
between two pieces is that list and how many bytes there are.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO, cast

from core.account.models import Member

type Write = Callable[[bytes], object]


class Archive:
    """A zip file being written, from its beginning or behind ``members`` that make ``size`` bytes."""

    def __init__(self, members: Iterable[Member] = (), size: int = 0) -> None:
        self._tail = _Tail()
        self._zip = zipfile.ZipFile(cast("IO[bytes]", self._tail), "w")
        self._tail.at = size
        self._zip.infolist().extend(_info(member) for member in members)

    @property
    def size(self) -> int:
        """How many bytes there are, those included that were taken."""
        return self._tail.at

    @property
    def waiting(self) -> int:
        """How many bytes were not taken yet."""
        return len(self._tail.waiting)

    @property
    def members(self) -> list[Member]:
        """What is in it so far."""
        return [_member(info) for info in self._zip.infolist()]

    @contextmanager
    def member(self, name: str, at: datetime, *, packed: bool) -> Iterator[Write]:
        """Add a member by writing its bytes; ``packed`` is for text, pictures are packed already."""
        info = zipfile.ZipInfo(name, at.timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        info.external_attr = 0o644 << 16
        with self._zip.open(info, "w") as file:
            yield file.write

    def take(self) -> bytes:
        """Return the bytes written since they were last taken, and keep them no longer."""
        taken = bytes(self._tail.waiting)
        self._tail.waiting.clear()
        return taken

    def finish(self) -> None:
        """Write the directory; the last member must have been written by this very object."""
        self._zip.close()


class _Tail:
    """What a ``ZipFile`` writes to: an end that moves on, with nothing behind it to go back to."""

    def __init__(self) -> None:
        self.at = 0
        self.waiting = bytearray()

    def tell(self) -> int:
        return self.at

    def seek(self, *_: object) -> int:
        raise io.UnsupportedOperation("written bytes are gone")

    def write(self, data: bytes) -> int:
        self.waiting += data
        self.at += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""


def _info(member: Member) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(member.name, member.at.timetuple()[:6])
    info.CRC, info.compress_size, info.file_size = member.crc, member.packed, member.size
    info.header_offset, info.flag_bits, info.compress_type = member.offset, member.flags, member.method
    info.external_attr = 0o644 << 16
    return info


def _member(info: zipfile.ZipInfo) -> Member:
    return Member(
        name=info.filename,
        at=datetime(*info.date_time),
        crc=info.CRC,
        packed=info.compress_size,
        size=info.file_size,
        offset=info.header_offset,
        flags=info.flag_bits,
        method=info.compress_type,
    )
