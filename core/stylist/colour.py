"""Which colours go together, measured in CIELAB, where distance and hue angle follow what eyes see.

Three views are blended, because each alone errs on clothes:

* **Hue template** (55 %). Y. Matsuda, "Color Design", Asakura Shoten 1995, as formulated by M. Tokumaru, N.
  Muranaka, S. Imanishi, "Color design support system considering color harmony", FUZZ-IEEE 2002: harmonious
  hues lie together (types i, V), at a right angle (L), opposite (I, Y) on the wheel, and N, without hue,
  goes with all. Sector edges are softened to bells. The triad is J. Itten's ("The Art of Color", 1961).
* **Two-colour harmony** (30 %). L.-C. Ou and M. R. Luo, "A colour harmony model for two-colour
  combinations", Color Research and Application 31, 2006: fitted to observers, for colours without a
  garment.
* **Light and dark** (15 %). Itten's contrast of light and dark; or one tone throughout, its opposite.

Low chroma counts as "without hue" by degrees, and so do very dark and very light colours: navy and cream
behave as neutrals in dress although a colorimeter finds a hue in them. That step is a simplification of
ours.
"""

from __future__ import annotations

from functools import lru_cache, reduce
from math import atan2, degrees, hypot

import numpy as np
from numpy.typing import NDArray

type Floats = NDArray[np.float64]
type Lch = tuple[float, float, float]
"""CIELAB lightness 0..100, chroma 0..~134 and hue in degrees."""

_TO_XYZ = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)
_EPSILON, _KAPPA = 216 / 24389, 24389 / 27
_GREY_BELOW, _COLOURED_ABOVE = 12.0, 42.0
_DARK, _LIGHT = 22.0, 90.0
_TEMPLATES = ((0.0, 24.0, 1.0), (180.0, 26.0, 0.9), (120.0, 18.0, 0.7), (90.0, 14.0, 0.6))
"""Hue differences that harmonise: degrees, width of the bell, how well."""
_DISCORD = 0.15
MOSTLY_NEUTRAL = 0.6
_SAME_TONE = 15.0
_SHARES = (1.0, 0.78, 0.22)
"""How much a garment's first and second colour count: all by itself, or 78 : 22."""
_OU_LUO_LOW, _OU_LUO_HIGH = -1.24, 1.39


@lru_cache(maxsize=8192)
def lab(hex_colour: str) -> tuple[float, float, float]:
    """Return CIELAB (D65) of ``#rrggbb``; transfer and primaries from IEC 61966-2-1, L*a*b* from CIE 15."""
    channels = [int(hex_colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    x, y, z = (
        _root(sum(factor * channel for factor, channel in zip(row, linear, strict=True)) / sum(row))
        for row in _TO_XYZ
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@lru_cache(maxsize=8192)
def lch(hex_colour: str) -> Lch:
    """Return CIELAB lightness, chroma and hue angle of ``#rrggbb``."""
    lightness, a, b = lab(hex_colour)
    return lightness, hypot(a, b), degrees(atan2(b, a)) % 360


def neutrality(points: Floats) -> Floats:
    """Return how far colours (last axis L, C, h) act as neutrals, 0 .. 1."""
    lightness, chroma = points[..., 0], points[..., 1]
    grey = np.clip((_COLOURED_ABOVE - chroma) / (_COLOURED_ABOVE - _GREY_BELOW), 0, 1)
    dark = np.clip((_DARK - lightness) / 10, 0, 1)
    pale = np.clip((lightness - _LIGHT) / 5, 0, 1) * (chroma < 30)
    found: Floats = np.maximum(grey, np.maximum(dark, pale))
    return found


def is_neutral(hex_colour: str) -> bool:
    """Tell whether a colour acts as a neutral: mostly so."""
    return float(neutrality(np.array(lch(hex_colour)))) >= MOSTLY_NEUTRAL


def hue_gap(one: Floats, other: Floats) -> Floats:
    """Return the angle, 0 .. 180 degrees, between hues of 0 .. 360 degrees."""
    gap = np.abs(one - other)
    found: Floats = np.minimum(gap, 360 - gap)
    return found


def template(one: Floats, other: Floats) -> Floats:
    """Return how well two colours' hues fit Matsuda's templates, ``_DISCORD`` .. 1."""
    gap = hue_gap(one[..., 2], other[..., 2])
    bells = [worth * np.exp(-(((gap - at) / width) ** 2)) for at, width, worth in _TEMPLATES]
    fit = np.maximum(reduce(np.maximum, bells), _DISCORD)
    coloured = (1 - neutrality(one)) * (1 - neutrality(other))
    found: Floats = 1 - coloured * (1 - fit)
    return found


def ou_luo(one: Floats, other: Floats) -> Floats:
    """Return Ou and Luo's CH = H_C + H_L + H_H of two colours, about -1.24 .. 1.39."""
    gap = np.radians(hue_gap(one[..., 2], other[..., 2]))
    hue_part = 4 * one[..., 1] * other[..., 1] * np.sin(gap / 2) ** 2
    chroma_gap = np.sqrt(hue_part + ((one[..., 1] - other[..., 1]) / 1.46) ** 2)
    by_chroma = 0.04 + 0.53 * np.tanh(0.8 - 0.045 * chroma_gap)
    by_sum = 0.28 + 0.54 * np.tanh(-3.88 + 0.029 * (one[..., 0] + other[..., 0]))
    by_gap = 0.14 + 0.15 * np.tanh(-2 + 0.2 * np.abs(one[..., 0] - other[..., 0]))
    found: Floats = by_chroma + by_sum + by_gap + _hue_effect(one) + _hue_effect(other)
    return found


def contrast(one: Floats, other: Floats) -> Floats:
    """Return how clearly two colours are set off in lightness, or that they are one tone, 0 .. 1."""
    gap = np.abs(one[..., 0] - other[..., 0])
    chroma_gap = np.abs(one[..., 1] - other[..., 1])
    hue_part = np.minimum(one[..., 1], other[..., 1]) * np.radians(hue_gap(one[..., 2], other[..., 2]))
    same_tone = np.sqrt(gap**2 + chroma_gap**2 + hue_part**2) < _SAME_TONE
    found: Floats = np.maximum(np.clip(gap / 35, 0, 1), 0.7 * same_tone)
    return found


def harmony(one: Floats, other: Floats) -> Floats:
    """Return the harmony of two colours (last axis L, C, h; the rest broadcasts), 0 .. 1."""
    observed = np.clip((ou_luo(one, other) - _OU_LUO_LOW) / (_OU_LUO_HIGH - _OU_LUO_LOW), 0, 1)
    blend = 0.55 * template(one, other) + 0.30 * observed + 0.15 * contrast(one, other)
    stretched: Floats = np.clip((blend - 0.30) / 0.58, 0, 1)
    return stretched


def palettes(hexes: list[tuple[str, ...]]) -> tuple[Floats, Floats]:
    """Return the first two colours of garments, ``(n, 2, 3)``, and their shares ``(n, 2)``.

    A garment of no known colour gets shares of zero.
    """
    points, shares = np.zeros((len(hexes), 2, 3)), np.zeros((len(hexes), 2))
    for row, colours in enumerate(hexes):
        for column, colour in enumerate(colours[:2]):
            points[row, column] = lch(colour)
            shares[row, column] = _SHARES[0] if len(colours) == 1 else _SHARES[1 + column]
    return points, shares


def coordinates(hexes: list[tuple[str, ...]]) -> Floats:
    """Return CIELAB of garments' first two colours, ``(n, 2, 3)``; ``nan``, near to nothing, where there is
    none.
    """
    found = np.full((len(hexes), 2, 3), np.nan)
    for row, colours in enumerate(hexes):
        for column, value in enumerate(colours[:2]):
            found[row, column] = lab(value)
    return found


def _hue_effect(points: Floats) -> Floats:
    lightness, chroma, hue = points[..., 0], points[..., 1], np.radians(points[..., 2])
    strength = 0.5 + 0.5 * np.tanh(-2 + 0.5 * chroma)
    of_hue = -0.08 - 0.14 * np.sin(hue + np.radians(50)) - 0.07 * np.sin(2 * hue + np.radians(90))
    yellow = (90 - points[..., 2]) / 10
    of_yellow = (0.22 * lightness - 12.8) / 10 * np.exp(yellow - np.exp(yellow))
    found: Floats = strength * (of_hue + of_yellow)
    return found


def _root(ratio: float) -> float:
    return float(ratio ** (1 / 3)) if ratio > _EPSILON else (_KAPPA * ratio + 16) / 116
