"""What can be seen in a picture without a trained model: colours, pattern and silhouette, by measuring.

The garment is where the picture is opaque, or else what the segmentation service would cut out.
Colours are counted per nearest named colour in CIE Lab. The pattern is read from the directions of
edges (one for stripes), from how well crossing bands explain it (checks) and from round specks
(dots). The silhouette is read from how wide the garment is from top to bottom.
"""

import base64
import binascii
import io
import re
import warnings
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from devstack.openai.brain.words import COLOURS
from devstack.segmentation.cutout import cut

type Pixels = NDArray[np.uint8]
type Mask = NDArray[np.bool_]
type Plane = NDArray[np.float32]

_SIDE = 256
_MOST_PIXELS = 50_000_000
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_DATA_URL = re.compile(r"data:image/(png|jpe?g|webp|gif);base64,(.*)", re.DOTALL | re.IGNORECASE)
_SMALLEST_SHARE = 0.04
_NAMES = [name for name in COLOURS if name not in {"gray", "navy blue", "fuchsia", "maroon"}]


class UnreadableImage(ValueError):
    """The URL holds no picture that can be decoded."""


@dataclass(frozen=True)
class Guess:
    """One finding and how sure it is, 0..1."""

    value: str
    confidence: float


@dataclass(frozen=True)
class ColourShare:
    """One colour of the garment: its name, mean sRGB as ``#rrggbb``, mean CIE Lab, part of the area."""

    name: str
    hex: str
    lab: tuple[float, float, float]
    share: float


@dataclass(frozen=True)
class Look:
    """What one picture shows; ``width`` and ``height`` are the submitted pixels."""

    width: int
    height: int
    colours: tuple[ColourShare, ...]
    pattern: Guess
    silhouette: Guess


def look(url: str) -> Look:
    """Decode a ``data:`` URL and measure it. CPU-bound; raises UnreadableImage."""
    found = _DATA_URL.fullmatch(url.strip())
    if found is None:
        raise UnreadableImage("only data: URLs of png, jpeg, webp or gif are read")
    try:
        data = base64.b64decode(found[2], validate=True)
    except binascii.Error as error:
        raise UnreadableImage("the data: URL is not base64") from error
    picture = _decode(data)
    small = picture.resize(_fitted(picture.size), Image.Resampling.BOX)
    rgba = np.asarray(small, np.uint8)
    mask = _garment(rgba)
    return Look(picture.width, picture.height, _colours(rgba, mask), _pattern(rgba, mask), _silhouette(mask))


def _decode(data: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=_FORMATS)
            if image.width * image.height > _MOST_PIXELS:
                raise UnreadableImage("the picture has too many pixels")
            return ImageOps.exif_transpose(image).convert("RGBA")
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        Image.DecompressionBombError,
        Warning,
    ) as error:
        raise UnreadableImage("the picture cannot be decoded") from error


def _fitted(size: tuple[int, int]) -> tuple[int, int]:
    scale = min(1.0, _SIDE / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _garment(rgba: Pixels) -> Mask:
    opaque = np.asarray(rgba[..., 3] > 127, np.bool_)
    if not opaque.all() and opaque.any():
        return opaque
    found = np.asarray(cut(np.ascontiguousarray(rgba[..., 2::-1])) > 127, np.bool_)
    return found if 0.02 < found.mean() < 0.98 else np.ones(found.shape, np.bool_)


def _colours(rgba: Pixels, mask: Mask) -> tuple[ColourShare, ...]:
    """The named colours that cover at least 4 % of the garment, largest first."""
    pixels = rgba[..., :3][mask]
    lab = to_lab(pixels)
    named = nearest(lab, _NAMES)
    counts = np.bincount(named, minlength=len(_NAMES))
    shares: list[ColourShare] = []
    for index in np.argsort(-counts, kind="stable"):
        share = float(counts[index] / len(pixels))
        if share < _SMALLEST_SHARE and shares:
            break
        own = named == index
        red, green, blue = (round(float(value)) for value in pixels[own].mean(axis=0))
        lightness, a, b = (round(float(value), 1) for value in lab[own].mean(axis=0))
        code = f"#{red:02x}{green:02x}{blue:02x}"
        shares.append(ColourShare(_NAMES[index], code, (lightness, a, b), round(share, 3)))
    return tuple(shares)


def to_lab(rgb: NDArray[np.uint8]) -> Plane:
    """N x 3 sRGB bytes to CIE Lab (D65)."""
    unit = rgb.reshape(-1, 1, 3).astype(np.float32) / np.float32(255)
    return np.asarray(cv2.cvtColor(unit, cv2.COLOR_RGB2LAB).reshape(-1, 3), np.float32)


def nearest(lab: Plane, names: list[str]) -> NDArray[np.intp]:
    """For each Lab colour the index of the nearest of the named ones.

    Lightness counts a little less than hue: the same cloth lies in light and in shadow.
    """
    table = to_lab(np.array([COLOURS[name] for name in names], np.uint8))
    weights = np.array([0.8, 1.0, 1.0], np.float32)
    distance = ((lab[:, None, :] - table[None, :, :]) * weights) ** 2
    return np.asarray(distance.sum(axis=2).argmin(axis=1), np.intp)


def _pattern(rgba: Pixels, mask: Mask) -> Guess:
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
    inner = cv2.erode(mask.astype(np.uint8), kernel, borderValue=0).astype(np.bool_)
    if inner.sum() < 200:
        return Guess("solid", 0.2)
    smooth = cv2.GaussianBlur(np.ascontiguousarray(rgba[..., :3]), (0, 0), 1.0)
    lab = to_lab(smooth).reshape(*mask.shape, 3)
    contrast, directions = _edges(lab, inner)
    if contrast < 0.05:
        return Guess("solid", round(min(0.95, 0.95 - 4 * contrast), 2))
    if contrast < 0.09:
        return Guess("textured", 0.45)
    return _kind_of_pattern(lab, inner, directions)


def _kind_of_pattern(lab: Plane, inner: Mask, directions: Plane) -> Guess:
    peak = int(directions.argmax())
    along = float(sum(directions[(peak + step) % 18] for step in (-1, 0, 1)))
    if along > 0.62:
        return Guess("striped", round(min(0.92, along), 2))
    if (bands := _crossing_bands(lab, inner)) > 0.86:
        return Guess("checked", round(min(0.9, bands), 2))
    roundness = _specks(lab, inner)
    if roundness > 0.5:
        return Guess("dotted", round(min(0.88, 0.4 + roundness / 2), 2))
    return Guess("printed", 0.5)


def _edges(lab: Plane, inner: Mask) -> tuple[float, Plane]:
    """The share of the garment that is edge, and how edge strength spreads over 18 directions (sum 1)."""
    along_x = np.stack([cv2.Sobel(lab[..., axis], cv2.CV_32F, 1, 0) for axis in range(3)])
    along_y = np.stack([cv2.Sobel(lab[..., axis], cv2.CV_32F, 0, 1) for axis in range(3)])
    strength = np.hypot(along_x, along_y)
    strongest = strength.argmax(axis=0)[None]
    x, y = (np.take_along_axis(part, strongest, axis=0)[0][inner] for part in (along_x, along_y))
    power = np.hypot(x, y)
    edge = power > 24
    angle = np.degrees(np.arctan2(y[edge], x[edge])) % 180
    bins = ((angle + 5) // 10).astype(int) % 18
    spread = np.bincount(bins, power[edge], minlength=18)
    return float(edge.mean()), np.asarray(spread / max(spread.sum(), 1e-6), np.float32)


def _crossing_bands(lab: Plane, inner: Mask) -> float:
    """How much of the colour bands across plus bands down explain, about 0..1; 0 if one of them is faint."""
    values = lab - lab[inner].mean(axis=0)
    values[~inner] = 0
    total = float((values**2).sum())
    explained = []
    for axis in (0, 1):
        counts = np.maximum(inner.sum(axis=axis), 1)[:, None]
        means = values.sum(axis=axis) / counts
        explained.append(float((means**2 * counts).sum()) / max(total, 1e-6))
    return sum(explained) if min(explained) > 0.2 else 0.0


def _specks(lab: Plane, inner: Mask) -> float:
    """The part of the rarer colour that lies in small, compact, separate spots, 0..1."""
    ground = np.median(lab[inner], axis=0)
    spots = (inner & (np.linalg.norm(lab - ground, axis=2) > 18)).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(spots, connectivity=4)
    total = int(stats[1:, cv2.CC_STAT_AREA].sum()) if count > 1 else 0
    if count < 6 or not total:
        return 0.0
    compact = 0
    for _, _, width, height, area in stats[1:]:
        fills = area / (width * height)
        if area >= 6 and 0.6 < width / height < 1.67 and 0.6 < fills < 0.95 and area < total / 4:
            compact += int(area)
    return compact / total


def _silhouette(mask: Mask) -> Guess:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    body = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    height, width = body.shape
    fills = float(body.mean())
    if fills > 0.97 or mask[-2:].mean() > 0.35:
        return Guess("worn", 0.4)  # it leaves the frame: a person in it, not a thing laid out
    return _laid_out(body, height / width, fills)


def _laid_out(body: Mask, tall: float, fills: float) -> Guess:
    """``tall`` is height over width of the garment's box, ``fills`` how much of the box it covers."""
    if tall > 3.5:
        return Guess("long", 0.5)
    if tall < 0.62:
        return Guess("shoe", 0.45)
    top, middle, bottom = _widths(body)
    if _split(body):
        return Guess("trousers", 0.85) if tall > 1.25 else Guess("shorts", 0.75)
    if top > 1.25 * bottom and fills < 0.8:
        return Guess("top", 0.85)
    if bottom > 1.3 * top:
        return Guess("dress", 0.8) if tall > 1.2 and middle < 0.9 * bottom else Guess("skirt", 0.65)
    if tall > 1.9:
        return Guess("dress", 0.45)
    return Guess("sleeveless", 0.4) if tall > 1.1 else Guess("compact", 0.35)


def _widths(body: Mask) -> tuple[float, float, float]:
    """Mean extent of the upper, middle and lower third."""
    extents = [np.ptp(np.flatnonzero(row)) if row.any() else 0 for row in body]
    upper, middle, lower = np.array_split(np.array(extents, float), 3)
    return float(upper.max()), float(middle.mean()), float(lower.mean())


def _split(body: Mask) -> bool:
    """Whether the lower part falls into two legs."""
    lower = body[round(len(body) * 0.6) : round(len(body) * 0.95)]
    runs = [np.count_nonzero(np.diff(row.astype(np.int8)) == -1) + int(row[-1]) for row in lower]
    gaps = [not row[len(row) // 3 : len(row) * 2 // 3].all() for row in lower]
    return bool(np.median(runs) == 2 and np.mean(gaps) > 0.7)
