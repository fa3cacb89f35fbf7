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
P3_TO_XYZ_D50 = ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407))


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


def display_p3() -> bytes:
    """A colour profile with the primaries of Display P3 and a plain gamma of 2.2 (ICC.1:2010, matrix/TRC)."""

    def xyz(*values: float) -> bytes:
        return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in values))

    gamma = b"curv" + struct.pack(">IIH", 0, 1, round(2.2 * 256)) + b"\0\0"
    text = b"wide\0"
    described = b"desc" + struct.pack(">II", 0, len(text)) + text + bytes(12 + 67)
    tags = {
        b"desc": described + bytes(-len(described) % 4),
        b"cprt": b"text\0\0\0\0none\0\0\0\0",
        b"wtpt": xyz(0.9642, 1.0, 0.8249),
        b"rXYZ": xyz(*P3_TO_XYZ_D50[0]),
        b"gXYZ": xyz(*P3_TO_XYZ_D50[1]),
        b"bXYZ": xyz(*P3_TO_XYZ_D50[2]),
        b"rTRC": gamma,
        b"gTRC": gamma,
        b"bTRC": gamma,
    }
    offset, table, body = 128 + 4 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for name, data in tags.items():
        table += name + struct.pack(">II", offset + len(body), len(data))
        body += data
    size = offset + len(body)
    head = struct.pack(
        ">I4sI4s4s4s12s4s", size, b"\0\0\0\0", 0x02100000, b"mntr", b"RGB ", b"XYZ ", bytes(12), b"acsp"
    )
    return (head + bytes(28) + struct.pack(">3i", 63190, 65536, 54061)).ljust(128, b"\0") + table + body
