"""From hostile bytes to an upright sRGB picture without metadata.

Everything a file can do to us is decided here, in this order: bytes, type, scans, pixels (read from the
header), and only then the decoder. What leaves this module carries pixels and nothing else: no EXIF, GPS,
XMP, comment, thumbnail or colour profile.
"""

from __future__ import annotations

import io
import re
import warnings
from itertools import islice
from typing import Final

import pillow_heif
from PIL import Image, ImageCms

from core.media.errors import BrokenPicture, TooManyPixels, about_image
from core.media.sniffing import Format, check_bytes, sniff

pillow_heif.register_heif_opener(thumbnails=False)
# Pillow only warns between one and two times its own limit. Ours is lower and is asked first; should a
# format ever report its size late, the warning must stop it, in every thread.
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)

LONGEST_SIDE: Final = 16383
"""The most pixels a side of a WebP can have (RFC 9649), and the cutout is one."""

MOST_SCANS: Final = 100
"""The most passes over the picture a JPEG may make; encoders make about ten.

Each costs the decoder the whole picture, and may have a few dozen bytes: a file of the size that is accepted
could hold a worker up for an hour.
"""
_SCAN: Final = b"\xda"
_LIKE_A_SCAN: Final = re.compile(rb"\xff(?=\xda)")
"""One byte and a look ahead: the engine leaps from one 0xFF to the next, which it does not for two bytes."""
_END: Final = b"\xd9"
_MARKER: Final = re.compile(rb"\xff([\x02-\xcf\xd9-\xfe])")
"""A marker of ITU-T T.81, table B.1, but for those that stand within a scan or alone."""

_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes a picture upright, by EXIF orientation (CIPA DC-008, tag 0x0112)."""

_SRGB: Final = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def open_upright(data: bytes, *, max_bytes: int, max_pixels: int) -> Image.Image:
    """Return ``data`` as an upright RGB (or RGBA, where it has transparency) picture in sRGB.

    Raises:
        UnsupportedPicture, AnimatedPicture: see ``sniff``.
        PictureTooLarge: more than ``max_bytes``.
        TooManyPixels: more than ``max_pixels``, or a side above ``LONGEST_SIDE``.
        BrokenPicture: the decoder cannot read it to its end, or would not come to one (``MOST_SCANS``).
    """
    check_bytes(len(data), max_bytes)
    kind = sniff(data)
    if kind == "JPEG":
        _check_scans(data)
    try:
        with Image.open(io.BytesIO(data), formats=[kind]) as opened:
            _check_pixels(opened.size, max_pixels)
            opened.load()
            _check_pixels(opened.size, max_pixels)
            return _cleaned(opened)
    except (TooManyPixels, MemoryError):
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise _too_many(max_pixels, "far too many") from None
    except Exception as error:  # decoders of hostile bytes raise anything
        raise _broken(kind, error) from error


def _check_scans(data: bytes) -> None:
    # Counting is quick; only where it finds many need they be told from bytes that look like them.
    alike = sum(1 for _ in islice(_LIKE_A_SCAN.finditer(data), MOST_SCANS + 1))
    if alike > MOST_SCANS and _scans(data) > MOST_SCANS:
        detail = f"The JPEG picture has more than {MOST_SCANS} scans. Save it again and send that."
        raise BrokenPicture(detail, errors=about_image(f"at most {MOST_SCANS} scans"))


def _scans(data: bytes) -> int:
    """Count a JPEG's scans, up to one more than are accepted; what lies in other segments is none."""
    at, found = 2, 0
    while found <= MOST_SCANS:
        marker = _MARKER.search(data, at)
        if marker is None or marker[1] == _END:
            break
        found += marker[1] == _SCAN
        at = marker.end() + int.from_bytes(data[marker.end() : marker.end() + 2])
    return found


def _check_pixels(size: tuple[int, int], max_pixels: int) -> None:
    width, height = size
    if width * height > max_pixels:
        raise _too_many(max_pixels, f"{width} x {height} = {width * height}")
    if max(size) > LONGEST_SIDE:
        detail = f"The picture is {width} x {height} pixels; a side may have at most {LONGEST_SIDE}."
        raise TooManyPixels(detail, errors=about_image(f"at most {LONGEST_SIDE} pixels a side"))


def _too_many(max_pixels: int, found: str) -> TooManyPixels:
    detail = f"The picture has {found} pixels; at most {max_pixels} are accepted (MEDIA_MAX_PIXELS)."
    return TooManyPixels(detail, errors=about_image(f"at most {max_pixels} pixels"))


def _broken(kind: Format, error: Exception) -> BrokenPicture:
    early = isinstance(error, EOFError) or "truncated" in str(error).lower()
    reason = "it ends too early" if early else "its data is damaged"
    return BrokenPicture(f"The {kind} picture cannot be decoded: {reason}.", errors=about_image(reason))


def _cleaned(opened: Image.Image) -> Image.Image:
    """Apply colour profile and orientation, then drop everything that is not a pixel."""
    turn = _TURNS.get(_orientation(opened))
    picture = _in_srgb(opened)
    if turn is not None:
        picture = picture.transpose(turn)
    # Encoders fall back on what a decoder left here (a JPEG comment, for one).
    picture.info.clear()
    return picture


def _orientation(opened: Image.Image) -> int:
    try:
        return int(opened.getexif().get(0x0112, 1))
    except Exception:  # noqa: BLE001 - unreadable EXIF says nothing about orientation
        return 1


def _in_srgb(opened: Image.Image) -> Image.Image:
    profile = opened.info.get("icc_profile")
    target = "RGBA" if opened.has_transparency_data else "RGB"
    if profile and opened.mode in ("RGB", "RGBA", "CMYK"):
        try:
            return _converted(opened, profile, target)
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass  # A damaged or foreign profile says nothing; its numbers are then taken as sRGB.
    return opened if opened.mode == target else _to_eight_bits(opened).convert(target)


def _converted(opened: Image.Image, profile: bytes, target: str) -> Image.Image:
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    if "srgb" in ImageCms.getProfileDescription(source).lower():
        return opened
    intent = ImageCms.Intent.RELATIVE_COLORIMETRIC
    transform = ImageCms.buildTransform(source, _SRGB, opened.mode, target, intent)
    in_place = opened.mode == target
    converted = ImageCms.applyTransform(opened, transform, inPlace=in_place)
    return opened if converted is None else converted


def _to_eight_bits(opened: Image.Image) -> Image.Image:
    """Scale 16-bit grey down; Pillow's own conversion would clip it to white."""
    if not opened.mode.startswith("I"):
        return opened
    return opened.point(lambda value: value / 257).convert("L")
