"""A perceptual hash: the same garment photographed or saved again gets nearly the same 64 bits.

Source: the DCT hash of Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions" (2010):
32x32 luminance, two-dimensional DCT-II, the 8x8 lowest frequencies without the constant row and column, one
bit each for being above their median.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from PIL.Image import Image

SIDE = 32
BLOCK = 8

_steps = np.arange(SIDE)
_DCT = np.cos(np.pi * np.outer(_steps, 2 * _steps + 1) / (2 * SIDE))


def perceptual_hash(picture: Image) -> str:
    """Return 16 hex digits for ``picture`` (any mode, any size)."""
    from PIL.Image import Resampling

    grey = np.asarray(picture.convert("L").resize((SIDE, SIDE), Resampling.BOX), dtype=np.float64)
    low = (_DCT @ grey @ _DCT.T)[1 : BLOCK + 1, 1 : BLOCK + 1]
    # A flat picture has only rounding noise here: without this its bits would be noise too.
    low = np.round(low, 6)
    bits = (low > np.median(low)).reshape(-1)
    return np.packbits(bits).tobytes().hex()


def hamming(one: str, other: str) -> int:
    """Return how many bits of two hashes differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()
