"""Outlines keep to the body: symmetric, inside the picture, and as long and wide as their shape says."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.taste.drawing import HEIGHT, WIDTH
from core.taste.figures import _WRIST, ANKLE, WAIST, X, down, path
from core.taste.wardrobe import Figure, Shape
from devstack import garments_page

BALANCED = ("top", "dress", "skirt", "legs", "coat", "suit", "choli", "bib", "cape")
"""Figures drawn from their right half in straight lines."""
shapes = st.builds(
    Shape,
    st.sampled_from(BALANCED),
    length=st.floats(0.05, 1.0),
    width=st.floats(0.4, 1.9),
    sleeve=st.sampled_from([0.0, 0.3, 0.9]),
    loose=st.floats(0, 1),
    open=st.booleans(),
)


def points(shape: Shape) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path(shape))]


@given(shapes)
def test_a_garment_is_symmetric_lies_in_the_picture_and_ends_at_its_hem(shape: Shape) -> None:
    found = points(shape)
    mirrored = [(2 * X - x, y) for x, y in found]
    assert all(any(abs(x - a) + abs(y - b) < 0.11 for a, b in found) for x, y in mirrored)
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in found)
    hem = down(shape.length)
    assert any(y == pytest.approx(hem, abs=0.06) for _, y in found)
    sleeved = shape.sleeve > 0 and shape.figure not in {"skirt", "legs", "bib", "cape"}
    short = sleeved or shape.length < 0.45
    assert short or max(y for _, y in found) == pytest.approx(hem, abs=0.06)


@given(st.sampled_from(["top", "dress", "coat"]), st.floats(0.1, 0.9))
def test_sleeves_reach_towards_the_wrist(figure: Figure, reach: float) -> None:
    none, some, whole = (
        max(x for x, _ in points(Shape(figure, length=0.3, width=0.5, sleeve=s))) for s in (0.0, reach, 1.0)
    )
    assert none < some < whole
    assert whole == pytest.approx(_WRIST[0], abs=12)


def test_a_hem_runs_from_waist_to_ankle() -> None:
    assert [down(length) for length in (0, 0.5, 1)] == [WAIST, (WAIST + ANKLE) / 2, ANKLE]


def test_the_picture_of_all_garments_is_not_stale() -> None:
    """What no rule can say of an outline is judged by eye, in the picture that docs/taste.md shows."""
    assert garments_page.PICTURE.read_text() == garments_page.rendered(), "run `make docs` and look at it"
