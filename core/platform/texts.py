"""Whether a text can be seen at all: one of zero-width, control or blank characters only says nothing."""

from __future__ import annotations

import unicodedata
from typing import Final

from pydantic import AfterValidator

_BLANK_LETTERS: Final = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Fillers and blanks that Unicode counts among letters, marks and symbols."""
_SHAPELESS: Final = frozenset({"Cc", "Cf", "Cs", "Zs", "Zl", "Zp", "Mn", "Me"})
INVISIBLE: Final = "must have a character that can be seen"


def is_visible(text: str) -> bool:
    """Tell whether ``text`` has a character with a shape; one that Unicode has yet to name counts as such."""
    return any(unicodedata.category(char) not in _SHAPELESS and char not in _BLANK_LETTERS for char in text)


def _seen(text: str) -> str:
    if not is_visible(text):
        raise ValueError(INVISIBLE)
    return text


Visible: Final = AfterValidator(_seen)
"""Of a text that is sent; what is stored already stays readable whatever it is."""
