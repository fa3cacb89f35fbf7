"""Groups are found where there are some, whatever order things come in, and without chance."""

from __future__ import annotations

import random
from math import sqrt, sumprod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.moods import clustering
from core.moods.clustering import Vector, clusters

coordinates = st.lists(st.floats(-1, 1, width=16), min_size=4, max_size=4).map(tuple)


def planted(groups: int, each: int, seed: int, noise: float = 0.05) -> list[tuple[int, Vector]]:
    """Things around ``groups`` directions that are far apart, with the group each is of."""
    chance = random.Random(seed)
    axes = [tuple(1.0 if i == g else 0.0 for i in range(6)) for g in range(groups)]
    found = [
        (g, tuple(x * chance.uniform(0.4, 1) + chance.gauss(0, noise) for x in axis))
        for g, axis in enumerate(axes)
        for _ in range(each)
    ]
    chance.shuffle(found)
    return found


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 5), st.integers(12, 20), st.integers(0, 1000))
def test_planted_groups_are_found(groups: int, each: int, seed: int) -> None:
    things = planted(groups, each, seed)
    found = clusters([vector for _, vector in things], 8)
    assert len(found) == groups
    for group in found:
        assert len({things[at][0] for at in group}) == 1
        assert len(group) == each


@settings(max_examples=30, deadline=None)
@given(st.lists(coordinates, max_size=30), st.integers(2, 6))
def test_everything_that_leans_is_in_one_group(vectors: list[Vector], most: int) -> None:
    found = clusters(vectors, most)
    placed = [at for group in found for at in group]
    assert len(placed) == len(set(placed))
    assert len(found) <= most
    assert [len(group) for group in found] == sorted((len(group) for group in found), reverse=True)


@settings(max_examples=20, deadline=None)
@given(st.lists(coordinates, max_size=30), st.integers(2, 6))
def test_groups_that_have_not_settled_are_groups_all_the_same(vectors: list[Vector], most: int) -> None:
    leaning = {at for group in clusters(vectors, most) for at in group}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(clustering, "_ROUNDS", 1)
        placed = [at for group in clusters(vectors, most) for at in group]
    assert sorted(placed) == sorted(leaning)


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 4), st.integers(0, 1000), st.randoms(use_true_random=False))
def test_the_order_of_things_does_not_matter(groups: int, seed: int, chance: random.Random) -> None:
    vectors = [vector for _, vector in planted(groups, 8, seed)]
    shuffled = list(vectors)
    chance.shuffle(shuffled)
    one, other = (
        {frozenset(all_vectors[at] for at in group) for group in clusters(all_vectors, 6)}
        for all_vectors in (vectors, shuffled)
    )
    assert one == other


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 4), st.integers(0, 100))
def test_nothing_lies_nearer_to_another_groups_centre(groups: int, seed: int) -> None:
    """The fixed point that k-means stops at, computed here from scratch."""
    vectors = [vector for _, vector in planted(groups, 10, seed, noise=0.3)]
    middle = [sum(column) / len(vectors) for column in zip(*vectors, strict=True)]
    units = [unit([x - m for x, m in zip(vector, middle, strict=True)]) for vector in vectors]
    found = clusters(vectors, 6)
    centres = [unit([sum(c) for c in zip(*(units[at] for at in group), strict=True)]) for group in found]
    for mine, group in enumerate(found):
        for at in group:
            likeness = [sumprod(units[at], centre) for centre in centres]
            assert likeness[mine] >= max(likeness) - 1e-9


def unit(vector: list[float]) -> list[float]:
    length = sqrt(sumprod(vector, vector))
    return [x / length for x in vector]


def test_nothing_and_sameness_make_no_group() -> None:
    assert clusters([], 5) == []
    assert clusters([(0.5, 0.1)] * 9, 5) == []
