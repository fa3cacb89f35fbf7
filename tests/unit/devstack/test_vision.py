import base64
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from devstack.openai.brain.vision import Look, UnreadableImage, look
from tests.flatlay import DRESS, SHIRT, TROUSERS, flat_lay

COLOURS = {"navy": (28, 40, 82), "red": (196, 34, 44), "green": (40, 135, 70), "yellow": (244, 208, 60)}


def data_url(image: Image.Image, kind: str = "PNG") -> str:
    out = io.BytesIO()
    image.save(out, kind)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(out.getvalue()).decode()}"


def seen(points: list[tuple[float, float]] = SHIRT, **how: Any) -> Look:
    return look(data_url(Image.fromarray(flat_lay(points, height=500, width=450, **how)[0])))


@pytest.mark.parametrize("name", list(COLOURS))
@pytest.mark.parametrize("on", ["plain", "wood"])
def test_the_colour_is_the_garments_not_the_tables(name: str, on: str) -> None:
    first = seen(on=on, colour=COLOURS[name]).colours[0]
    assert first.name == name
    assert first.share > 0.5
    measured = [int(first.hex[place : place + 2], 16) for place in (1, 3, 5)]
    assert np.abs(np.array(measured) - COLOURS[name]).max() < 16


@pytest.mark.parametrize("fabric", ["solid", "striped", "checked", "dotted"])
@pytest.mark.parametrize("colour", ["navy", "red"])
def test_the_pattern_is_read_from_the_cloth(fabric: str, colour: str) -> None:
    pattern = seen(on="wood", fabric=fabric, colour=COLOURS[colour]).pattern
    assert pattern.value == fabric
    assert pattern.confidence > 0.6


@pytest.mark.parametrize(("points", "kind"), [(SHIRT, "top"), (TROUSERS, "trousers"), (DRESS, "dress")])
def test_the_silhouette_tells_the_kind_of_garment(points: list[tuple[float, float]], kind: str) -> None:
    assert seen(points, on="wood").silhouette.value == kind


def test_a_cutout_is_measured_inside_its_alpha_only() -> None:
    photo, mask = flat_lay(colour=COLOURS["red"], on="noisy", height=300, width=280)
    cutout = Image.fromarray(np.dstack([photo, mask]))
    first = look(data_url(cutout)).colours[0]
    assert (first.name, first.share > 0.9) == ("red", True)


def test_orientation_is_applied_and_the_same_picture_looks_the_same() -> None:
    sideways = Image.fromarray(flat_lay(TROUSERS, height=300, width=280)[0]).transpose(
        Image.Transpose.ROTATE_90
    )
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    sideways.save(out, "JPEG", exif=exif, quality=95)
    url = f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"
    assert look(url).silhouette.value == "trousers"
    assert look(url) == look(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/shirt.jpg",
        "data:image/png;base64,%%%",
        "data:image/png;base64,aGVsbG8=",
        "data:image/svg+xml;base64,PHN2Zy8+",
        data_url(Image.new("RGB", (40, 40)))[:-40],
    ],
)
def test_what_is_no_picture_is_refused(url: str) -> None:
    with pytest.raises(UnreadableImage):
        look(url)


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (3, 2)])
def test_tiny_pictures_are_no_trouble(size: tuple[int, int]) -> None:
    assert look(data_url(Image.new("RGB", size, (200, 30, 40)))).colours[0].name == "red"
