import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.media import palette
from core.media.colours import delta_e, dominant_colours, lab_from_rgb, mean_lab, rgb_from_lab
from core.media.models import Colour
from tests.unit.media.photos import noise


@pytest.mark.parametrize(
    ("rgb", "lab"),
    [
        # Published sRGB/D65 values of Bruce Lindbloom's colour calculator, rounded.
        ((255, 255, 255), (100, 0, 0)),
        ((0, 0, 0), (0, 0, 0)),
        ((255, 0, 0), (53.24, 80.09, 67.20)),
        ((0, 255, 0), (87.73, -86.18, 83.18)),
        ((0, 0, 255), (32.30, 79.19, -107.86)),
        ((255, 255, 0), (97.14, -21.55, 94.48)),
        ((0, 255, 255), (91.11, -48.09, -14.13)),
        ((255, 0, 255), (60.32, 98.23, -60.82)),
        ((128, 128, 128), (53.59, 0, 0)),
    ],
)
def test_lab_agrees_with_published_values(rgb: tuple[int, ...], lab: tuple[float, ...]) -> None:
    assert lab_from_rgb(np.array(rgb, float)) == pytest.approx(lab, abs=0.02)


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_lab_and_back_is_the_same_colour(rgb: tuple[int, ...]) -> None:
    assert np.rint(rgb_from_lab(lab_from_rgb(np.array(rgb, float)))) == pytest.approx(rgb)


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5])
def test_two_colours_are_found_with_their_shares(share: float) -> None:
    picture = Image.new("RGB", (100, 100), (200, 30, 40))
    picture.paste((20, 40, 160), (0, 0, 100, round(100 * share)))
    found = dominant_colours(picture, None)
    by_hex = {colour.hex: colour.share for colour in found}
    assert by_hex == pytest.approx({"#c81e28": 1 - share, "#1428a0": share}, abs=0.02)
    assert [colour.share for colour in found] == sorted((colour.share for colour in found), reverse=True)


def test_only_the_garment_counts() -> None:
    picture = Image.new("RGB", (90, 90), (10, 200, 10))
    picture.paste((120, 20, 120), (30, 30, 60, 60))
    mask = Image.new("L", (45, 45))
    mask.paste(255, (15, 15, 30, 30))
    assert [colour.hex for colour in dominant_colours(picture, mask)] == ["#781478"]


def test_noise_on_cloth_is_not_a_colour() -> None:
    weave = np.random.default_rng(3).normal(0, 5, (150, 150, 1))
    cloth = np.clip(np.array([40, 60, 120]) + weave, 0, 255).astype(np.uint8)
    assert len(dominant_colours(Image.fromarray(cloth), None)) == 1


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 99))
def test_any_picture_has_colours_that_add_up_and_stay_the_same(width: int, height: int, seed: int) -> None:
    picture = Image.fromarray(noise(width, height, seed=seed))
    found = dominant_colours(picture, None)
    assert sum(colour.share for colour in found) == pytest.approx(1)
    assert found == dominant_colours(picture, None)
    for colour in found:
        rgb = np.array([int(colour.hex[i : i + 2], 16) for i in (1, 3, 5)], float)
        assert colour.lab == pytest.approx(tuple(lab_from_rgb(rgb)), abs=0.006)


def of(code: str, share: float = 1.0) -> Colour:
    rgb = np.array([int(code[i : i + 2], 16) for i in (1, 3, 5)], float)
    lab = lab_from_rgb(rgb)
    return Colour(hex=code, lab=(float(lab[0]), float(lab[1]), float(lab[2])), share=share)


@given(st.sampled_from(sorted(palette.NAMED)))
def test_every_named_colour_is_recognised_in_its_own_pixels(name: str) -> None:
    code = palette.NAMED[name]
    assert palette.measured_as(name, [of(code)]) == of(code)


@pytest.mark.parametrize(("name", "code"), [("red", "#1e3a8a"), ("white", "#111111"), ("green", "#c81e28")])
def test_a_name_nothing_measured_bears_is_not_believed(name: str, code: str) -> None:
    assert palette.measured_as(name, [of(code)]) is None


def test_a_trace_does_not_bear_a_name_while_there_is_more() -> None:
    assert palette.measured_as("red", [of("#1e3a8a", 0.97), of("#d01c1f", 0.03)]) is None


def test_the_mean_is_weighted() -> None:
    assert mean_lab([of("#000000", 0.75), of("#ffffff", 0.25)]) == pytest.approx((25, 0, 0), abs=0.01)
    assert delta_e((0, 0, 0), (3, 4, 0)) == 5
