import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.media import masks, renditions
from core.media.errors import SegmentationUnusable
from tests.unit.media.photos import encoded, noise, tiny_bomb


def grey(width: int = 40, height: int = 30, value: int = 0) -> Image.Image:
    return Image.new("L", (width, height), value)


def half_mask() -> Image.Image:
    mask = grey(200, 100)
    mask.paste(255, (0, 0, 100, 100))
    return mask


def test_a_mask_of_the_right_size_is_read_and_its_noise_cleaned() -> None:
    mask = grey(2, 1)
    mask.putpixel((0, 0), 5)
    mask.putpixel((1, 0), 250)
    assert list(masks.read_mask(encoded("PNG", mask), (2, 1)).tobytes()) == [0, 255]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not a readable PNG"),
        (b"rubbish", "not a readable PNG"),
        (encoded("JPEG", grey()), "not a readable PNG"),
        (encoded("PNG", Image.fromarray(noise(40, 30, 1)[..., 0]))[:400], "not a readable PNG"),
        (encoded("PNG", grey(40, 15)), "40 x 15 pixels, the picture sent 40 x 30"),
        (encoded("PNG", Image.fromarray(noise(40, 30))), "mode RGB"),
        (encoded("PNG", grey().convert("1")), "mode 1"),
        (tiny_bomb(), "not a readable PNG"),
    ],
)
def test_anything_else_is_unusable(data: bytes, reason: str) -> None:
    with pytest.raises(SegmentationUnusable, match=reason):
        masks.read_mask(data, (40, 30))


@pytest.mark.parametrize(
    ("coverage", "quality"),
    [
        (0, "low_quality"),
        (0.0099, "low_quality"),
        (0.01, "good"),
        (0.98, "good"),
        (0.9801, "low_quality"),
        (1, "low_quality"),
    ],
)
def test_next_to_nothing_and_nearly_everything_are_not_trusted(coverage: float, quality: str) -> None:
    assert masks.quality_of(coverage) == quality


def test_coverage_is_the_mean_of_the_mask() -> None:
    mask = Image.fromarray(noise(60, 50, 1)[..., 0])
    assert masks.coverage_of(mask) == pytest.approx(np.asarray(mask).mean() / 255)


def test_the_box_is_around_the_garment_in_the_pictures_own_pixels() -> None:
    mask = grey(100, 100)
    mask.paste(255, (20, 30, 60, 50))
    assert masks.garment_box(mask, (1000, 1000), margin=0) == (200, 300, 601, 501)
    assert masks.garment_box(mask, (1000, 1000), margin=0.1) == (160, 260, 641, 541)
    assert masks.garment_box(grey(), (77, 55)) == (0, 0, 77, 55)


def prepared(picture: Image.Image) -> renditions.Prepared:
    return renditions.prepare(picture)


def read(file: renditions.Encoded) -> Image.Image:
    return Image.open(io.BytesIO(file.data))


def test_a_good_mask_gives_a_cutout_that_lies_over_the_original() -> None:
    measures, files = renditions.make_renditions(
        prepared(Image.new("RGB", (400, 200), (90, 20, 20))), half_mask()
    )
    cutout = read(files["cutout"])
    assert (measures.quality, measures.coverage, cutout.size) == ("good", 0.5, (400, 200))
    alpha = np.asarray(cutout.getchannel("A"))
    assert alpha[:, :190].min() == 255
    assert alpha[:, 210:].max() == 0
    assert read(files["original"]).format == "JPEG"
    assert read(files["thumb"]).width < 300


def test_a_large_photo_keeps_its_original_and_proportions() -> None:
    measures, files = renditions.make_renditions(
        prepared(Image.new("RGB", (4608, 2304), (90, 20, 20))), half_mask()
    )
    assert (measures.width, measures.height) == (4608, 2304)
    assert read(files["original"]).size == (4608, 2304)
    assert read(files["cutout"]).size == (2304, 1152)
    assert max(read(files["thumb"]).size) == 384


@pytest.mark.parametrize("value", [0, 255])
def test_a_mask_that_is_not_trusted_cuts_nothing(value: int) -> None:
    measures, files = renditions.make_renditions(
        prepared(Image.new("RGB", (400, 200), (90, 20, 20))), grey(20, 10, value)
    )
    assert (measures.quality, set(files)) == ("low_quality", {"original", "thumb"})
    assert read(files["thumb"]).size == (384, 192)


def test_transparency_of_the_photo_itself_is_kept_and_counts() -> None:
    picture = Image.new("RGBA", (200, 100), (90, 20, 20, 255))
    picture.paste((0, 255, 0, 0), (0, 0, 50, 100))
    measures, files = renditions.make_renditions(prepared(picture), half_mask())
    assert measures.coverage == pytest.approx(0.25)
    assert [colour.hex for colour in measures.colours] == ["#5a1414"]
    assert read(files["original"]).format == "WEBP"
    assert np.asarray(read(files["cutout"]).getchannel("A"))[:, :45].max() == 0


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (7, 2)])
def test_odd_sizes_come_through(size: tuple[int, int]) -> None:
    picture = prepared(Image.new("RGB", size, (90, 20, 20)))
    sent = renditions.for_segmentation(picture.working)
    measures, files = renditions.make_renditions(picture, Image.new("L", sent.size, 128))
    assert (measures.quality, set(files)) == ("good", {"original", "cutout", "thumb"})


@given(st.integers(1, 6000), st.integers(1, 6000))
def test_a_reduced_picture_keeps_its_shape_and_nearly_the_side_it_may_have(width: int, height: int) -> None:
    small = renditions.reduced(Image.new("L", (width, height)), 600)
    longest = max(width, height)
    if longest <= 600:
        assert small.size == (width, height)
    else:
        assert 0.8 * 600 <= max(small.size) <= 600
        scale = max(small.size) / longest
        assert abs(small.width - width * scale) <= 1
        assert abs(small.height - height * scale) <= 1


def test_what_is_sent_is_bounded_and_over_white() -> None:
    sent = renditions.for_segmentation(Image.new("RGBA", (3072, 100), (0, 0, 0, 0)))
    assert sent.size == (1536, 50)
    assert np.asarray(Image.open(io.BytesIO(sent.data))).min() > 250


def test_undo_makes_a_thumb_of_the_whole_original() -> None:
    original = renditions.encode_original(Image.new("RGB", (800, 1000), (9, 9, 200)))
    assert read(renditions.thumb_of_original(original.data)).size == (307, 384)


def test_a_cutout_can_be_had_as_png() -> None:
    _, files = renditions.make_renditions(prepared(Image.new("RGB", (60, 40), (90, 20, 20))), half_mask())
    png = Image.open(io.BytesIO(renditions.as_png(files["cutout"].data)))
    assert (png.format, png.mode, png.size) == ("PNG", "RGBA", (60, 40))
