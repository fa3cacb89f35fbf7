"""Finds the words of a vocabulary in a text: `Wide-leg trousers, pleated skirts` is two terms."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

_WORDS: Final = re.compile(r"[^\W_]+")
_LONGEST: Final = 3
"""Words of a term at most."""


def found_in(text: str, known: Callable[[str], bool]) -> Iterator[str]:
    """Yield the longest terms of ``text`` that are ``known``, left to right, each word used once.

    Terms are in lower case with hyphens. A plural is found under its singular, and the other way round.
    """
    words = [word.casefold() for word in _WORDS.findall(text)]
    start = 0
    while start < len(words):
        for size in range(min(_LONGEST, len(words) - start), 0, -1):
            term = _form("-".join(words[start : start + size]), known)
            if term:
                yield term
                start += size
                break
        else:
            start += 1


def _form(term: str, known: Callable[[str], bool]) -> str | None:
    forms = (term, term.removesuffix("s"), term.removesuffix("es"), term + "s")
    return next((form for form in forms if known(form)), None)
