"""Where an item lies in style space, so that a taste profile can be asked how much its owner likes it.

The facets are those of the taste domain, by name; what an item's words do not tell is left out (zero:
neither pole). The profile itself comes in through ``Taste``: the stylist knows nothing of how it was
learned.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import cos, radians
from typing import Protocol

from core.stylist import colour
from core.stylist.garments import Garment

_FITS = {
    "tight": 0.9,
    "slim": 0.6,
    "regular": 0.0,
    "relaxed": -0.4,
    "loose": -0.7,
    "oversized": -0.9,
    "draped": -0.6,
}
_TECHNICAL = frozenset({"nylon", "polyester", "elastane", "mesh", "acrylic", "fleece"})
_NATURAL = frozenset({"cotton", "linen", "wool", "silk", "hemp", "cashmere", "leather", "alpaca", "denim"})
_RICH = frozenset({"glamorous", "festive", "avant-garde", "bohemian", "artsy", "romantic"})
_WARMEST_HUE = 60.0


class Taste(Protocol):
    """A person's taste: ``affinity`` of a facet vector (facet to -1 .. 1) is -1 (dislikes) .. 1 (loves)."""

    def affinity(self, facets: Mapping[str, float]) -> float:
        """Return how much the person likes a look with these facets."""
        ...


def facets(garment: Garment) -> dict[str, float]:
    """Return the facets, -1 .. 1, that the garment's attributes show."""
    found = {"formality": garment.level / 3 - 1, "pattern": 1.6 * garment.loudness - 0.8}
    if garment.hexes:
        lightness, chroma, hue = colour.lch(garment.hexes[0])
        found["vividness"] = _held((chroma - 38) / 42)
        found["lightness"] = _held((lightness - 55) / 42)
        found["warmth"] = _held(min(1.0, chroma / 30) * cos(radians(hue - _WARMEST_HUE)))
    if garment.item.fit in _FITS:
        found["fit"] = _FITS[garment.item.fit]
    materials = {material.casefold() for material in garment.item.materials}
    if materials & (_TECHNICAL | _NATURAL):
        found["fabric"] = (len(materials & _TECHNICAL) - len(materials & _NATURAL)) / len(materials)
    tags = {tag.casefold() for tag in garment.item.style_tags}
    if "minimal" in tags or tags & _RICH:
        found["richness"] = -0.7 if "minimal" in tags else 0.6
    if tags & {"classic", "preppy", "traditional"}:
        found["trend"] = -0.6
    return found


def _held(value: float) -> float:
    return max(-1.0, min(1.0, value))
