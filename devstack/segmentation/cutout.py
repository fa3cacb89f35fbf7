"""Find the garment (or the person wearing it) in one upright photo.

People photograph a thing by putting it in the middle and leaving some background around it. That is
all the knowledge used here: colours that the frame's border has and its middle has not are background
(a colour likelihood ratio seeds the mask), GrabCut [Rother, Kolmogorov, Blake 2004] settles the outline
on a small copy, and a fast guided filter [He, Sun 2015] carries it to the submitted size along the
picture's own edges, which gives hems and hair a soft rim.
"""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

type Picture = NDArray[np.uint8]  # HxWx3, BGR
type Mask = NDArray[np.uint8]  # HxW, 255 is garment
type Field = NDArray[np.float32]  # HxW, usually 0..1

WORKING_SIDE = 320
_BINS = 16  # per Lab axis of the colour histograms
_BORDER_SHARE = 0.06
_ITERATIONS = 4
_KEEP_SHARE = 0.08  # a component this large, against the largest, belongs to the cutout too
_HOLE_SHARE = 0.02  # larger holes (between a bag and its handle) are real
_PATTERN_GAP = 0.045  # of the longer side: the widest stripe in the background's colour that is bridged
_PATTERN_SHARE = 0.06  # of the outline's area
_FLAT_SPREAD = 3.0  # standard deviation in grey levels below which there is nothing to tell apart


def cut(picture: Picture) -> Mask:
    """The mask of ``picture``: same height and width, 255 garment, 0 background, between at soft edges.

    A picture without any contrast has no garment: its mask is black.
    """
    small = _shrink(picture)
    if float(small.std(axis=(0, 1)).max()) < _FLAT_SPREAD:
        return np.zeros(picture.shape[:2], np.uint8)
    solid = _tidy(_outline(small))
    return _refine(solid, small, picture)


def _shrink(picture: Picture) -> Picture:
    height, width = picture.shape[:2]
    scale = min(1.0, WORKING_SIDE / max(height, width))
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _outline(small: Picture) -> Mask:
    """GrabCut's 0/255 answer on the small picture."""
    ratio = _foreground_likelihood(small)
    seeds = np.where(ratio > 0.5, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    border = _border(small.shape[0], small.shape[1])
    seeds[border & (ratio < 0.1)] = cv2.GC_BGD
    seeds[(ratio > 0.9) & (_centre_prior(small.shape[0], small.shape[1]) > 0.75)] = cv2.GC_FGD
    if not (seeds & 1).any():
        return np.zeros(small.shape[:2], np.uint8)
    cv2.setRNGSeed(0)  # GrabCut clusters with the thread's generator: same picture, same mask
    models = np.zeros((1, 65)), np.zeros((1, 65))
    softened = cv2.medianBlur(small, 3)
    cv2.grabCut(softened, seeds, None, *models, _ITERATIONS, cv2.GC_INIT_WITH_MASK)
    return ((seeds & 1) * 255).astype(np.uint8)


def _foreground_likelihood(small: Picture) -> Field:
    """How much likelier each pixel's colour is in the middle than at the border, 0..1."""
    height, width = small.shape[:2]
    bins = cv2.cvtColor(small, cv2.COLOR_BGR2LAB).astype(np.int32) * _BINS // 256
    index = (bins[..., 0] * _BINS + bins[..., 1]) * _BINS + bins[..., 2]
    prior = _centre_prior(height, width)
    border = _border(height, width).astype(np.float32)
    border[height // 2 :] *= 0.1  # a person leaves the frame at the bottom, nothing does at the top
    inside = _histogram(index, prior**2)
    outside = _histogram(index, border)
    ratio = (inside / (inside + outside + 1e-9))[index]
    blurred = cv2.GaussianBlur((ratio * (0.5 + 0.5 * prior)).astype(np.float32), (0, 0), 2.5)
    return np.asarray(cv2.normalize(blurred, None, 0, 1, cv2.NORM_MINMAX), np.float32)


def _histogram(index: NDArray[np.int32], weights: Field) -> NDArray[np.float64]:
    """Share of each colour bin under ``weights``, smeared over neighbouring bins."""
    counts = np.bincount(index.ravel(), weights.ravel(), minlength=_BINS**3).reshape((_BINS,) * 3)
    for axis in range(3):
        padded = np.pad(counts, [(1, 1) if a == axis else (0, 0) for a in range(3)], mode="edge")
        low, mid, high = (np.take(padded, range(o, o + _BINS), axis) for o in range(3))
        counts = 0.25 * low + 0.5 * mid + 0.25 * high
    return np.asarray(counts.ravel() / max(counts.sum(), 1e-9), np.float64)


def _centre_prior(height: int, width: int) -> Field:
    """1 in the middle, falling to about 0.1 in the corners."""
    rows, columns = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    return np.asarray(np.exp(-1.1 * (rows**2 + columns**2)), np.float32)


def _border(height: int, width: int) -> NDArray[np.bool_]:
    band = max(2, round(min(height, width) * _BORDER_SHARE))
    border = np.ones((height, width), np.bool_)
    border[band:-band, band:-band] = False
    return border


def _tidy(outline: Mask) -> Mask:
    """Keep the main component and what is comparable to it; close pinholes."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    opened = cv2.morphologyEx(_close_pattern(outline), cv2.MORPH_OPEN, kernel)
    kept = _components(opened, lambda areas: areas >= _KEEP_SHARE * areas.max())
    body = np.count_nonzero(kept)
    holes = _components(np.asarray(255 - kept, np.uint8), lambda areas: areas < max(_HOLE_SHARE * body, 9))
    return np.asarray(kept | holes, np.uint8)


def _close_pattern(outline: Mask) -> Mask:
    """Bridge the stripes and checks of a pattern that has the background's colour.

    Closing also rounds inner corners, so it is kept only where it fills so much that nothing but a
    pattern can be the reason.
    """
    side = max(3, round(max(outline.shape) * _PATTERN_GAP)) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    padded = cv2.copyMakeBorder(outline, side, side, side, side, cv2.BORDER_REPLICATE)
    closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, kernel)[side:-side, side:-side]
    gained = np.count_nonzero(closed) - np.count_nonzero(outline)
    return np.asarray(closed, np.uint8) if gained > _PATTERN_SHARE * np.count_nonzero(outline) else outline


def _components(mask: Mask, wanted: Callable[[NDArray[np.int32]], NDArray[np.bool_]]) -> Mask:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    if count < 2:
        return np.zeros_like(mask)
    keep = np.concatenate([[False], wanted(stats[1:, cv2.CC_STAT_AREA])])
    return np.asarray(keep[labels] * 255, np.uint8)


def _refine(solid: Mask, small: Picture, picture: Picture) -> Mask:
    """Carry the small mask to full size along the picture's edges (fast guided filter), soft at the rim."""
    height, width = picture.shape[:2]
    guide = _grey(small)
    target = np.asarray(solid, np.float32) / np.float32(255)
    slope, offset = _guided_coefficients(guide, target, radius=4, epsilon=1e-4)
    full_guide = _grey(picture)
    alpha = cv2.resize(slope, (width, height)) * full_guide + cv2.resize(offset, (width, height))
    sharp = np.clip((alpha - 0.5) * 2.5 + 0.5, 0, 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))
    inner = cv2.resize(cv2.erode(solid, kernel), (width, height)) > 127
    outer = cv2.resize(cv2.dilate(solid, kernel), (width, height)) > 127
    sharp[inner] = 1
    sharp[~outer] = 0
    return np.asarray(sharp * 255 + 0.5, np.uint8)


def _grey(picture: Picture) -> Field:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) / 255, np.float32)


def _guided_coefficients(guide: Field, target: Field, radius: int, epsilon: float) -> tuple[Field, Field]:
    """Per-pixel slope and offset of the local linear model target = slope · guide + offset."""

    def mean(values: Field) -> Field:
        return np.asarray(cv2.blur(values, (2 * radius + 1, 2 * radius + 1)), np.float32)

    mean_guide, mean_target = mean(guide), mean(target)
    covariance = mean(guide * target) - mean_guide * mean_target
    variance = mean(guide * guide) - mean_guide**2
    slope = covariance / (variance + epsilon)
    return mean(slope), mean(mean_target - slope * mean_guide)
