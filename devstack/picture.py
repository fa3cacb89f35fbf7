"""What the demo and the tests ask of a served picture: does it tell a place, is it the photo, upright?"""

from __future__ import annotations

import io

import numpy as np
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

_MARKERS = (b"exif:GPS", b"GPSLatitude", b"Exif\x00\x00")
_SOLID = 200
_LARGEST_MEAN_DIFFERENCE = 16.0  # of 255: lossy encodings differ by 2 to 5, another picture by 50 and more


class Unlike(ValueError):
    """The picture is not the expected one; the text says how."""


def whereabouts(data: bytes) -> list[str]:
    """Return what in a file may tell where it was taken: EXIF with GPS, XMP, or their traces in the bytes."""
    found = [marker.decode(errors="replace").rstrip("\x00") for marker in _MARKERS if marker in data]
    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.getexif().get_ifd(ExifTags.IFD.GPSInfo):
                found.append("EXIF GPS")
            if {"xmp", "XML:com.adobe.xmp"} & image.info.keys():
                found.append("XMP")
    except UnidentifiedImageError:
        pass  # not a picture: its bytes have been searched
    return found


def check_same_picture(photo: bytes, rendition: bytes) -> None:
    """Check that ``rendition`` shows ``photo`` turned the way its EXIF orientation says.

    Transparent pixels are not compared. Raises ``Unlike``.
    """
    with Image.open(io.BytesIO(photo)) as sideways, Image.open(io.BytesIO(rendition)) as image:
        upright = ImageOps.exif_transpose(sideways).convert("RGB")
        if image.size != upright.size:
            raise Unlike(
                f"it is {image.size[0]} x {image.size[1]}, not {upright.size[0]} x {upright.size[1]}"
            )
        pixels = np.asarray(image.convert("RGBA"), dtype=np.int16)
        expected = np.asarray(upright, dtype=np.int16)
    solid = pixels[..., 3] >= _SOLID
    if not solid.any():
        raise Unlike("nothing of it is visible")
    difference = float(np.abs(pixels[..., :3] - expected)[solid].mean())
    if difference > _LARGEST_MEAN_DIFFERENCE:
        raise Unlike(f"its pixels differ by {difference:.0f} of 255 on average")
