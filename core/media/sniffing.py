"""What a file is by its bytes: names and headers lie, and a decoder must never be chosen by them.

Only signatures are read here, so that anything unexpected is refused before a decoder sees it.
Sources: JPEG ITU-T T.81, PNG 3rd edition (with ``acTL``), WebP RFC 9649, HEIF ISO/IEC 23008-12 (brands).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from core.media.errors import AnimatedPicture, BrokenPicture, PictureTooLarge, UnsupportedPicture, about_image

type Format = Literal["JPEG", "PNG", "WEBP", "HEIF"]

ACCEPTED_TYPES = ("image/jpeg", "image/png", "image/webp", "image/heic", "image/heif")
MEDIA_TYPES: Mapping[Format, str] = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "HEIF": "image/heic",
}
ACCEPTED_NAMES = "JPEG, PNG, WebP and HEIC"

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MOST_CHUNKS = 1000
_STILL_HEIF = {b"heic", b"heix", b"heim", b"heis", b"mif1"}
_HEIF_SEQUENCE = {b"hevc", b"hevx", b"hevm", b"hevs", b"msf1"}
_REFUSED: tuple[tuple[bytes, str], ...] = (
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"BM", "BMP"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"%PDF", "PDF"),
    (b"\x00\x00\x01\x00", "ICO"),
    (b"8BPS", "Photoshop"),
    (b"PK\x03\x04", "ZIP"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\x00\x00\x00\x0cJXL ", "JPEG XL"),
    (b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
)


def sniff(data: bytes) -> Format:
    """Return the picture format of ``data``.

    Raises:
        BrokenPicture: there are no bytes, or a PNG has thousands of chunks before its pixels.
        UnsupportedPicture: another kind of file; the detail names it where it is known.
        AnimatedPicture: an APNG, an animated WebP or a HEIF sequence.
    """
    if not data:
        raise BrokenPicture("The picture is empty: 0 bytes were sent.", errors=about_image("0 bytes"))
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(PNG_SIGNATURE):
        return _still("PNG", "an animated PNG", animated=_png_is_animated(data))
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _still("WEBP", "an animated WebP", animated=_webp_is_animated(data))
    brand = data[8:12] if data[4:8] == b"ftyp" else b""
    if brand in _STILL_HEIF or brand in _HEIF_SEQUENCE:
        return _still("HEIF", "a HEIF image sequence", animated=brand in _HEIF_SEQUENCE)
    name = _name(data, brand)
    raise UnsupportedPicture(
        f"The bytes are {name}; {ACCEPTED_NAMES} are accepted.", errors=about_image(f"is {name}")
    )


def check_bytes(size: int, max_bytes: int) -> None:
    """Raise ``PictureTooLarge`` where ``size`` is above ``max_bytes``."""
    if size > max_bytes:
        detail = f"The picture has {size} bytes; at most {max_bytes} are accepted (MEDIA_MAX_BYTES)."
        raise PictureTooLarge(detail, errors=about_image(f"at most {max_bytes} bytes"))


def _still(kind: Format, animated_name: str, *, animated: bool) -> Format:
    if animated:
        raise AnimatedPicture(
            f"The picture is {animated_name}; send a single still picture.",
            errors=about_image(f"is {animated_name}"),
        )
    return kind


def _png_is_animated(data: bytes) -> bool:
    """Tell whether ``acTL`` stands before the first ``IDAT``, as APNG asks.

    Raises:
        BrokenPicture: more than ``_MOST_CHUNKS`` stand there, which would hold the event loop up.
    """
    position = len(PNG_SIGNATURE)
    for _ in range(_MOST_CHUNKS):
        kind = data[position + 4 : position + 8]
        if kind in (b"acTL", b"IDAT") or len(kind) < 4:
            return kind == b"acTL"
        position += 12 + int.from_bytes(data[position : position + 4])
    detail = f"The PNG picture has {_MOST_CHUNKS} chunks before its pixels. Save it again and send that."
    raise BrokenPicture(detail, errors=about_image(f"less than {_MOST_CHUNKS} chunks before the pixels"))


def _webp_is_animated(data: bytes) -> bool:
    return data[12:16] == b"VP8X" and len(data) > 20 and bool(data[20] & 0x02)


def _name(data: bytes, brand: bytes) -> str:
    if brand in (b"avif", b"avis"):
        return "AVIF"
    if brand:
        return "a video or another ISO media file"
    for signature, name in _REFUSED:
        if data.startswith(signature):
            return name
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<?xml", b"<!doctype", b"<svg", b"<html", b"<!--")):
        return "SVG" if b"<svg" in head else "XML or HTML"
    return "not a picture we know"
