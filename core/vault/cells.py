"""One CSV cell: safe to open in a spreadsheet, and exactly the same value when read back.

A cell that a spreadsheet would run as a formula (OWASP, "CSV Injection") gets a leading apostrophe, the
spreadsheet's own sign for "this is text". A cell that already looks so guarded gets one more, so that
removing one always restores the original.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

SEPARATOR = "|"

_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")  # noqa: RUF001 - full-width forms start formulas too
_GUARDED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")  # noqa: RUF001
_ESCAPED = re.compile(r"[\\|]")
_PIECE = re.compile(r"((?:[^\\|]|\\.?)*)(\||$)", re.DOTALL)


def guarded(text: str) -> str:
    """Return ``text`` so that no spreadsheet takes it for a formula."""
    return "'" + text if _FORMULA.match(text) else text


def unguarded(cell: str) -> str:
    """Return what ``guarded`` was given."""
    return cell[1:] if _GUARDED.match(cell) else cell


def joined(values: Iterable[str]) -> str:
    """Return several values as one cell, separated by ``|``; ``\\`` escapes itself and the separator."""
    return SEPARATOR.join(_ESCAPED.sub(lambda found: "\\" + found[0], value) for value in values)


def split(cell: str) -> list[str]:
    """Return what ``joined`` was given; blank values are dropped."""
    pieces = (re.sub(r"\\(.)", r"\1", found[1], flags=re.DOTALL).strip() for found in _PIECE.finditer(cell))
    return [piece for piece in pieces if piece]
