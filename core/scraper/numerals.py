"""Numbers as people write them: which mark is the decimal one, and which only groups the thousands."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Final

NUMBER: Final = r"\d+(?:[.,']\d+| \d{3}(?!\d))*"
"""A number in folded text: digits with single marks between them, a blank only before three digits."""
_MOST: Final = Decimal(10**9)
_MOST_DECIMALS: Final = 6
_PLAIN: Final = str.maketrans({"’": "'", "ʼ": "'", "`": "'", "٬": ",", "٫": ".", "−": "-"})


def folded(text: str) -> str:
    """Return ``text`` with the digits, marks and blanks of all scripts in their plain forms."""
    wide = unicodedata.normalize("NFKC", text)
    digits = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in wide)
    return " ".join(digits.translate(_PLAIN).split())


def value(number: str, decimals: int) -> Decimal | None:
    """Return what ``number`` (of the form ``NUMBER``) is worth in a currency with so many ``decimals``.

    Two kinds of marks: the last is the decimal one. One mark before three digits groups thousands, unless the
    currency has three decimals and the mark is a point. ``None`` for what is written like no amount.
    """
    marks = [char for char in number if not char.isdigit()]
    cut = _decimal_place(number, marks, decimals)
    whole, part = (number, "") if cut is None else (number[:cut], number[cut + 1 :])
    first, *groups = re.split(r"[.,' ]", whole)
    well_grouped = all(len(group) in {2, 3} for group in groups) and len(groups[-1] if groups else "123") == 3
    if not well_grouped or len(part) > _MOST_DECIMALS:
        return None
    found = Decimal(f"{first}{''.join(groups)}.{part or '0'}")
    return found if found < _MOST else None


def has_cents(number: str) -> bool:
    """Tell whether the number ends in one or two decimals."""
    return re.search(r"[.,]\d{1,2}$", number) is not None


def _decimal_place(number: str, marks: list[str], decimals: int) -> int | None:
    """Return where the decimal mark is, ``None`` where every mark groups thousands."""
    if not marks or marks[-1] not in ".,":
        return None
    last = number.rindex(marks[-1])
    tail = len(number) - last - 1
    if tail in {1, 2}:
        return last
    if len(marks) > 1:
        return last if marks.count(marks[-1]) == 1 else None
    groups = tail == 3 and last <= 3 and not number.startswith("0")
    return None if groups and not (decimals == 3 and marks[-1] == ".") else last
