"""What the model is told when it writes for a digest, and by what its words are then judged.

The facts are JSON: names, sentences of the stylist and of the insights, and how many there are of each. What
can be said is what is here; ``checking`` holds the words against it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from core import taste
from core.digest.models import Contents, Look
from core.vault import VaultItem, colour_family

_WORD = re.compile(r"[^\W\d_]+")
_NAMES = frozenset({"pieces", "name", "title"})
_LONGEST_NAME = 8
"""Words of a name that describes a garment; a longer one is a sentence: it may be called, not quoted."""
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True)
class Known:
    """A thing that may be spoken of: its name, and every word that describes it."""

    name: str
    words: frozenset[str]


@dataclass(frozen=True)
class Facts:
    """What was given: ``told`` goes to the model, ``things`` are all that may be named."""

    told: dict[str, Any]
    things: tuple[Known, ...]

    @cached_property
    def numbers(self) -> frozenset[Decimal]:
        """Every figure given: those in the sentences, and how many outfits, ways and finds there are."""
        ways = self.told.get("sleeping_piece", {}).get("ways_to_wear_it", ())
        counted = (self.told["outfits"], ways, self.told.get("new_finds", ()))
        said = (figure for text in self.sentences for figure in numbers_in(text))
        return frozenset({*said, *(Decimal(len(listed)) for listed in counted)})

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word given, in lower case."""
        described = (thing.words for thing in self.things)
        return frozenset().union(*described, *(words_in(text) for text in self.sentences))

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """What was told but for names, also where a sentence quotes one: names are written by people."""
        names = sorted((thing.name for thing in self.things), key=len, reverse=True)
        quoted = re.compile("|".join(map(re.escape, names)) or "(?!)", re.IGNORECASE)
        return tuple(quoted.sub(" ", text) for text in _sentences(self.told))


def facts_of(contents: Contents, items: Mapping[str, VaultItem], tone: str) -> Facts:
    """Return the facts of a digest; ``items`` are the person's, by id."""
    shown = {piece.item_id for look in contents.looks for piece in (*look.pieces, *look.accents)}
    finds = tuple(Known(find.title, _described([find.title])) for find in contents.finds)
    owned = tuple(_known(items[one]) for one in sorted(shown & items.keys()))
    return Facts(_told(contents, tone), owned + finds)


def words_in(text: str) -> frozenset[str]:
    """Return the words of a text in lower case; ``two-piece`` is two of them."""
    return frozenset(word.casefold() for word in _WORD.findall(text))


def numbers_in(text: str) -> Iterator[Decimal]:
    """Yield the figures of a text that are written in digits of any script."""
    for found in _NUMBER.findall(unicodedata.normalize("NFKC", text)):
        yield figure(found)


def figure(digits: str) -> Decimal:
    """Return the value of ``1,234.5`` or ``3,20``: a comma before three digits groups, any other divides."""
    plain = re.sub(r",(?=\d{3}(?:\D|$))", "", digits).replace(",", ".")
    whole, _, rest = plain.rpartition(".")
    return Decimal(f"{whole.replace('.', '')}.{rest}" if whole else rest).normalize()


def _told(contents: Contents, tone: str) -> dict[str, Any]:
    told: dict[str, Any] = {"tone": tone, "outfits": [_outfit(look) for look in contents.outfits]}
    if contents.revival is not None:
        rested = contents.revival.rested_days
        told["sleeping_piece"] = {
            "name": contents.revival.name,
            "rested": "never worn yet" if rested is None else f"not worn for {rested} days",
            "ways_to_wear_it": [_outfit(look) for look in contents.revival.ways],
        }
    if contents.insight is not None:
        told["insight"] = contents.insight.text
    if contents.finds:
        told["new_finds"] = [{"title": find.title, "source": find.source} for find in contents.finds]
    if contents.advice:
        told["advice"] = list(contents.advice)
    return told


def _outfit(look: Look) -> dict[str, Any]:
    return {
        "pieces": [piece.name for piece in (*look.pieces, *look.accents)],
        "why": " ".join(look.reasons[:1]),
    }


def _known(item: VaultItem) -> Known:
    hexes = [colour.hex for colour in item.colours]
    said = (
        *(item.name, item.category, item.subtype, item.pattern, item.brand),
        *(item.fit, item.formality, item.warmth),
        *(*item.materials, *item.seasons, *item.style_tags),
        *(colour.name for colour in item.colours),
        *(*map(colour_family, hexes), *taste.colour_families(hexes)),
    )
    return Known(item.name, _described(text for text in said if text))


def _described(texts: Iterable[str]) -> frozenset[str]:
    short = (text for text in texts if len(text.split()) <= _LONGEST_NAME)
    return frozenset().union(*map(words_in, short))


def _sentences(told: Any) -> Iterator[str]:
    """Yield the texts of the facts that are ours: ``told`` is made of texts, lists and dictionaries."""
    if isinstance(told, str):
        yield told
    elif isinstance(told, dict):
        for key, value in told.items():
            if key not in _NAMES:
                yield from _sentences(value)
    else:
        for value in told:
            yield from _sentences(value)
