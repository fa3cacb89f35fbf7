"""Figures written in English words, so that "fifty-four" is held against the facts as 54 is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

_UNITS: Final = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS: Final = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip
_SCALES: Final = {"hundred": 100, "hundreds": 100, "thousand": 1000, "thousands": 1000, "million": 10**6}
_SIMPLE: Final = {
    "twice": 2, "thrice": 3, "couple": 2, "double": 2, "doubled": 2, "triple": 3, "tripled": 3, "dozen": 12,
    "dozens": 12,
}  # fmt: skip
_SHARES: Final = frozenset(
    {
        "half", "halves", "halved", "thirds", "a-third", "one-third", "quarter", "quarters", "quartered",
        "a-fifth", "one-fifth",
    }
)  # fmt: skip


def shares(words: Sequence[str]) -> Iterator[str]:
    """Yield what names a share of something: ``half``, ``a third``; no figure of ours is given as one."""
    pairs = (f"{one}-{other}" for one, other in pairwise(words))
    return (share.replace("-", " ") for share in (*words, *pairs) if share in _SHARES)


def spoken(words: Sequence[str]) -> Iterator[int]:
    """Yield the figures in a run of lower-case words: ``twenty four pieces`` has 24.

    "One" is no figure, and an ordinal is a place in the text.
    """
    total, current, open_run = 0, 0, False
    for word in (*words, ""):
        if word in _UNITS or word in _TENS:
            value = _UNITS.get(word, _TENS.get(word, 0))
            joins = current and value < 10 and current % 100 >= 20 and current % 10 == 0
            if open_run and not joins and current % 100:
                if (total + current) != 1:
                    yield total + current
                total, current = 0, 0
            current, open_run = current + value, True
        elif word in _SCALES:
            total, current, open_run = total + max(1, current) * _SCALES[word], 0, True
        elif word == "and" and open_run and total:
            continue
        else:
            if open_run and (total + current) != 1:
                yield total + current
            total, current, open_run = 0, 0, False
            if word in _SIMPLE:
                yield _SIMPLE[word]
