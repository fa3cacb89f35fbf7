"""The zip file: whatever is written in however many pieces, every reader finds exactly that."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.account.archive import Archive
from core.account.models import Member

AT = datetime(2026, 5, 1, 12, 30, 20, tzinfo=UTC)
NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12).filter(
    lambda name: "/" not in name and "\\" not in name
)
CONTENTS = st.lists(st.binary(max_size=2000), max_size=4)
MEMBER = st.tuples(NAMES, CONTENTS, st.booleans())
MEMBERS = st.lists(MEMBER, min_size=1, max_size=12, unique_by=lambda member: member[0])


def put(archive: Archive, name: str, chunks: Sequence[bytes], *, packed: bool) -> None:
    with archive.member(name, AT, packed=packed) as write:
        for chunk in chunks:
            write(chunk)


@settings(max_examples=60, deadline=None)
@given(MEMBERS, st.sets(st.integers(0, 11)), st.sets(st.integers(0, 11)))
def test_an_archive_put_down_anywhere_and_taken_up_again_is_read_as_if_written_at_once(
    members: list[tuple[str, list[bytes], bool]], put_down_after: set[int], taken_after: set[int]
) -> None:
    archive, written = Archive(), b""
    for number, (name, chunks, packed) in enumerate(members):
        put(archive, name, chunks, packed=packed)
        if number in taken_after | put_down_after:
            written += archive.take()
        if number in put_down_after and number < len(members) - 1:
            noted = [Member.model_validate_json(one.model_dump_json()) for one in archive.members]
            archive = Archive(noted, archive.size)
    archive.finish()
    written += archive.take()

    assert archive.size == len(written)
    with zipfile.ZipFile(io.BytesIO(written)) as read:
        assert read.testzip() is None
        assert {name: read.read(name) for name in read.namelist()} == {
            name: b"".join(chunks) for name, chunks, _ in members
        }
        assert {info.date_time for info in read.infolist()} == {AT.timetuple()[:6]}


def test_what_was_taken_is_held_no_longer() -> None:
    archive, most = Archive(), 0
    chunk = bytes(range(256)) * 256
    for number in range(2000):
        put(archive, f"photo-{number}", [chunk], packed=False)
        most = max(most, archive.waiting)
        archive.take()
    assert archive.size > 2000 * len(chunk)
    assert most < 2 * len(chunk)


@pytest.mark.parametrize("size", [0xFFFFFFFF - 100, 0xFFFFFFFF + 100, 40 * 2**30])
def test_behind_the_fourth_gigabyte_the_directory_says_so_in_64_bits(size: int) -> None:
    huge = Member(name="huge", at=AT, crc=0, packed=0, size=0, offset=0, flags=8, method=0)
    archive = Archive([huge], size)
    put(archive, "late", [b"word"], packed=False)
    archive.finish()
    end = archive.take()
    with zipfile.ZipFile(_Behind(size, end)) as read:
        assert read.read("late") == b"word"
        assert read.getinfo("late").header_offset == size


class _Behind(io.RawIOBase):
    """A file whose first ``size`` bytes nobody reads, and then ``end``."""

    def __init__(self, size: int, end: bytes) -> None:
        self.size, self.end, self.at = size, end, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.at

    def seek(self, to: int, whence: int = 0) -> int:
        self.at = to + (0, self.at, self.size + len(self.end))[whence]
        return self.at

    def read(self, length: int = -1) -> bytes:
        start = self.at - self.size
        assert start >= 0, "the beginning is not read"
        found = self.end[start : None if length < 0 else start + length]
        self.at += len(found)
        return found
