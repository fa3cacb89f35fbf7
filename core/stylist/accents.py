"""What finishes an outfit: a bag, a scarf, a head covering, a belt. At most one each, where there is a
reason.

Accents are chosen for an outfit that is already found and do not enter its score; a vault full of earrings
neither slows the search nor outweighs the clothes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import dist
from typing import Final

import numpy as np

from core.stylist import colour
from core.stylist.compatibility import Compatibility
from core.stylist.forms import OFF_OCCASION, Form
from core.stylist.garments import Garment
from core.stylist.models import Wish
from core.stylist.wardrobe import ACCENTS, LEVELS, Slot
from core.stylist.weights import PROMINENCE

_GOOD_ENOUGH: Final = 0.55
_NEAR: Final = 0.04
_BUSINESS: Final = LEVELS.index("business")
_SMART: Final = LEVELS.index("smart-casual")
_WOOLLY: Final = frozenset({"beanie", "ushanka", "balaclava", "earmuffs", "neck-gaiter", "snood"})
_SUNNY: Final = frozenset({"sun-hat", "panama-hat", "conical-hat", "bucket-hat", "cap"})
_MATCHING: Final = 22.0
"""CIELAB distance up to which a belt matches the shoes, as convention has it."""
_SHIRTS: Final = frozenset({"shirt"})
_SKIRTED: Final = frozenset(
    [
        "mini-skirt",
        "denim-skirt",
        "knee-length-skirt",
        "skirts",
        "pencil-skirt",
        "pleated-skirt",
        "sundress",
        "mini-dress",
        "shirt-dress",
        "wrap-dress",
        "a-line-dress",
        "midi-dress",
        "tea-dress",
        "dresses",
        "sheath-dress",
        "knit-dress",
        "cocktail-dress",
    ]
)


@dataclass(frozen=True)
class Dressed:
    """An outfit as accents see it."""

    wish: Wish
    form: Form
    garments: Sequence[Garment]

    @property
    def words(self) -> frozenset[str]:
        """The kinds of its garments."""
        return frozenset(garment.kind.word for garment in self.garments)

    @property
    def idioms(self) -> frozenset[str]:
        """The idioms of its garments."""
        return frozenset(garment.kind.idiom for garment in self.garments if garment.kind.idiom)

    @property
    def level(self) -> int:
        """Its highest formality."""
        return max(garment.level for garment in self.garments)

    def colder_than(self, degrees: float) -> bool:
        """Tell whether it is known to be colder."""
        return self.wish.temperature is not None and self.wish.temperature <= degrees

    def warmer_than(self, degrees: float) -> bool:
        """Tell whether it is known to be warmer."""
        return self.wish.temperature is not None and self.wish.temperature >= degrees


def _head(dressed: Dressed, accent: Garment) -> bool:
    if accent.kind.word in _WOOLLY:
        return dressed.colder_than(6)
    if accent.kind.word in _SUNNY:
        return dressed.warmer_than(25) and dressed.level <= _SMART
    return accent.kind.idiom is not None and accent.kind.idiom in dressed.idioms


def _neck(dressed: Dressed, accent: Garment) -> bool:
    if accent.kind.idiom is not None:
        return accent.kind.idiom in dressed.idioms
    return dressed.colder_than(12)


def _tie(dressed: Dressed, _: Garment) -> bool:
    jacket = "over" in dressed.form or "blazer" in dressed.words
    return jacket and bool(dressed.words & _SHIRTS) and dressed.level >= _BUSINESS


def _belt(dressed: Dressed, accent: Garment) -> bool:
    if accent.kind.word == "obi":
        return "kimono" in dressed.words or "yukata" in dressed.words or "furisode" in dressed.words
    plain = accent.kind.word == "belt" and "bottom" in dressed.form and not dressed.idioms
    shoes = [garment for garment in dressed.garments if garment.kind.slot == "footwear"]
    if not all(_near(accent, shoe) for shoe in shoes):
        return False
    return plain and not dressed.words & (_SKIRTED | {"joggers", "leggings", "sports-leggings", "long-skirt"})


def _near(one: Garment, other: Garment) -> bool:
    if not one.hexes or not other.hexes or other.kind.level <= LEVELS.index("casual"):
        return True
    return dist(colour.lab(one.hexes[0]), colour.lab(other.hexes[0])) <= _MATCHING


_REASONS: Final[Mapping[Slot, Callable[[Dressed, Garment], bool]]] = {
    "blouse": lambda dressed, _: "sari" in dressed.words,
    "legwear": lambda dressed, _: dressed.colder_than(14) and bool(dressed.words & _SKIRTED),
    "head": _head,
    "neck": _neck,
    "tie": _tie,
    "belt": _belt,
    "bag": lambda dressed, _: True,
    "jewellery": lambda dressed, _: dressed.level >= _SMART,
    "eyewear": lambda dressed, _: dressed.warmer_than(20) and dressed.level <= _SMART,
    "hands": lambda dressed, accent: dressed.colder_than(4) and accent.level <= _BUSINESS,
}


class Accents:
    """Chooses accents among the garments of a ``Compatibility``."""

    def __init__(self, compatibility: Compatibility, base: Garment | None) -> None:
        self._compatibility = compatibility
        self._base = base
        self._places = {
            slot: [at for at, one in enumerate(compatibility.garments) if one.kind.slot == slot]
            for slot in ACCENTS
        }

    @property
    def complete(self) -> bool:
        """Whether everything that is always to be worn is there."""
        return all(self._places[slot] for slot in self._compatibility.wish.always if slot in ACCENTS)

    def chosen(self, form: Form, garments: tuple[int, ...], number: int) -> list[tuple[Slot, int]]:
        """Return the accents of an outfit; the ``number``-th outfit takes the next of equally good ones."""
        worn = Dressed(self._compatibility.wish, form, [self._compatibility.garments[at] for at in garments])
        worths = self._worths(form, garments)
        picks: list[tuple[Slot, int]] = []
        for slot in ACCENTS:
            at = self._pick(slot, worn, worths, [*garments, *(at for _, at in picks)], number)
            if at is not None:
                picks.append((slot, at))
        return picks

    def _pick(
        self, slot: Slot, worn: Dressed, worths: Mapping[int, float], others: list[int], number: int
    ) -> int | None:
        places = self._places[slot]
        owned = self._compatibility.garments
        if self._base is not None and self._base.kind.slot == slot:
            return owned.index(self._base)
        required = slot in self._compatibility.wish.always
        if not required:
            suiting = (at for at in places if abs(owned[at].level - worn.level) < OFF_OCCASION)
            places = [at for at in suiting if _REASONS[slot](worn, owned[at])]
        if not places:
            return None
        worth = np.array([worths[at] for at in places]) * self._suited(places, others)
        if worth.max() < _GOOD_ENOUGH and not required:
            return None
        near = [at for at, value in zip(places, worth, strict=True) if value >= worth.max() - _NEAR]
        return near[number % len(near)]

    def _worths(self, form: Form, garments: tuple[int, ...]) -> Mapping[int, float]:
        """Return how well each accent goes with an outfit, 0 .. 1, by its place."""
        places = [at for several in self._places.values() for at in several]
        values = self._compatibility.paired(
            np.array(places, dtype=np.int64), np.array(garments, dtype=np.int64)
        )
        shares = np.array([PROMINENCE[slot] for slot in form])
        whole = 0.5 * values["colour"] + 0.3 * values["formality"] + 0.2 * values["idiom"] * values["pattern"]
        worths: np.ndarray = whole @ shares / shares.sum()
        return dict(zip(places, worths.tolist(), strict=True))

    def _suited(self, places: list[int], others: list[int]) -> np.ndarray:
        """Return 1 for what suits the season asked for and has one in common with all ``others``."""
        if self._base is not None:
            others = [*others, self._compatibility.garments.index(self._base)]
        ones = np.array(places, dtype=np.int64)
        apart = self._compatibility.never_meet(ones, np.array(others, dtype=np.int64)).any(axis=1)
        suited: np.ndarray = np.where((self._compatibility.season[ones] > 0) & ~apart, 1.0, 0.0)
        return suited
