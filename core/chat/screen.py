"""What of the model's text may reach the person, decided while it streams.

Two things are looked for: the model reciting its own instructions, and item ids, which are only shown if the
person has such an item. Text is held back only while it could still become one of them, so that nothing that
is withheld has been shown before; everything else goes out at once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from core.platform import ids

SUSPICIOUS = 16
"""Letters and digits in a row, as in the instructions, from which on text is held back."""
RECITED = 48
"""Letters and digits in a row, as in the instructions, that are no accident any more."""
_ID = re.compile(rf"(?<![0-9a-z]){ids.FORM}(?![0-9a-z])", re.IGNORECASE)
_RUN = re.compile(r"(?<![0-9a-zA-Z-])[0-9a-fA-F][0-9a-fA-F-]{0,35}$")
_DASHES = (8, 13, 18, 23)


class Recited(Exception):
    """The text contains a part of the instructions."""


@dataclass(frozen=True, slots=True)
class Named:
    """An item id within the text."""

    id: str


class Screen:
    """Screens one text that comes in pieces; ``secret`` is what must not be recited."""

    def __init__(self, secret: str) -> None:
        letters = _letters(secret)
        self._recited = _grams(letters, RECITED)
        self._suspicious = _grams(letters, SUSPICIOUS)
        self._heard = ""
        self._held = ""

    def feed(self, text: str) -> list[str | Named]:
        """Return what may be shown now.

        Raises:
            Recited: it must not be shown at all; what was held back is dropped.
        """
        fresh = _letters(text)
        heard = self._heard + fresh
        beginning = max(0, len(self._heard) - RECITED + 1)
        if any(gram in self._recited for gram in _windows(heard[beginning:], RECITED)):
            self._held = ""
            raise Recited
        self._heard, self._held = heard[-RECITED:], self._held + text
        if self._heard[-SUSPICIOUS:] in self._suspicious:
            return []
        return self._release(_unfinished_id(self._held))

    def finish(self) -> list[str | Named]:
        """Return what was held back to the end."""
        return self._release(len(self._held))

    def _release(self, until: int) -> list[str | Named]:
        text, self._held = self._held[:until], self._held[until:]
        return list(_segments(text))


def _segments(text: str) -> Iterator[str | Named]:
    place = 0
    for found in _ID.finditer(text):
        if found.start() > place:
            yield text[place : found.start()]
        yield Named(found[0].lower())
        place = found.end()
    if place < len(text):
        yield text[place:]


def _unfinished_id(text: str) -> int:
    """Return where an id begins that the end of the text may still be a part of, else the text's length."""
    run = _RUN.search(text)
    if run is None or any((char == "-") != (place in _DASHES) for place, char in enumerate(run[0])):
        return len(text)
    return run.start()


def _letters(text: str) -> str:
    """Return only letters and digits, without case and form: spacing and punctuation disguise nothing."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())


def _grams(text: str, length: int) -> frozenset[str]:
    return frozenset(_windows(text, length))


def _windows(text: str, length: int) -> Iterator[str]:
    return (text[place : place + length] for place in range(len(text) - length + 1))
