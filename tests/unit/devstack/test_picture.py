"""The demo's own judgement: it must be able to say no."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageOps

from devstack.picture import Unlike, check_same_picture, whereabouts

PHOTO = (Path(__file__).parents[2] / "data" / "astronaut-sideways-gps.jpg").read_bytes()


def _encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def upright() -> Image.Image:
    turned = ImageOps.exif_transpose(Image.open(io.BytesIO(PHOTO)))
    return Image.frombytes("RGB", turned.size, turned.tobytes())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_clean_upright_rendition_passes(upright: Image.Image, kind: str) -> None:
    rendition = _encoded(upright, kind)
    check_same_picture(PHOTO, rendition)
    assert whereabouts(rendition) == []


def test_the_photo_itself_says_where_it_was_taken() -> None:
    assert {"EXIF GPS", "XMP", "exif:GPS"} <= set(whereabouts(PHOTO))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_exif_that_was_passed_on_is_found(upright: Image.Image, kind: str) -> None:
    exif = Image.open(io.BytesIO(PHOTO)).getexif()
    assert "EXIF GPS" in whereabouts(_encoded(upright, kind, exif=exif))


@pytest.mark.parametrize("turn", list(Image.Transpose))
def test_any_other_turn_is_refused(upright: Image.Image, turn: Image.Transpose) -> None:
    with pytest.raises(Unlike):
        check_same_picture(PHOTO, _encoded(upright.transpose(turn), "PNG"))


def test_an_invisible_picture_is_refused(upright: Image.Image) -> None:
    upright = upright.convert("RGBA")
    upright.putalpha(0)
    with pytest.raises(Unlike, match="nothing of it is visible"):
        check_same_picture(PHOTO, _encoded(upright, "PNG"))
