"""The style space: twelve named facets, each a line between two ways of dressing.

A look, a garment and a person are all points in the same space, so "would they like it" is one inner product
and "why" can be said in words. The facets are chosen so that a person can name both ends, a picture or a
product text shows where a look lies, and no end is the better one. What is no taste (size, price, gender,
religion, region) has no facet: a sari and a blazer are both formal and both may be muted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from core.taste.gaussian import cosine

type FacetName = Literal[
    "formality", "richness", "trend", "vividness", "fit", "lightness", "pattern", "structure", "fabric",
    "accessories", "warmth", "coverage",
]  # fmt: skip
type FacetVector = Mapping[FacetName, float] | Mapping[str, float]
"""Facet name to position in -1 (all the low pole) .. 1 (all the high pole); a facet left out is 0."""


@dataclass(frozen=True, slots=True)
class Facet:
    """One axis. ``low`` and ``high`` name the poles at -1 and 1; ``shown_by`` is what decides it."""

    name: FacetName
    low: str
    high: str
    description: str
    shown_by: str


FACETS: Final[tuple[Facet, ...]] = (
    Facet(
        "formality", "casual", "formal",
        "How much of an occasion the clothes expect.",
        "the kind of garment, its formality word, tailoring and ceremonial words",
    ),
    Facet(
        "richness", "minimal", "maximal",
        "How much happens at once: layers, colours, ornament.",
        "style words, ornament, number of distinct colours and of layers",
    ),
    Facet(
        "trend", "classic", "trend-led",
        "Forms that have stayed for decades against forms of the moment.",
        "the kind of garment and style words",
    ),
    Facet(
        "vividness", "muted", "vivid",
        "How saturated the colours are.",
        "mean chroma of the colours in Oklch",
    ),
    Facet(
        "fit", "loose", "fitted",
        "How near the cut follows the body.",
        "the fit word and the kind of garment",
    ),
    Facet(
        "lightness", "dark", "light",
        "How light the colours are.",
        "mean lightness of the colours in Oklch",
    ),
    Facet(
        "pattern", "plain", "patterned",
        "One even surface against prints, weaves and motifs.",
        "the pattern word of each garment",
    ),
    Facet(
        "structure", "soft", "structured",
        "Draped and knitted against tailored, stiff and shaped.",
        "the kind of garment and its material",
    ),
    Facet(
        "fabric", "natural", "technical",
        "Linen, wool and silk against nylon, mesh and membranes.",
        "the materials and sporty words",
    ),
    Facet(
        "accessories", "understated", "statement",
        "Accessories one finds at the second look against those seen first.",
        "kinds and words of jewellery, bags, hats and shoes",
    ),
    Facet(
        "warmth", "cool", "warm",
        "Blues, greens and greys against reds, oranges and earth.",
        "hue of the colours in Oklch, weighted by chroma",
    ),
    Facet(
        "coverage", "covered", "bare",
        "How much skin the look shows; long and layered against short and open.",
        "the kind of garment, sleeve, neck and length words",
    ),
)  # fmt: skip

NAMES: Final[tuple[str, ...]] = tuple(facet.name for facet in FACETS)
DIMENSIONS: Final = len(FACETS)
BY_NAME: Final[Mapping[str, Facet]] = {facet.name: facet for facet in FACETS}


def coordinates(facets: FacetVector) -> tuple[float, ...]:
    """Return ``facets`` as coordinates in the order of ``FACETS``.

    Raises:
        KeyError: for a name that is no facet.
    """
    unknown = set(facets) - set(NAMES)
    if unknown:
        raise KeyError(f"no such facet: {', '.join(sorted(unknown))}")
    given = dict[str, float](facets.items())
    return tuple(float(given.get(name, 0.0)) for name in NAMES)


def similarity(one: FacetVector, other: FacetVector) -> float:
    """Return the cosine of the angle between two places, -1 .. 1; 0 where either is the middle."""
    return cosine(coordinates(one), coordinates(other))


def pole(name: str, position: float) -> str:
    """Return the word for the side of facet ``name`` on which ``position`` lies."""
    facet = BY_NAME[name]
    return facet.high if position >= 0 else facet.low
