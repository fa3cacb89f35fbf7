"""How well a garment fits a mood: a mood as a taste, so that the stylist can dress somebody for it.

The weights are ours. A direction is compared by cosine, since a mood is a direction and how loudly a garment
speaks it does not matter; colours by families, since palettes are a handful of swatches.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Final

from core.moods.models import Look
from core.taste import FacetVector, Subject, Taste, similarity

FITS: Final = 0.6
"""From here on a garment is said to fit a mood."""
_DIRECTION, _COLOUR, _KIND, _CLOTH = 0.45, 0.25, 0.2, 0.1
_NEUTRAL: Final = 0.5
"""Worth of a colour that a garment does not tell."""

_SPIRIT: Final = 0.5
"""Cosine from which a thing is said to be of a mood's spirit."""

type Words = Mapping[Subject, Iterable[str]]


class MoodTaste:
    """A taste that likes what fits a mood and avoids what its person avoids (``core.stylist`` takes it)."""

    def __init__(self, look: Look, person: Taste) -> None:
        self.look = look
        self._person = person

    def is_avoided(self, words: Words) -> bool:
        """Tell whether the person avoids a thing."""
        return self._person.is_avoided(words)

    def appeal(self, facets: FacetVector, words: Words | None = None) -> float:
        """Return how well a thing fits, 0 .. 1; 0 if the person avoids it."""
        words = words or {}
        if self.is_avoided(words):
            return 0.0
        direction = (1 + similarity(facets, self.look.facets)) / 2
        return (
            _DIRECTION * direction
            + _COLOUR * self._coloured(words)
            + _KIND * bool(self._kinds & set(words.get("category", ())))
            + _CLOTH * bool(self._cloths & {*words.get("material", ()), *words.get("pattern", ())})
        )

    def why(self, facets: FacetVector, words: Words) -> Iterator[str]:
        """Yield what of a thing fits, in words."""
        colours = [word for word in words.get("colour", ()) if word in self._colours]
        if colours:
            yield f"{' and '.join(colours)} of its palette"
        if self._kinds & set(words.get("category", ())):
            yield "a piece this mood is made of"
        if cloths := sorted(self._cloths & {*words.get("material", ()), *words.get("pattern", ())}):
            yield f"{' and '.join(cloths)}, as it likes them"
        if similarity(facets, self.look.facets) >= _SPIRIT:
            yield "of the same spirit"

    def _coloured(self, words: Words) -> float:
        told = list(words.get("colour", ()))
        return sum(word in self._colours for word in told) / len(told) if told else _NEUTRAL

    @cached_property
    def _colours(self) -> frozenset[str]:
        return frozenset(self.look.colours)

    @cached_property
    def _kinds(self) -> frozenset[str]:
        return frozenset(piece.kind for piece in self.look.pieces)

    @cached_property
    def _cloths(self) -> frozenset[str]:
        told = (word for piece in self.look.pieces for word in (piece.material, piece.pattern))
        return frozenset(word for word in told if word is not None)
