"""One number for a wardrobe, made of parts that are shown with it.

``score = 100 * sum(weight * value) / sum(weight)`` over the parts whose value is known. The weights are
ours: use weighs most, since a garment that is worn is the point of owning it."""

from __future__ import annotations

from collections.abc import Mapping
from math import log
from typing import Final

from core.insights.habits import DORMANT_AFTER
from core.insights.models import Score, ScorePart
from core.insights.wardrobe import Wardrobe

ENOUGH_WEARS: Final = 30
"""Wears at which a garment has earned its place: the #30wears of L. Firth's Eco-Age campaign, 2015."""
ENOUGH_OUTFITS: Final = 3

_PARTS: Final[dict[str, tuple[float, str]]] = {
    "use": (0.35, "share of active items worn in the last 90 days"),
    "evenness": (0.20, "how evenly the wears of the last 90 days fall on the items worn (Pielou 1966)"),
    "versatility": (0.25, "share of garments and shoes that are in at least three outfits that go together"),
    "wear": (0.20, "mean share of 30 wears that the active items have reached"),
}


def score(wardrobe: Wardrobe, versatility: Mapping[str, int]) -> Score:
    """Return the wardrobe score; ``versatility`` is the stylist's count of outfits by item id."""
    values = {
        "use": _use(wardrobe),
        "evenness": _evenness(wardrobe),
        "versatility": _versatile(versatility),
        "wear": _wear(wardrobe),
    }
    known = {name: value for name, value in values.items() if value is not None}
    total = sum(_PARTS[name][0] for name in known)
    return Score(
        value=round(100 * sum(_PARTS[name][0] * value for name, value in known.items()) / total, 1)
        if known
        else None,
        parts=[
            ScorePart(name=name, value=None if (value := values[name]) is None else round(value, 4),
                      weight=weight, definition=definition)
            for name, (weight, definition) in _PARTS.items()
        ],
    )  # fmt: skip


def _use(wardrobe: Wardrobe) -> float | None:
    if not wardrobe.active:
        return None
    return len(wardrobe.worn_within(DORMANT_AFTER)) / len(wardrobe.active)


def _evenness(wardrobe: Wardrobe) -> float | None:
    """Return Pielou's J = H / ln S (J. Theor. Biol. 13, 1966) of wears over S items; needs two items."""
    counts = [
        sum((wardrobe.as_of - wear.worn_on).days < DORMANT_AFTER for wear in item.wears)
        for item in wardrobe.worn_within(DORMANT_AFTER)
    ]
    if len(counts) < 2:
        return None
    total = sum(counts)
    entropy = -sum(count / total * log(count / total) for count in counts)
    return min(1.0, entropy / log(len(counts)))


def _versatile(versatility: Mapping[str, int]) -> float | None:
    if not versatility:
        return None
    return sum(outfits >= ENOUGH_OUTFITS for outfits in versatility.values()) / len(versatility)


def _wear(wardrobe: Wardrobe) -> float | None:
    if not wardrobe.active:
        return None
    reached = sum(min(1.0, item.wear_count / ENOUGH_WEARS) for item in wardrobe.active)
    return reached / len(wardrobe.active)
