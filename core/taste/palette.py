"""What colours say of taste: how vivid, how light, how warm. Their families are the wardrobe's.

Measured in Oklch: Oklab by lightness, chroma and hue.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import atan2, cos, degrees, hypot, radians
from typing import Final

from core.platform.oklab import oklab
from core.vault import colour_family

HEX: Final = re.compile(r"#[0-9a-f]{6}")
_MIDDLE_LIGHTNESS, _LIGHTNESS_REACH = 0.62, 0.36
_MIDDLE_CHROMA, _CHROMA_REACH = 0.10, 0.11
_WARMEST_HUE, _CLEARLY_COLOURED = 55.0, 0.08


@lru_cache(maxsize=4096)
def oklch(hex_colour: str) -> tuple[float, float, float]:
    """Return lightness 0..1, chroma 0..~0.32 and hue in degrees of ``#rrggbb`` (lower case)."""
    lightness, a, b = oklab(hex_colour)
    return lightness, hypot(a, b), degrees(atan2(b, a)) % 360


def colour_facets(colours: Sequence[tuple[str, float]]) -> dict[str, float]:
    """Return ``vividness``, ``lightness`` and ``warmth`` of ``(hex, share)`` colours; empty for no colours.

    Shares need not sum to 1. Each facet is the share-weighted mean, mapped so that the middle of common
    clothing is 0 and its ends are -1 and 1. Greys are neither warm nor cool.
    """
    total = sum(share for _, share in colours)
    if total <= 0:
        return {}
    points = [(oklch(hex_colour), share / total) for hex_colour, share in colours]
    lightness = sum(share * light for (light, _, _), share in points)
    chroma = sum(share * c for (_, c, _), share in points)
    warm = sum(
        share * min(1.0, c / _CLEARLY_COLOURED) * cos(radians(hue - _WARMEST_HUE))
        for (_, c, hue), share in points
    )
    return {
        "vividness": _held((chroma - _MIDDLE_CHROMA) / _CHROMA_REACH),
        "lightness": _held((lightness - _MIDDLE_LIGHTNESS) / _LIGHTNESS_REACH),
        "warmth": _held(warm),
    }


def families(colours: Iterable[str]) -> list[str]:
    """Return the families of ``colours``, each once, sorted."""
    return sorted({colour_family(colour) for colour in colours})


def _held(value: float) -> float:
    return max(-1.0, min(1.0, value))
