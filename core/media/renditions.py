"""The pictures made from one photo, and what is measured of it, without holding the photo for long.

The full frame lives from decoding until the original is encoded; all else is made of a copy of at most
``WORKING_SIDE``. Encoding WebP with alpha takes about 24 bytes a pixel, for 12 megapixels more than 300 MB,
and the outline of a cutout has no more detail than the mask (``SENT_SIDE``) anyway. Nothing is ever turned
into floats at full size.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from PIL import Image

from core.media import masks
from core.media.colours import dominant_colours
from core.media.models import Colour, Measures, VariantName
from core.media.phash import perceptual_hash

WORKING_SIDE: Final = 2304
"""Longest side of a cutout."""
SENT_SIDE: Final = 1536
"""Longest side of what is sent for segmentation; finer outlines cost seconds and are not seen."""
THUMB_SIDE: Final = 384
MODEL_SIDE: Final = 1024
MEASURED_SIDE: Final = 768
NEARLY: Final = 0.8
"""Part of a wanted side that is enough of it: a cutout of a 12-megapixel photo has 2000 pixels a side."""
NEUTRAL: Final = (128, 128, 128)

_JPEG: Final = {"quality": 92, "subsampling": "4:2:0"}
# Method 2 takes half the time of 4 and gives files a few percent larger.
_CUTOUT: Final = {"quality": 88, "method": 2}
_LOSSLESS_ISH: Final = {"quality": 95, "method": 2}
_THUMB: Final = {"quality": 82, "method": 4}


@dataclass(frozen=True, slots=True)
class Encoded:
    """A picture as a file."""

    data: bytes
    content_type: str
    extension: str

    @property
    def etag(self) -> str:
        """A strong validator: the same for the same bytes only."""
        return sha256(self.data).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Sent:
    """What goes to the segmentation service: a JPEG and its size in pixels."""

    data: bytes
    size: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A photo ready to be cut: the original as served, its size, and the copy everything else is made of."""

    original: Encoded
    size: tuple[int, int]
    working: Image.Image


def prepare(picture: Image.Image) -> Prepared:
    """Encode the original and keep a working copy of ``picture`` (RGB or RGBA, upright), which is used up."""
    original, size = encode_original(picture), picture.size
    working = reduced(picture, WORKING_SIDE)
    if working is not picture:
        picture.close()
    return Prepared(original, size, working)


def for_segmentation(picture: Image.Image) -> Sent:
    """Return a JPEG of ``picture`` of at most ``SENT_SIDE`` a side, transparency over white."""
    small = reduced(picture, SENT_SIDE)
    return Sent(_encode(_over(small, (255, 255, 255)), "JPEG", _JPEG).data, small.size)


def for_model(picture: Image.Image) -> Encoded:
    """Return a JPEG of ``picture`` of at most ``MODEL_SIDE`` a side for a language model to look at."""
    return _encode(_over(reduced(picture, MODEL_SIDE), (255, 255, 255)), "JPEG", _JPEG)


def make_renditions(prepared: Prepared, mask: Image.Image) -> tuple[Measures, dict[VariantName, Encoded]]:
    """Return what is measured of a photo and its renditions.

    ``mask`` is grey, of any size with the same proportions. Where it cannot be trusted there is no cutout,
    and everything else is made of the whole picture. The working copy is used up.
    """
    colour, alpha = _planes(prepared.working)
    visible = masks.combined(mask, alpha)
    coverage = masks.coverage_of(visible)
    quality = masks.quality_of(coverage)
    cut = visible if quality == "good" else alpha
    measures = _measure(colour, cut, coverage, prepared.size)
    files: dict[VariantName, Encoded] = {"original": prepared.original, "thumb": thumb(colour, cut)}
    if quality == "good":
        colour.putalpha(masks.combined(mask.resize(colour.size, Image.Resampling.BILINEAR), alpha))
        files["cutout"] = encode_cutout(colour)
    return measures, files


def encode_original(picture: Image.Image) -> Encoded:
    """Return the whole picture as it is served: JPEG, or WebP where it has transparency."""
    if picture.mode == "RGBA":
        return _encode(picture, "WEBP", _LOSSLESS_ISH)
    return _encode(picture, "JPEG", _JPEG)


def encode_cutout(picture: Image.Image) -> Encoded:
    """Return the garment alone, the rest transparent, as it is served: WebP."""
    return _encode(picture, "WEBP", _CUTOUT)


def thumb(picture: Image.Image, cut: Image.Image | None) -> Encoded:
    """Return the garment (or the whole, where ``cut`` is ``None``), at most ``THUMB_SIDE`` a side."""
    box = (0, 0, *picture.size) if cut is None else masks.garment_box(cut, picture.size)
    scale = min(1.0, THUMB_SIDE / max(box[2] - box[0], box[3] - box[1]))
    size = (max(1, round((box[2] - box[0]) * scale)), max(1, round((box[3] - box[1]) * scale)))
    small = picture.resize(size, Image.Resampling.LANCZOS, box=box, reducing_gap=1.5)
    if cut is not None:
        wide, high = cut.width / picture.width, cut.height / picture.height
        part = (box[0] * wide, box[1] * high, box[2] * wide, box[3] * high)
        small.putalpha(cut.resize(size, Image.Resampling.HAMMING, box=part))
    return _encode(small, "WEBP", _THUMB)


def thumb_of_original(data: bytes) -> Encoded:
    """Return the thumbnail of a stored original rendition."""
    return thumb(*_planes(reopened(data, side=THUMB_SIDE)))


def reopened(data: bytes, *, side: int) -> Image.Image:
    """Return a stored original rendition, with at least ``side`` pixels a side but maybe not all it has."""
    with Image.open(io.BytesIO(data), formats=["JPEG", "WEBP"]) as stored:
        stored.draft("RGB", (side, side))
        stored.load()
        return stored


def colours_of_middle(picture: Image.Image, part: float) -> list[Colour]:
    """Return the dominant colours of the middle ``part`` (each way) of a picture without a mask."""
    colour, alpha = _planes(reduced(picture, MEASURED_SIDE))
    across, down = round(colour.width * (1 - part) / 2), round(colour.height * (1 - part) / 2)
    box = (across, down, colour.width - across, colour.height - down)
    return dominant_colours(colour.crop(box), alpha.crop(box) if alpha else None)


def as_png(data: bytes) -> bytes:
    """Return a stored WebP cutout as PNG."""
    with Image.open(io.BytesIO(data), formats=["WEBP"]) as stored:
        return _encode(stored, "PNG", {"compress_level": 1}).data


def reduced(picture: Image.Image, side: int) -> Image.Image:
    """Return ``picture`` with at most ``side`` pixels a side; itself where it has no more.

    A whole number of pixels becomes one where that leaves nearly as many: their mean is exact, shows no
    moiré in a weave, and is made faster than by any filter (``bench.image``).
    """
    longest = max(picture.size)
    if longest <= side:
        return picture
    times = math.ceil(longest / side)
    if longest / times >= NEARLY * side:
        return picture.reduce(times)
    size = (max(1, round(picture.width * side / longest)), max(1, round(picture.height * side / longest)))
    # Reads fewer pixels for each than BICUBIC, and is as sharp at the scales that photos need.
    return picture.resize(size, Image.Resampling.HAMMING, reducing_gap=1.5)


def _measure(
    colour: Image.Image, cut: Image.Image | None, coverage: float, size: tuple[int, int]
) -> Measures:
    small = reduced(colour, MEASURED_SIDE)
    ground = Image.new("RGB", small.size, NEUTRAL)
    ground.paste(small, mask=None if cut is None else cut.resize(small.size, Image.Resampling.BOX))
    box = None if cut is None else masks.garment_box(cut, small.size, margin=0)
    return Measures(
        width=size[0],
        height=size[1],
        colours=dominant_colours(small, cut),
        coverage=round(coverage, 4),
        quality=masks.quality_of(coverage),
        phash=perceptual_hash(ground.crop(box)),
    )


def _planes(picture: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    if picture.mode == "RGB":
        return picture, None
    return picture.convert("RGB"), picture.getchannel("A")


def _over(picture: Image.Image, ground: tuple[int, int, int]) -> Image.Image:
    if picture.mode == "RGB":
        return picture
    flat = Image.new("RGB", picture.size, ground)
    flat.paste(picture, mask=picture.getchannel("A"))
    return flat


def _encode(picture: Image.Image, kind: str, options: Mapping[str, Any]) -> Encoded:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return Encoded(file.getvalue(), f"image/{kind.lower()}", "jpg" if kind == "JPEG" else kind.lower())
