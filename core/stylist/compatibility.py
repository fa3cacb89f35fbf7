"""What garments are worth alone and in pairs, as arrays: every rule once, for the search and for the
sentences.

An outfit's score is linear in its garments' own values and in those of its pairs, the total insulation
aside. That is what lets the search prove that nothing better was left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.stylist import colour, patterns
from core.stylist.forms import LONG_TOPS, SHORT_BELOW, WORST_GAP
from core.stylist.garments import SEASONS, Garment
from core.stylist.models import PartName, Wish
from core.stylist.tastes import Taste, facets, words
from core.stylist.wardrobe import LEVELS, Slot

type Floats = NDArray[np.float64]
type Bools = NDArray[np.bool_]
type Indices = NDArray[np.int64]

PAIRED: Final[tuple[PartName, ...]] = ("colour", "pattern", "formality", "idiom", "freshness")
ALONE: Final[tuple[PartName, ...]] = ("formality", "season", "freshness", "taste")

_BY_GAP: Final = np.array([1.0, 0.85, 0.35, 0.05, 0.0, 0.0, 0.0])
"""How well garments agree by steps of formality between them. One step is what "dressing up jeans" is."""
_IDIOMS: Final = (1.0, 0.8, 0.25)
"""Of one idiom or none; one belongs to everybody; of two different ones."""
_UNKNOWN_SEASON = 0.7
_BY_SEASONS_AHEAD: Final = (1.0, 0.35, 0.0, 0.0)
"""How well a season suits by how many seasons from now it begins: the next one may be dressed for early, one
that is past may not be dressed for late.
"""
_UNKNOWN_COLOUR: Final = 0.5
_RESTED: Final = 9.0
"""Days after which about two thirds of an item's freshness is back."""
_REST: Final[dict[str, float]] = {"outer": 0.25, "footwear": 0.35, "bottom": 0.7, "mid": 0.8}
"""Coats and shoes may be worn again sooner: how long they rest relative to a shirt."""
_WINDOW: Final = 28
_SHARED: Final = 20.0
"""CIELAB distance below which two garments count as sharing a colour."""
_LAYERED: Final[tuple[Slot, ...]] = ("top", "full", "over", "mid", "outer")


class Compatibility:
    """Values of ``garments`` (in a fixed order) under a wish; indices are places in that order."""

    def __init__(self, garments: Sequence[Garment], wish: Wish, taste: Taste | None = None) -> None:
        self.garments = garments
        self.wish = wish
        self._taste = taste
        self.clo: Floats = np.array([garment.clo for garment in garments])
        self.level: Indices = np.array([garment.level for garment in garments], dtype=np.int64)
        self._layer = np.array([garment.layer for garment in garments], dtype=np.int64)
        self._long = np.array([garment.kind.word in LONG_TOPS for garment in garments], dtype=bool)
        self._short = np.array([garment.kind.clo < SHORT_BELOW for garment in garments], dtype=bool)
        self._pullover = np.array([garment.kind.slot == "top" for garment in garments], dtype=bool)
        self._points, self._shares = colour.palettes([garment.hexes for garment in garments])
        self._idiom = _codes([garment.kind.idiom for garment in garments])
        self._lab = colour.coordinates([garment.hexes for garment in garments])
        self._family = np.array([garment.pattern_family for garment in garments], dtype=np.int64)
        self._seasons = np.array([garment.year for garment in garments], dtype=np.int64)
        self._loud = np.array([garment.loudness for garment in garments])
        self._recent = np.array([_recent(garment, wish) for garment in garments], dtype=np.int64)

    @cached_property
    def parts(self) -> set[PartName]:
        """The parts of the score something is known of."""
        known: set[PartName] = {"colour", "pattern", "formality", "idiom", "freshness", "completeness"}
        asked: dict[PartName, object] = {
            "season": self.wish.season, "warmth": self.wish.temperature, "taste": self._taste
        }  # fmt: skip
        return known | {name for name, value in asked.items() if value is not None}

    @cached_property
    def taste(self) -> Floats:
        """How much each garment is liked, 0 .. 1."""
        if self._taste is None:
            return np.zeros(len(self.garments))
        return np.array([self._taste.appeal(facets(one), words(one)) for one in self.garments])

    @cached_property
    def season(self) -> Floats:
        """How well each garment suits the season asked for, 0 .. 1."""
        return np.array([_season_value(garment, self.wish.season) for garment in self.garments])

    @cached_property
    def occasion(self) -> Floats:
        """How well each garment suits the formality asked for, 0 .. 1."""
        if self.wish.formality is None:
            return np.ones(len(self.garments))
        found: Floats = _BY_GAP[np.abs(self.level - LEVELS.index(self.wish.formality))]
        return found

    def rested(self, slot: Slot) -> Floats:
        """Return how fresh each garment is in ``slot``, 0 (worn today) .. 1 (long ago or never)."""
        found: Floats = 1 - np.exp(-self._idle / (_RESTED * _REST.get(slot, 1.0)))
        return found

    @cached_property
    def _idle(self) -> Floats:
        """Days since each garment was last worn, infinite if never."""
        days = [garment.days_since_worn(self.wish.today) for garment in self.garments]
        return np.array([np.inf if day is None else float(day) for day in days])

    def alone(self, slot: Slot) -> dict[PartName, Floats]:
        """Return each garment's own values in ``slot``, by part."""
        return {
            "formality": self.occasion, "season": self.season, "freshness": self.rested(slot),
            "taste": self.taste
        }  # fmt: skip

    def paired(self, ones: Indices, others: Indices) -> dict[PartName, Floats]:
        """Return the values of pairs, by part: arrays of ``len(ones)`` by ``len(others)``."""
        return {
            "colour": self._harmony(ones, others),
            "pattern": self._mix(ones, others),
            "formality": _BY_GAP[np.abs(self.level[ones][:, None] - self.level[others][None, :])],
            "idiom": self._belonging(ones, others),
            "freshness": self._apart(ones, others),
        }

    def excluded(self, one: Slot, ones: Indices, other: Slot, others: Indices) -> Bools:
        """Return which pairs can never be worn together in these two slots, the outer of the two first or
        last.
        """
        if one in _LAYERED and other in _LAYERED and _LAYERED.index(one) > _LAYERED.index(other):
            return self.excluded(other, others, one, ones).T
        gap = np.abs(self.level[ones][:, None] - self.level[others][None, :])
        wrong: Bools = (ones[:, None] == others[None, :]) | (gap >= WORST_GAP) | self.never_meet(ones, others)
        if one in _LAYERED and other in {"mid", "outer"}:
            wrong |= self._layer[others][None, :] <= self._layer[ones][:, None]
        if (one, other) == ("top", "bottom"):
            wrong |= self._long[ones][:, None] & (self._short & (self._idiom < 0))[others][None, :]
        if other == "mid":
            wrong |= (self._idiom[ones] >= 0)[:, None] & self._pullover[others][None, :]
        return wrong

    def never_meet(self, ones: Indices, others: Indices) -> Bools:
        """Return which pairs say their seasons and have none in common."""
        mine, theirs = self._seasons[ones][:, None], self._seasons[others][None, :]
        apart: Bools = (mine > 0) & (theirs > 0) & (mine & theirs == 0)
        return apart

    def _harmony(self, ones: Indices, others: Indices) -> Floats:
        total = np.zeros((len(ones), len(others)))
        known = np.zeros((len(ones), len(others)))
        for mine in range(2):
            for theirs in range(2):
                share = self._shares[ones, mine][:, None] * self._shares[others, theirs][None, :]
                if share.any():
                    values = colour.harmony(
                        self._points[ones, mine][:, None], self._points[others, theirs][None, :]
                    )
                    total += share * values
                    known += share
        return np.where(known > 0, total / np.maximum(known, 1e-9), _UNKNOWN_COLOUR)

    def _mix(self, ones: Indices, others: Indices) -> Floats:
        return patterns.together(
            self._loud[ones][:, None],
            self._loud[others][None, :],
            same_family=self._family[ones][:, None] == self._family[others][None, :],
            shared_colour=self._shared(ones, others),
        )

    def _shared(self, ones: Indices, others: Indices) -> Bools:
        """Return which pairs share one of their first two colours."""
        found = np.zeros((len(ones), len(others)), dtype=bool)
        for mine in range(2):
            for theirs in range(2):
                gap = self._lab[ones, mine][:, None] - self._lab[others, theirs][None, :]
                found |= np.square(gap).sum(axis=2) < _SHARED**2
        return found

    def _belonging(self, ones: Indices, others: Indices) -> Floats:
        mine, theirs = self._idiom[ones][:, None], self._idiom[others][None, :]
        same, free = mine == theirs, (mine < 0) | (theirs < 0)
        return np.where(same, _IDIOMS[0], np.where(free, _IDIOMS[1], _IDIOMS[2]))

    def _apart(self, ones: Indices, others: Indices) -> Floats:
        """Return 1 where a pair was not worn together in the last four weeks, less the later it was."""
        both = self._recent[ones][:, None] & self._recent[others][None, :]
        latest = both & -both
        days = np.where(both > 0, np.log2(np.maximum(latest, 1)), _WINDOW)
        found: Floats = np.minimum(1.0, days / _WINDOW)
        return found


def _codes(idioms: Sequence[str | None]) -> Indices:
    order = sorted({idiom for idiom in idioms if idiom is not None})
    return np.array([-1 if idiom is None else order.index(idiom) for idiom in idioms], dtype=np.int64)


def _recent(garment: Garment, wish: Wish) -> int:
    """Return the days of the last four weeks on which it was worn as bits, today the lowest."""
    ages = {(wish.today - wear.worn_on).days for wear in garment.item.wears}
    return sum(1 << age for age in ages if 0 <= age < _WINDOW)


def _season_value(garment: Garment, season: str | None) -> float:
    seasons = garment.item.seasons
    if season is None or not seasons:
        return _UNKNOWN_SEASON
    ahead = min((SEASONS.index(own) - SEASONS.index(season)) % 4 for own in seasons)
    return _BY_SEASONS_AHEAD[ahead]
