"""The vault's CSV file (RFC 4180, UTF-8): what spreadsheets save is read, what is written they can open."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from io import StringIO

from core.platform.errors import FieldError
from core.vault import rows
from core.vault.errors import InvalidItem, TooManyRows, UnreadableCsv
from core.vault.models import RowError, VaultItem

MAX_BYTES = 5_000_000
MAX_ROWS = 5_000
_MOST_NAMED = 25
"""Columns that one refusal names."""
_SHOWN = 60
"""Characters shown of a column's name."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """One row of a file: ``number`` as a spreadsheet counts, and the item or what is wrong with it."""

    number: int
    content: rows.ItemRow | None
    errors: tuple[RowError, ...] = ()


def write(items: Iterable[VaultItem]) -> bytes:
    """Return the items as a CSV file, oldest first."""
    out = StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(rows.COLUMNS)
    # equal rows in a row: only then does the id decide, which another vault's export does not share
    oldest_first = sorted((item.created_at, *_without_id(rows.written(item))) for item in items)
    writer.writerows([row_id, *cells] for _, cells, row_id in oldest_first)
    return out.getvalue().encode()


def read(data: bytes, *, now: datetime) -> list[FileRow]:
    """Return every row of a file, good or bad. Blank rows are skipped but counted.

    Raises:
        UnreadableCsv: it is not UTF-8, or its header is not ours.
        TooManyRows: it has more than ``MAX_ROWS``.
    """
    text = _decoded(data)
    delimiter = _delimiter(text)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = _header(next(reader, []))
    except csv.Error as error:
        raise _unreadable(f"The header row cannot be read: {error}.") from None
    found: list[FileRow] = []
    for row in _rows(reader, header, now):
        found.append(row)
        if len(found) > MAX_ROWS:
            raise TooManyRows(f"At most {MAX_ROWS} rows are imported at once; split the file.")
    return found


def _without_id(cells: list[str]) -> tuple[list[str], str]:
    return cells[1:], cells[0]


def _rows(reader: Iterator[list[str]], header: list[str], now: datetime) -> Iterator[FileRow]:
    number = 1
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            detail = f"Cannot be read ({error}). Double the quotes inside a quoted cell."
            yield FileRow(number, None, (RowError(column=None, detail=detail),))
            continue
        if any(cell.strip() for cell in cells):
            yield _row(number, header, cells, now)


def _row(number: int, header: list[str], cells: list[str], now: datetime) -> FileRow:
    if any(cell.strip() for cell in cells[len(header) :]):
        detail = f"The row has {len(cells)} cells, the header {len(header)}; quote cells with the delimiter."
        return FileRow(number, None, (RowError(column=None, detail=detail),))
    try:
        return FileRow(number, rows.read(dict(zip(header, cells, strict=False)), now=now))
    except InvalidItem as error:
        wrong = tuple(RowError(column=e.pointer.lstrip("/"), detail=e.detail) for e in error.errors)
        return FileRow(number, None, wrong)


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable(f'Byte {error.start} is not UTF-8; save it as "CSV UTF-8".') from None


def _delimiter(text: str) -> str:
    first_line = text.partition("\n")[0]
    return max(",;", key=first_line.count)


def _header(names: list[str]) -> list[str]:
    header = ["_".join(name.lower().split()) for name in names]
    while header and not header[-1]:
        header.pop()
    unknown = [name for name in header if name not in rows.COLUMNS]
    missing = [name for name in rows.REQUIRED if name not in header]
    twice = sorted(name for name, count in Counter(header).items() if count > 1)
    problems = {"has unknown columns": unknown, "lacks": missing, "names twice": twice}
    wrong = "; ".join(f"{problem} {_named(found)}" for problem, found in problems.items() if found)
    if wrong:
        raise _unreadable(f"The header {wrong}. The columns are: {', '.join(rows.COLUMNS)}.")
    return header


def _named(columns: list[str]) -> str:
    shown = ", ".join(repr(name[:_SHOWN]) for name in columns[:_MOST_NAMED])
    return shown if len(columns) <= _MOST_NAMED else f"{shown} and {len(columns) - _MOST_NAMED} more"


def _unreadable(detail: str) -> UnreadableCsv:
    return UnreadableCsv(detail, errors=[FieldError("/file", detail)])
