import io
from itertools import product

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.media.phash import hamming, perceptual_hash
from core.media.service import SAME_BITS
from tests.flatlay import DRESS, SHIRT, TROUSERS, flat_lay
from tests.unit.media.photos import noise


def photo(seed: int) -> Image.Image:
    """A smooth picture with structure at every scale, like a photo has."""
    rng = np.random.default_rng(seed)
    blurred = sum(cv2.GaussianBlur(rng.normal(0, s, (120, 100, 3)), (0, 0), s) for s in (4, 12))
    scaled = (blurred - blurred.min()) / (blurred.max() - blurred.min()) * 255
    return Image.fromarray(scaled.astype(np.uint8))


def saved_again(original: Image.Image, scale: float, quality: int, light: int) -> Image.Image:
    width, height = original.size
    resized = original.resize((round(width * scale), round(height * scale)))
    file = io.BytesIO()
    resized.point(lambda value: value * 0.86 + 18 + light).save(file, "JPEG", quality=quality)
    return Image.open(file)


def test_resizing_resaving_and_light_hardly_change_it() -> None:
    distances = [
        hamming(perceptual_hash(original), perceptual_hash(saved_again(original, *change)))
        for original in map(photo, range(40))
        for change in product((0.5, 0.8, 1.6), (50, 75, 95), (-18, 0, 18))
    ]
    assert sum(distance <= SAME_BITS for distance in distances) >= 0.99 * len(distances)
    assert max(distances) <= 10


def test_unrelated_pictures_are_far_apart() -> None:
    hashes = [perceptual_hash(photo(seed)) for seed in range(25)]
    distances = [hamming(a, b) for i, a in enumerate(hashes) for b in hashes[:i]]
    assert min(distances) > 8
    assert np.mean(distances) == pytest.approx(32, abs=2)


def test_garments_of_other_shapes_are_told_apart() -> None:
    hashes = [perceptual_hash(Image.fromarray(flat_lay(shape)[0])) for shape in (SHIRT, TROUSERS, DRESS)]
    assert all(hamming(a, b) > 8 for i, a in enumerate(hashes) for b in hashes[:i])


def test_it_is_64_bits_as_hex_of_any_picture() -> None:
    for picture in (
        Image.new("RGB", (1, 1)),
        Image.new("L", (500, 3), 9),
        Image.fromarray(noise(channels=4)),
    ):
        digits = perceptual_hash(picture)
        assert len(digits) == 16
        assert int(digits, 16) < 2**64


def test_a_flat_picture_has_a_steady_hash() -> None:
    assert len({perceptual_hash(Image.new("L", (64, 64), grey)) for grey in range(0, 256, 15)}) == 1


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_distance_counts_differing_bits(one: int, other: int) -> None:
    assert hamming(f"{one:016x}", f"{other:016x}") == bin(one ^ other).count("1")
