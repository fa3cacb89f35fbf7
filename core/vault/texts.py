"""What people type, in one form: so that equal texts compare equal, are found, and survive a CSV file.

Everything here runs when a model is validated; none of it looks a value up anywhere, because stored items
pass through the same models and must stay readable when an outside table changes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from core.platform.texts import CONTROLS_BUT_BREAKS, UNREADABLE

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
"""Unicode's category Cc."""


def _tidy(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _hyphenated(value: Any) -> Any:
    tidy = _tidy(value)
    if not isinstance(tidy, str):
        return tidy
    return unicodedata.normalize("NFC", "-".join(tidy.lower().replace("_", " ").split()))


def _one_line(value: str) -> str:
    if not value.isprintable() and _CONTROL.search(value):
        raise ValueError("must be one line without control characters")
    return value


def _many_lines(value: str) -> str:
    if CONTROLS_BUT_BREAKS.search(value):
        raise ValueError(UNREADABLE)
    return value


def distinct(values: Iterable[str]) -> list[str]:
    """Return the first of each group of values that differ only in case, in their order."""
    firsts: dict[str, str] = {}
    for value in values:
        firsts.setdefault(value.casefold(), value)
    return list(firsts.values())


Line = Annotated[str, Field(min_length=1, max_length=120), BeforeValidator(_tidy), AfterValidator(_one_line)]
Word = Annotated[str, Field(min_length=1, max_length=60), BeforeValidator(_tidy), AfterValidator(_one_line)]
Category = Annotated[
    str, Field(min_length=1, max_length=60), BeforeValidator(_hyphenated), AfterValidator(_one_line)
]
Notes = Annotated[
    str, Field(min_length=1, max_length=4000), BeforeValidator(_tidy), AfterValidator(_many_lines)
]
Words = Annotated[list[Word], Field(max_length=20), AfterValidator(distinct)]
