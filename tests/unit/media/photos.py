"""Small pictures in every format, made on the spot."""

import io
import struct
import zlib
from typing import Any

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image

pillow_heif.register_heif_opener()

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def noise(width: int = 40, height: int = 24, channels: int = 3, seed: int = 1) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (height, width, channels), dtype=np.uint8)


def saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def encoded(kind: str, picture: Image.Image | None = None, **options: Any) -> bytes:
    return saved(picture or Image.fromarray(noise()), kind, **options)


def exif_with(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "SECRET-CAMERA"
    exif.get_ifd(0x8825)[2] = (28.0, 31.0, 27.0)
    return exif


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_header(width: int, height: int) -> bytes:
    return PNG_SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))


def tiny_bomb(width: int = 20_000, height: int = 10_000) -> bytes:
    """A PNG of a few bytes that says it has 200 megapixels."""
    return png_header(width, height) + chunk(b"IDAT", zlib.compress(b"\x00")) + chunk(b"IEND", b"")


def real_bomb(width: int = 20_000, height: int = 10_000) -> bytes:
    """A PNG of a few hundred kilobytes that really unfolds into 200 megapixels."""
    packer, row = zlib.compressobj(9), bytes(1 + 3 * width)
    packed = b"".join([packer.compress(row) for _ in range(height)]) + packer.flush()
    return png_header(width, height) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def animation(kind: str) -> bytes:
    frames = [Image.fromarray(noise(seed=seed)) for seed in (1, 2)]
    return saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
