"""Garment photos drawn from a known outline, so that a cutout can be measured against the truth."""

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
SHIRT = [
    (0.40, 0.16), (0.60, 0.16), (0.74, 0.22), (0.90, 0.46), (0.78, 0.53), (0.69, 0.42),
    (0.69, 0.86), (0.31, 0.86), (0.31, 0.42), (0.22, 0.53), (0.10, 0.46), (0.26, 0.22),
]  # fmt: skip
TROUSERS = [
    (0.32, 0.10), (0.68, 0.10), (0.74, 0.90), (0.56, 0.90), (0.50, 0.34), (0.44, 0.90), (0.26, 0.90),
]  # fmt: skip
DRESS = [(0.41, 0.08), (0.59, 0.08), (0.60, 0.34), (0.78, 0.92), (0.22, 0.92), (0.40, 0.34)]


def outline(points: list[tuple[float, float]], height: int, width: int) -> Picture:
    mask = np.zeros((height, width), np.uint8)
    polygon = np.array([(x * width, y * height) for x, y in points], np.int32)
    cv2.fillPoly(mask, [polygon], 255)
    return mask


def cloth(
    kind: str, height: int, width: int, colour: tuple[int, int, int], other: tuple[int, int, int]
) -> Picture:
    """A full frame of fabric, RGB: solid, striped, checked or dotted, with a fine weave."""
    rows, columns = np.mgrid[:height, :width]
    period = max(12, width // 16)
    across, along = (columns // (period // 2)) % 2 == 0, (rows // (period // 2)) % 2 == 0
    second = {
        "solid": np.zeros((height, width), bool),
        "striped": along,
        "checked": across | along,
        "dotted": (columns % period - period / 2) ** 2 + (rows % period - period / 2) ** 2
        < (period / 3.6) ** 2,
    }[kind]
    fabric = np.where(second[..., None], np.array(other), np.array(colour)).astype(np.float64)
    if kind == "checked":
        fabric[across & along] = other
        fabric[across ^ along] = (np.array(colour) + np.array(other)) / 2
    weave = np.random.default_rng(1).normal(0, 4, (height, width, 1))
    return np.clip(fabric + weave, 0, 255).astype(np.uint8)


def ground(kind: str, height: int, width: int) -> Picture:
    """A table, a floor or a rug, RGB."""
    rng = np.random.default_rng(2)
    if kind == "plain":
        shade = np.linspace(232, 210, height)[:, None, None]
        return np.broadcast_to(shade, (height, width, 3)).astype(np.uint8)
    if kind == "noisy":
        return np.clip(rng.normal(150, 22, (height, width, 3)), 0, 255).astype(np.uint8)
    noise = rng.normal(0, 1, (height, width))
    grain: NDArray[np.float64] = cv2.GaussianBlur(noise, (0, 0), sigmaX=width / 12, sigmaY=1.2)
    grain = grain / grain.std() * 12
    planks = np.where((np.arange(height) // max(1, height // 6)) % 2 == 0, 0, -14)[:, None]
    return np.clip(np.array([176, 134, 92]) + (grain + planks)[..., None], 0, 255).astype(np.uint8)


def flat_lay(
    points: list[tuple[float, float]] = SHIRT,
    *,
    on: str = "wood",
    fabric: str = "solid",
    colour: tuple[int, int, int] = (32, 48, 110),
    other: tuple[int, int, int] = (235, 235, 235),
    height: int = 800,
    width: int = 720,
) -> tuple[Picture, Picture]:
    """An RGB photo of a garment lying on a ground, and the true mask (0/255)."""
    mask = outline(points, height, width)
    alpha = cv2.GaussianBlur(mask, (0, 0), 1.0)[..., None] / 255
    shadow = 1 - 0.25 * cv2.GaussianBlur(np.roll(mask, 6, (0, 1)), (0, 0), 5)[..., None] / 255
    picture = alpha * cloth(fabric, height, width, colour, other) + (1 - alpha) * shadow * ground(
        on, height, width
    )
    return picture.astype(np.uint8), mask
