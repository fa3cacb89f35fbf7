"""A garment's dominant colours, measured in CIE L*a*b* so that distance means what an eye would say.

Sources: sRGB transfer function and primaries from IEC 61966-2-1; L*a*b* from CIE 15:2004 with the D65 white
point of the 2 degree observer; the seeding is k-means++ (Arthur and Vassilvitskii, 2007) with its random draw
replaced by the heaviest candidate, so that the same pixels always give the same colours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.media.models import Colour

if TYPE_CHECKING:
    from PIL.Image import Image

type Floats = NDArray[np.float64]

SAMPLE_SIDE = 192
CLUSTERS = 6
SAME_COLOUR = 9.0
SMALLEST_SHARE = 0.02
OPAQUE = 200
_ROUNDS = 24

_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_WHITE = _TO_XYZ.sum(axis=1)
_EPSILON, _KAPPA = 216 / 24389, 24389 / 27


def lab_from_rgb(rgb: Floats) -> Floats:
    """Return L*, a*, b* (last axis) of sRGB values in 0..255."""
    encoded = rgb / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    ratio = linear @ _TO_XYZ.T / _WHITE
    root = np.where(ratio > _EPSILON, np.cbrt(ratio), (_KAPPA * ratio + 16) / 116)
    x, y, z = root[..., 0], root[..., 1], root[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def rgb_from_lab(lab: Floats) -> Floats:
    """Return sRGB values in 0..255 of L*, a*, b*; colours outside sRGB are clipped."""
    y = (lab[..., 0] + 16) / 116
    root = np.stack([y + lab[..., 1] / 500, y, y - lab[..., 2] / 200], axis=-1)
    cube = root**3
    ratio = np.where(cube > _EPSILON, cube, (116 * root - 16) / _KAPPA)
    linear = np.clip(ratio * _WHITE @ np.linalg.inv(_TO_XYZ).T, 0, 1)
    encoded: Floats = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return encoded * 255


def delta_e(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Return the CIE76 colour difference of two L*a*b* colours (about 2.3 is just noticeable)."""
    return float(np.linalg.norm(np.subtract(one, other)))


def mean_lab(colours: list[Colour]) -> tuple[float, float, float]:
    """Return the average of ``colours`` weighted by their shares."""
    lab = np.average([colour.lab for colour in colours], axis=0, weights=[colour.share for colour in colours])
    return (float(lab[0]), float(lab[1]), float(lab[2]))


def dominant_colours(picture: Image, mask: Image | None) -> list[Colour]:
    """Return the colours of ``picture`` (RGB) where ``mask`` (L, any size) is opaque, largest share first.

    Shares sum to 1. Works on a copy of at most ``SAMPLE_SIDE`` pixels a side. Where the mask leaves nothing,
    or there is none, the whole picture counts.
    """
    from PIL.Image import Resampling

    scale = min(1.0, SAMPLE_SIDE / max(picture.size))
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    pixels = np.asarray(picture.resize(size, Resampling.BOX).convert("RGB"), dtype=np.float64).reshape(-1, 3)
    if mask is not None:
        inside = np.asarray(mask.resize(size, Resampling.BOX)).reshape(-1) >= OPAQUE
        pixels = pixels[inside] if inside.any() else pixels
    points, weights = _histogram(pixels)
    return _report(*_merge(*_cluster(points, weights)))


def _histogram(pixels: Floats) -> tuple[Floats, Floats]:
    """Return mean L*a*b* and pixel count of each occupied cell of a 16x16x16 grid over sRGB."""
    cells = (pixels.astype(np.int64) // 16) @ np.array([256, 16, 1])
    counts = np.bincount(cells, minlength=4096).astype(np.float64)
    lab = lab_from_rgb(pixels)
    sums = np.stack([np.bincount(cells, weights=lab[:, axis], minlength=4096) for axis in range(3)], axis=1)
    used = counts > 0
    return sums[used] / counts[used, None], counts[used]


def _cluster(points: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Weighted k-means of points that all differ; returns centres and their weights."""
    centres = points[[int(np.argmax(weights))]]
    while len(centres) < min(CLUSTERS, len(points)):
        gaps = np.square(points[:, None] - centres[None]).sum(axis=2).min(axis=1)
        centres = np.vstack([centres, points[int(np.argmax(gaps * weights))]])
    for _ in range(_ROUNDS):
        nearest = np.square(points[:, None] - centres[None]).sum(axis=2).argmin(axis=1)
        totals = np.bincount(nearest, weights=weights, minlength=len(centres))
        moved = centres.copy()
        for cluster in np.flatnonzero(totals):
            members = nearest == cluster
            moved[cluster] = np.average(points[members], axis=0, weights=weights[members])
        if np.allclose(moved, centres, atol=0.01):
            break
        centres = moved
    return centres[totals > 0], totals[totals > 0]


def _merge(centres: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Unite centres nearer than ``SAME_COLOUR``, nearest first, then drop those below ``SMALLEST_SHARE``."""
    while len(centres) > 1:
        gaps = np.linalg.norm(centres[:, None] - centres[None], axis=2)
        np.fill_diagonal(gaps, np.inf)
        first, second = (int(i) for i in np.unravel_index(int(np.argmin(gaps)), gaps.shape))
        if gaps[first, second] >= SAME_COLOUR:
            break
        pair = [first, second]
        centres[first] = np.average(centres[pair], axis=0, weights=weights[pair])
        weights[first] = weights[pair].sum()
        centres, weights = np.delete(centres, second, axis=0), np.delete(weights, second)
    keep = weights >= SMALLEST_SHARE * weights.sum()
    return centres[keep], weights[keep]


def _report(centres: Floats, weights: Floats) -> list[Colour]:
    """Name each centre by the sRGB colour a screen can show, and give that colour's own L*a*b*."""
    order = np.argsort(-weights, kind="stable")
    rgb = np.rint(rgb_from_lab(centres[order]))
    lab = np.round(lab_from_rgb(rgb), 2) + 0.0
    shares = np.round(weights[order] / weights.sum(), 4)
    shares[0] = round(1 - float(shares[1:].sum()), 4)
    return [
        Colour(
            hex="#{:02x}{:02x}{:02x}".format(*(int(channel) for channel in rgb[i])),
            lab=(float(lab[i, 0]), float(lab[i, 1]), float(lab[i, 2])),
            share=float(shares[i]),
        )
        for i in range(len(order))
    ]
