"""How much a garment opens up: in how many outfits it can be worn, and what one more would make possible.

An *outfit that goes together* here is a base (top and bottom, or one garment, or a garment over a top) with
shoes, every pair of which the stylist finds good: no rule against it, and the weighted mean of colour,
pattern, formality and idiom at least ``GOOD``. All of them are counted, not sampled: pairs are a matrix of
zeros and ones, and triples of mutually good garments are counted by matrix products. Weather and occasion
are left out, since a wardrobe is for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from math import dist
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.stylist import colour
from core.stylist.compatibility import Compatibility
from core.stylist.forms import BASES
from core.stylist.garments import Garment, garments
from core.stylist.models import PartName, Wish
from core.stylist.wardrobe import LEVELS, Kind, Slot, kinds
from core.stylist.weights import PARTS
from core.vault import ItemColour, VaultItem

type Good = NDArray[np.float32]
"""Zeros and ones, as floats: NumPy has matrix products by BLAS for floats only, and these are exact while an
outfit's third slot has fewer than 2**24 garments."""
type Indices = NDArray[np.int64]
type Places = dict[Slot, Indices]

GOOD: Final = 0.8
_SAME_COLOUR: Final = 15.0
"""CIELAB distance within which a garment of the same kind counts as had already."""
_BLOCK: Final = 256
_JUDGED: Final[tuple[PartName, ...]] = ("colour", "pattern", "formality", "idiom")
_DAY: Final = date(2000, 1, 1)
"""Any day: recency plays no part in what goes together."""
_STAPLES: Final = (
    "shirt", "t-shirt", "sweater", "kurta", "jeans", "chinos", "dress-trousers", "long-skirt", "sarong",
    "midi-dress", "salwar-kameez", "kaftan", "two-piece-suit", "sneakers", "loafers",
    "ankle-boots", "sandals",
)  # fmt: skip
"""Kinds to think of where a person owns nothing for a slot; else their own kinds are theirs to add to."""
_COLOURS: Final = {
    "white": "#f7f7f4", "black": "#17171a", "navy": "#1f2a44", "grey": "#85888c", "beige": "#cdb892",
    "camel": "#b68d5e", "brown": "#5a3a22", "olive": "#5a5b3a", "burgundy": "#6d1f2f",
    "light blue": "#a9c4e4", "rust": "#b5532f", "forest green": "#24452f",
}  # fmt: skip
_SLOTS: Final[tuple[Slot, ...]] = ("top", "bottom", "full", "over", "footwear")
_PAIRS: Final[tuple[tuple[Slot, Slot], ...]] = (
    ("top", "bottom"), ("over", "top"), ("top", "footwear"), ("bottom", "footwear"), ("full", "footwear"),
    ("over", "footwear"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gap:
    """A garment not owned: its kind and colour, and how many outfits would newly go together with it."""

    kind: str
    colour: str
    hex: str
    slot: Slot
    unlocks: int


def versatility(items: Iterable[VaultItem]) -> dict[str, int]:
    """Return in how many outfits that go together each garment of a base, and each pair of shoes, is."""
    worn = _seen(items)
    places = {slot: _places(worn, slot) for slot in _SLOTS}
    counts = _counted(_good(worn, places), places)
    return {worn[at].id: int(n) for slot in _SLOTS for at, n in zip(places[slot], counts[slot], strict=True)}


def gaps(items: Iterable[VaultItem], *, count: int) -> list[Gap]:
    """Return the garments that would unlock most outfits, the best of each slot, most first.

    Considered are the kinds the person owns already, and staples for the slots where they own nothing, in
    twelve colours, but nothing they have already in about that colour. What unlocks nothing is not returned.
    """
    worn = _seen(items)
    if not worn:
        return []
    found: dict[Slot, Gap] = {}
    for gap in sorted(_unlocks(worn), key=lambda gap: (-gap.unlocks, gap.kind, gap.colour)):
        found.setdefault(gap.slot, gap)
    return [gap for gap in found.values() if gap.unlocks > 0][:count]


def _seen(items: Iterable[VaultItem]) -> list[Garment]:
    return [garment for garment in garments(items) if garment.kind.slot in _SLOTS]


def _unlocks(worn: list[Garment]) -> list[Gap]:
    """Return every garment considered, with the outfits it would be in together with what is owned."""
    wanted = [
        (kind, name, value)
        for kind in _candidates(worn)
        for name, value in _COLOURS.items()
        if not any(_is_nearly(garment, kind, value) for garment in worn)
    ]
    together = [*worn, *(_imagined(kind, value, number) for number, (kind, _, value) in enumerate(wanted))]
    every = {slot: _places(together, slot) for slot in _SLOTS}
    owned = {slot: places[places < len(worn)] for slot, places in every.items()}
    good = _good(together, every)
    found: list[Gap] = []
    for slot, places in every.items():
        added = places[places >= len(worn)]
        unlocked = _counted(good, {**owned, slot: added})[slot]
        for at, number in zip(added, unlocked, strict=True):
            kind, name, value = wanted[at - len(worn)]
            found.append(Gap(kind.word, name, value, slot, int(number)))
    return found


def _is_nearly(garment: Garment, kind: Kind, value: str) -> bool:
    same = garment.kind == kind and bool(garment.hexes)
    return same and dist(colour.lab(garment.hexes[0]), colour.lab(value)) < _SAME_COLOUR


def _candidates(worn: Sequence[Garment]) -> list[Kind]:
    own = {garment.kind.word: garment.kind for garment in worn}
    filled = {garment.kind.slot for garment in worn}
    bases = any(set(form) <= filled for form in BASES)
    missing = {slot for slot in _SLOTS if slot not in filled and not (bases and slot in {"full", "over"})}
    staples = {word: kinds()[word] for word in _STAPLES if kinds()[word].slot in missing}
    return [kind for _, kind in sorted({**staples, **own}.items())]


def _imagined(kind: Kind, value: str, number: int) -> Garment:
    moment = datetime(2000, 1, 1, tzinfo=UTC)
    item = VaultItem(
        id=f"imagined-{number}",
        user_id="",
        name=kind.word,
        category=kind.word,
        colours=[ItemColour(hex=value)],
        formality=LEVELS[kind.level],
        created_at=moment,
        updated_at=moment,
    )
    return Garment(item, kind)


def _good(worn: Sequence[Garment], places: Places) -> Good:
    """Return 1 where two garments go together, else 0; 0 where no outfit has the two slots."""
    rules = Compatibility(worn, Wish(today=_DAY))
    found = np.zeros((len(worn), len(worn)), dtype=np.float32)
    total = sum(PARTS[part] for part in _JUDGED)
    for one, ones, other in _blocks(places):
        others = places[other]
        values = rules.paired(ones, others)
        mean = sum((PARTS[part] * values[part] for part in _JUDGED), start=np.zeros(1)) / total
        fits = (mean >= GOOD) & ~rules.excluded(one, ones, other, others)
        if one == "over":
            fits &= np.array([_goes_under(worn[at]) for at in others], dtype=bool)[None, :]
        found[np.ix_(ones, others)] = fits
        found[np.ix_(others, ones)] = fits.T
    return found


def _blocks(places: Places) -> Iterator[tuple[Slot, Indices, Slot]]:
    """Yield the pairs of slots, few garments of the first at a time: each block takes a dozen matrices."""
    for one, other in _PAIRS:
        for start in range(0, len(places[one]), _BLOCK):
            yield one, places[one][start : start + _BLOCK], other


def _goes_under(top: Garment) -> bool:
    return top.layer == 1 and top.kind.idiom is None


def _places(worn: Sequence[Garment], slot: Slot) -> Indices:
    return np.array([at for at, garment in enumerate(worn) if garment.kind.slot == slot], dtype=np.int64)


def _counted(good: Good, places: Places) -> dict[Slot, Indices]:
    """Return for each slot, in the order of its ``places``, the outfits each garment is in."""
    counts: dict[Slot, Indices] = {slot: np.zeros(len(at), dtype=np.int64) for slot, at in places.items()}
    for base in BASES:
        if len(base) == 1:
            pairs = good[np.ix_(places[base[0]], places["footwear"])]
            counts[base[0]] += pairs.sum(axis=1, dtype=np.int64)
            counts["footwear"] += pairs.sum(axis=0, dtype=np.int64)
            continue
        slots: tuple[Slot, ...] = (*base, "footwear")
        a, b, c = (places[slot] for slot in slots)
        ab, ac, bc = good[np.ix_(a, b)], good[np.ix_(a, c)], good[np.ix_(b, c)]
        per_pair = ab * (ac @ bc.T)
        counts[slots[0]] += per_pair.sum(axis=1, dtype=np.int64)
        counts[slots[1]] += per_pair.sum(axis=0, dtype=np.int64)
        counts[slots[2]] += ((ab @ bc) * ac).sum(axis=0, dtype=np.int64)
    return counts
