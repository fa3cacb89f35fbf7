import cv2
import numpy as np
import pytest

from devstack.segmentation.cutout import cut
from tests.flatlay import DRESS, SHIRT, TROUSERS, Picture, flat_lay


def overlap(mask: Picture, truth: Picture) -> float:
    found, true = mask > 127, truth > 127
    return float((found & true).sum() / (found | true).sum())


@pytest.mark.parametrize("on", ["plain", "wood", "noisy"])
@pytest.mark.parametrize(
    ("points", "fabric", "colour"),
    [
        (SHIRT, "solid", (32, 48, 110)),
        (SHIRT, "solid", (240, 236, 225)),
        (SHIRT, "striped", (170, 40, 50)),
        (TROUSERS, "checked", (30, 90, 60)),
        (DRESS, "dotted", (250, 220, 90)),
    ],
)
def test_a_flat_lay_is_cut_along_its_outline(
    on: str, points: list[tuple[float, float]], fabric: str, colour: tuple[int, int, int]
) -> None:
    photo, truth = flat_lay(points, height=450, width=400, on=on, fabric=fabric, colour=colour)
    mask = cut(np.ascontiguousarray(photo[..., ::-1]))
    assert mask.shape == truth.shape
    assert overlap(mask, truth) >= 0.9


def test_the_mask_is_the_same_each_time_and_soft_only_near_the_rim() -> None:
    photo, truth = flat_lay()
    bgr = np.ascontiguousarray(photo[..., ::-1])
    mask = cut(bgr)
    assert np.array_equal(mask, cut(bgr))
    soft = (mask > 0) & (mask < 255)
    kernel = np.ones((41, 41), np.uint8)
    rim = cv2.dilate(truth, kernel) != cv2.erode(truth, kernel)
    assert soft.any()
    assert not (soft & ~rim).any()


@pytest.mark.parametrize("size", [(1, 1), (3, 500), (700, 2), (64, 64)])
def test_a_picture_with_nothing_in_it_has_a_black_mask_of_its_size(size: tuple[int, int]) -> None:
    mask = cut(np.full((*size, 3), 128, np.uint8))
    assert mask.shape == size
    assert not mask.any()
