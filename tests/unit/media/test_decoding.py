import contextlib
import io
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageCms

from core.media.decoding import open_upright
from core.media.errors import BrokenPicture, PictureTooLarge, TooManyPixels
from core.media.renditions import encode_original
from core.platform.errors import DomainError
from tests.unit.media.photos import (
    P3_TO_XYZ_D50,
    display_p3,
    encoded,
    exif_with,
    noise,
    real_bomb,
    tiny_bomb,
)


def opened(data: bytes, *, max_bytes: int = 10**7, max_pixels: int = 10**6) -> Image.Image:
    return open_upright(data, max_bytes=max_bytes, max_pixels=max_pixels)


def pixels(picture: Image.Image) -> NDArray[np.uint8]:
    return np.asarray(picture)


def upright(stored: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Each pixel moved by hand, by the table of EXIF: where row 0 and column 0 of what is stored belong."""
    height, width = stored.shape[:2]
    places: dict[int, Callable[[int, int], tuple[int, int]]] = {
        1: lambda r, c: (r, c),
        2: lambda r, c: (r, width - 1 - c),
        3: lambda r, c: (height - 1 - r, width - 1 - c),
        4: lambda r, c: (height - 1 - r, c),
        5: lambda r, c: (c, r),
        6: lambda r, c: (c, height - 1 - r),
        7: lambda r, c: (width - 1 - c, height - 1 - r),
        8: lambda r, c: (width - 1 - c, r),
    }
    place = places[orientation]
    shape = (height, width) if orientation < 5 else (width, height)
    result = np.zeros((*shape, stored.shape[2]), np.uint8)
    for row in range(height):
        for column in range(width):
            result[place(row, column)] = stored[row, column]
    return result


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 8), st.integers(1, 9), st.integers(1, 9), st.sampled_from([3, 4]))
def test_pictures_come_out_upright(orientation: int, width: int, height: int, channels: int) -> None:
    stored = noise(width, height, channels)
    if channels == 4:
        stored[..., 3] |= 1  # so that no pixel loses its colour
        stored[0, 0, 3] = 200
    data = encoded("PNG", Image.fromarray(stored), exif=exif_with(orientation))
    assert np.array_equal(pixels(opened(data)), upright(stored, orientation))


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_orientation_counts_in_lossy_formats_too(kind: str) -> None:
    half = np.zeros((40, 80, 3), np.uint8)
    half[:, :40] = 255
    data = encoded(kind, Image.fromarray(half), exif=exif_with(6), quality=95)
    top, bottom = np.split(pixels(opened(data)), 2)
    assert top.shape == (40, 40, 3)
    assert top.mean() > 245 > 10 > bottom.mean()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_heic_is_turned_once_by_its_own_boxes(orientation: int) -> None:
    stored = np.zeros((48, 96, 3), np.uint8)
    stored[:, :48, 0] = stored[:24, :, 1] = 255
    data = encoded("HEIF", Image.fromarray(stored), exif=exif_with(orientation).tobytes(), quality=100)
    wanted = upright(stored, orientation).astype(int)
    assert np.abs(pixels(opened(data)) - wanted).mean() < 6


@pytest.mark.parametrize("orientation", [0, 9, 77])
def test_an_orientation_that_means_nothing_is_none(orientation: int) -> None:
    assert opened(encoded("PNG", exif=exif_with(orientation))).size == (40, 24)


def test_an_orientation_that_is_no_number_is_none() -> None:
    word = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x02\0\0\0\x01side\0\0\0\0"
    assert opened(encoded("JPEG", exif=word)).size == (40, 24)


def test_nothing_but_pixels_gets_through() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = encoded(
        "JPEG", exif=exif_with(1), comment=b"SECRET-COMMENT", xmp=b"<x>SECRET-XMP</x>", icc_profile=srgb
    )
    assert data.count(b"SECRET") == 3
    for kind in ("JPEG", "PNG", "WEBP", "HEIF"):
        written = io.BytesIO()
        opened(encoded(kind, exif=exif_with(1))).save(written, "PNG")
        assert b"SECRET" not in written.getvalue()
    served = encode_original(opened(data)).data
    assert b"SECRET" not in served
    assert not Image.open(io.BytesIO(served)).getexif()
    assert "icc_profile" not in Image.open(io.BytesIO(served)).info


@pytest.mark.parametrize(
    "profile", [b"not a profile", ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()]
)
def test_a_profile_that_cannot_be_used_does_not_lose_the_picture(profile: bytes) -> None:
    data = encoded("PNG", icc_profile=profile)
    assert opened(data).size == (40, 24)


@pytest.mark.parametrize(
    ("mode", "out"), [("L", "RGB"), ("1", "RGB"), ("P", "RGB"), ("LA", "RGBA"), ("RGBA", "RGBA")]
)
def test_every_mode_becomes_rgb_or_rgba(mode: str, out: str) -> None:
    source = Image.fromarray(noise(channels=4))
    picture = source.convert("RGB").convert(mode) if mode in ("1", "P") else source.convert(mode)
    assert opened(encoded("PNG", picture)).mode == out


def test_cmyk_is_read() -> None:
    red = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    assert pixels(opened(encoded("JPEG", red, quality=95)))[4, 4, 0] > 200 > 60


def test_sixteen_bit_grey_keeps_its_range() -> None:
    ramp = np.linspace(0, 65535, 256).astype(np.uint16)[None].repeat(4, 0)
    shown = pixels(opened(encoded("PNG", Image.fromarray(ramp))))[0, :, 0].astype(int)
    assert np.abs(shown - np.arange(256)).max() <= 1


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
@pytest.mark.parametrize("part", [0.4, 0.7, 0.95])
def test_a_truncated_picture_is_told_to_be_broken(kind: str, part: float) -> None:
    data = encoded(kind, Image.fromarray(noise(160, 120)))
    with pytest.raises(BrokenPicture, match=kind) as caught:
        opened(data[: int(len(data) * part)])
    assert caught.value.errors[0].pointer == "/image"


def test_pixels_are_counted_before_they_are_decoded() -> None:
    for bomb in (tiny_bomb(), real_bomb(8_000, 6_300)):
        assert len(bomb) < 1_000_000
        with pytest.raises(TooManyPixels, match=r"at most 50000000 .*MEDIA_MAX_PIXELS"):
            opened(bomb, max_pixels=50_000_000)
    with pytest.raises(TooManyPixels, match=r"9000 x 9000 = 81000000 pixels"):
        opened(tiny_bomb(9_000, 9_000), max_pixels=50_000_000)


def test_the_limit_on_pixels_is_inclusive() -> None:
    assert opened(encoded("PNG"), max_pixels=40 * 24).size == (40, 24)
    with pytest.raises(TooManyPixels):
        opened(encoded("PNG"), max_pixels=40 * 24 - 1)


def test_a_side_no_webp_can_have_is_refused() -> None:
    with pytest.raises(TooManyPixels, match="16383"):
        opened(tiny_bomb(16_384, 2))


def test_a_jpeg_that_would_be_decoded_again_and_again_is_refused_before() -> None:
    usual = encoded("JPEG", progressive=True)
    last = usual[usual.rindex(b"\xff\xda") : -2]
    assert opened(usual[:-2] + last * 50 + usual[-2:]).size == (40, 24)
    with pytest.raises(BrokenPicture, match="100 scans"):
        opened(usual[:-2] + last * 500 + usual[-2:])


@pytest.mark.parametrize("progressive", [False, True])
def test_what_only_looks_like_scans_is_none(progressive: bool) -> None:
    data = encoded("JPEG", progressive=progressive, comment=b"\xff\xda" * 500)
    assert opened(data + b"\xff\xda\x00\x02" * 500).size == (40, 24)


def test_bytes_are_counted_first() -> None:
    with pytest.raises(PictureTooLarge):
        opened(b"GIF89a" + b"\0" * 100, max_bytes=10)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["JPEG", "PNG", "WEBP", "HEIF"]), st.data())
def test_damaged_pictures_are_refused_or_read_but_never_crash(kind: str, data: st.DataObject) -> None:
    good = bytearray(encoded(kind))
    for _ in range(data.draw(st.integers(1, 8))):
        good[data.draw(st.integers(8, len(good) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(DomainError):
        assert opened(bytes(good)).mode in ("RGB", "RGBA")


# Bradford-adapted XYZ (D50) to linear sRGB, from the primaries of IEC 61966-2-1.
D50_TO_SRGB = np.array(
    [
        [3.1338561, -1.6168667, -0.4906146],
        [-0.9787684, 1.9161415, 0.0334540],
        [0.0719453, -0.2289914, 1.4052427],
    ]
)


def as_srgb(wide: tuple[int, int, int]) -> NDArray[np.float64]:
    linear = D50_TO_SRGB @ (np.array(P3_TO_XYZ_D50).T @ (np.array(wide) / 255) ** 2.2)
    clipped = np.clip(linear, 0, 1)
    encoded = np.where(clipped <= 0.0031308, clipped * 12.92, 1.055 * clipped ** (1 / 2.4) - 0.055)
    return np.asarray(encoded * 255)


@pytest.mark.parametrize("wide", [(200, 100, 50), (60, 140, 200), (128, 128, 128), (90, 160, 90)])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_wide_gamut_colours_stay_what_they_were(wide: tuple[int, int, int], mode: str) -> None:
    picture = Image.new("RGB", (8, 8), wide).convert(mode)
    if mode == "RGBA":
        picture.putpixel((7, 7), (0, 0, 0, 0))
    shown = pixels(opened(encoded("PNG", picture, icc_profile=display_p3())))
    assert shown[0, 0, :3] == pytest.approx(as_srgb(wide), abs=2)
    if mode == "RGBA":
        assert (shown[0, 0, 3], shown[7, 7, 3]) == (255, 0)
