"""Colours in Oklab, where equal steps look equal.

Source: Björn Ottosson, "A perceptual color space for image processing", 2020; the transfer function of sRGB
from IEC 61966-2-1.
"""

from __future__ import annotations


def oklab(hex_colour: str) -> tuple[float, float, float]:
    """Return lightness 0..1 and the two opponent axes, green to red and blue to yellow, of ``#rrggbb``."""
    red, green, blue = (_linear(int(hex_colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
