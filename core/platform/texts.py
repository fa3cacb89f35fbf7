"""Whether a text can be read: it has something to see, and nothing that steers a terminal."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from pydantic import AfterValidator

_BLANK_LETTERS: Final = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Fillers and blanks that Unicode counts among letters, marks and symbols."""
_PLAIN: Final = re.compile("[!-~]")
"""What of ASCII can be seen: in nearly every text, and found without looking at each character."""
_SHAPELESS: Final = frozenset({"Cc", "Cf", "Cs", "Zs", "Zl", "Zp", "Mn", "Me"})
CONTROLS_BUT_BREAKS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""Unicode's category Cc without tab, line feed and carriage return."""
UNREADABLE: Final = "must not contain control characters other than line breaks and tabs"
INVISIBLE: Final = "must have a character that can be seen"


def is_visible(text: str) -> bool:
    """Tell whether ``text`` has a character with a shape; one that Unicode has yet to name counts as such."""
    if _PLAIN.search(text):
        return True
    return any(unicodedata.category(char) not in _SHAPELESS and char not in _BLANK_LETTERS for char in text)


def folded(text: str) -> str:
    """Return ``text`` without case and accents: how texts are compared in a search."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char)).casefold()


def _read(text: str) -> str:
    if CONTROLS_BUT_BREAKS.search(text):
        raise ValueError(UNREADABLE)
    if not is_visible(text):
        raise ValueError(INVISIBLE)
    return text


Readable: Final = AfterValidator(_read)
"""Of a text that is sent; what is stored already stays readable whatever it is."""
