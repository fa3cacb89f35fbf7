"""Deciding what a mask that came over the network is worth, before a garment is cut with it.

``docs/segmentation.md`` is the contract. Everything the service sends is checked like an upload: type, size,
dimensions, mode. A mask that selects next to nothing or nearly everything is well-formed and still no
cutout; it is reported as ``low_quality`` and never used.
"""

from __future__ import annotations

import io

from PIL import Image, ImageChops

from core.media.errors import SegmentationUnusable
from core.media.models import Quality

LEAST_COVERAGE = 0.01
MOST_COVERAGE = 0.98
BACKGROUND_BELOW, GARMENT_ABOVE = 12, 243
"""Mask values this near to an end are taken as that end, so that noise does not haze the cutout."""

_CLEAN = [0 if v < BACKGROUND_BELOW else 255 if v > GARMENT_ABOVE else v for v in range(256)]


def read_mask(data: bytes, expected: tuple[int, int]) -> Image.Image:
    """Return the mask (mode L) in ``data``, which must be a grey 8-bit PNG of ``expected`` size.

    Raises:
        SegmentationUnusable: it is not.
    """
    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as opened:
            _check(opened, expected)
            opened.load()
            return opened.point(_CLEAN)
    except SegmentationUnusable:
        raise
    except Exception as error:  # decoders of foreign bytes raise anything
        raise SegmentationUnusable("The mask is not a readable PNG.") from error


def _check(opened: Image.Image, expected: tuple[int, int]) -> None:
    if opened.size != expected:
        found, asked = (f"{width} x {height}" for width, height in (opened.size, expected))
        raise SegmentationUnusable(f"The mask is {found} pixels, the picture sent {asked}.")
    if opened.mode != "L":
        raise SegmentationUnusable(f"The mask is of mode {opened.mode}, not 8-bit grey.")


def combined(mask: Image.Image, alpha: Image.Image | None) -> Image.Image:
    """Return ``mask`` without what the picture itself has as transparent, at the size of ``mask``."""
    if alpha is None:
        return mask
    fitted = alpha if alpha.size == mask.size else alpha.resize(mask.size, Image.Resampling.BOX)
    return ImageChops.darker(mask, fitted)


def coverage_of(mask: Image.Image) -> float:
    """Return the part of the picture the garment covers, 0..1, soft edges counted in part."""
    total = sum(value * count for value, count in enumerate(mask.histogram()))
    return total / 255 / (mask.width * mask.height)


def quality_of(coverage: float) -> Quality:
    """Return whether a mask of this coverage is trusted to cut with."""
    return "good" if LEAST_COVERAGE <= coverage <= MOST_COVERAGE else "low_quality"


type Box = tuple[int, int, int, int]


def garment_box(mask: Image.Image, size: tuple[int, int], *, margin: float = 0.04) -> Box:
    """Return the garment's bounding box in a picture of ``size``, with ``margin`` of its long side around.

    Left, top, right, bottom in pixels, right and bottom exclusive; the whole picture where the mask is empty.
    """
    found = mask.point([0] * 32 + [255] * 224).getbbox()
    if found is None:
        return (0, 0, *size)
    wide, high = size[0] / mask.width, size[1] / mask.height
    left, top, right, bottom = found[0] * wide, found[1] * high, found[2] * wide, found[3] * high
    around = margin * max(right - left, bottom - top)
    return (
        max(0, int(left - around)),
        max(0, int(top - around)),
        min(size[0], int(right + around) + 1),
        min(size[1], int(bottom + around) + 1),
    )
