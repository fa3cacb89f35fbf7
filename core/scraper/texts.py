"""Words from other people's documents as plain text: no markup, no control characters, one line, a length.

What comes out is stored and shown as it is. Markup may be escaped once, twice or not at all, depending on who
wrote the document; it is unwrapped until nothing is left that a browser would take for a tag.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_WRAPPINGS: Final = 5
"""How often escaped markup is unwrapped; what is still wrapped after that is cut out."""
_MOST_READ: Final = 50_000
_TAG = re.compile(r"(?<!<)<++(?=[a-zA-Z/!?])")
"""With those before it: cutting one of several would leave the one before it in its place.

Many in a row are tried once, from the first to the last: thousands tried from each would hold a worker up.
"""
_LOOKS_LIKE_MARKUP = re.compile(r"[<&]")


def plain(text: object, limit: int) -> str:
    """Return ``text`` as plain text of at most ``limit`` characters; the empty string for what is no text.

    The result holds no ``<`` that could begin a tag, and giving it in again changes nothing
    unless its markup was wrapped more than ``_WRAPPINGS`` times.
    """
    if not isinstance(text, str | int | float) or isinstance(text, bool):
        return ""
    bare = str(text)[:_MOST_READ].encode(errors="ignore").decode()  # JSON may hold half a surrogate pair
    for _ in range(_WRAPPINGS):
        unwrapped = _unwrapped(bare)
        if unwrapped == bare:
            break
        bare = unwrapped
    return _cut(_one_line(_TAG.sub("", bare)), limit)


def _unwrapped(text: str) -> str:
    if not _LOOKS_LIKE_MARKUP.search(text):
        return _one_line(text)
    import html_text

    return _one_line(html_text.extract_text(text, guess_layout=False))


def _one_line(text: str) -> str:
    """Return ``text`` in NFC, without control and format characters, its blanks single."""
    composed = unicodedata.normalize("NFC", text)
    kept = (
        " " if unicodedata.category(char) in {"Cc", "Zl", "Zp"} else char for char in composed if _shows(char)
    )
    return " ".join("".join(kept).split())


def _shows(char: str) -> bool:
    """Tell whether a character may be kept: nothing unassigned, nothing that turns the direction of text."""
    return unicodedata.category(char) not in {"Cf", "Cs", "Co", "Cn"} or char in "\u200c\u200d"


def _cut(text: str, limit: int) -> str:
    """Return at most ``limit`` characters, ending at a word where one ends in the last fifth."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    space = head.rfind(" ")
    return (head[:space] if space > limit * 0.8 else head).rstrip() + "…"
