"""Groups of things that lean the same way, by spherical k-means: deterministic, small, and without a library.

A mood is a direction in style space, so likeness is the cosine: I. Dhillon and D. Modha, "Concept
Decompositions for Large Sparse Text Data Using Clustering", Machine Learning 42, 2001. What everything in the
shops has in common is subtracted first. Centres begin as far from one another as can be (T. Gonzalez,
"Clustering to Minimize the Maximum Intercluster Distance", 1985), so there is no chance in it; how many there
are is what gives the best simplified silhouette (E. Hruschka et al., "Evolutionary Algorithms for Clustering
Gene-Expression Data", ICDM 2004: distances to centres instead of to all members).

Two thousand things of twelve dimensions take about a second once a month. A library would add a hundred
megabytes to the deployment for it (scikit-learn brings scipy), or chance (k-means++).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt, sumprod
from typing import Final

type Vector = tuple[float, ...]

_ROUNDS: Final = 40
_FEWEST: Final = 2


def clusters(vectors: Sequence[Vector], most: int, fewest: int = 2) -> list[list[int]]:
    """Return groups of places in ``vectors``, the largest first; at most ``most`` of them.

    A division into groups of less than ``fewest`` does not pay, but what is left over may be such a group.
    Vectors that lie exactly in the middle lean nowhere and are in no group.
    """
    leaning = _directions(vectors)
    best: tuple[float, list[list[int]]] = (float("-inf"), [])
    for count in range(_FEWEST, min(most, len(set(leaning.values()))) + 1):
        found = _grouped(leaning, count)
        best = max(best, (_silhouette(leaning, found, fewest), found), key=lambda pair: pair[0])
    return sorted((sorted(group) for group in best[1]), key=lambda group: (-len(group), group))


def _directions(vectors: Sequence[Vector]) -> dict[int, Vector]:
    """Return the unit vectors of what sets each thing apart from the mean, by place."""
    middle = _mean(vectors) if vectors else ()
    apart = {at: _unit(tuple(x - m for x, m in zip(v, middle, strict=True))) for at, v in enumerate(vectors)}
    return {at: unit for at, unit in apart.items() if unit is not None}


def _grouped(leaning: dict[int, Vector], count: int) -> list[list[int]]:
    centres = _spread(list(leaning.values()), count)
    groups: list[list[int]] = []
    for _ in range(_ROUNDS):
        before, groups = groups, [[] for _ in centres]
        for at, vector in leaning.items():
            groups[_nearest(vector, centres)].append(at)
        groups = [group for group in groups if group]
        if groups == before:
            break
        centres = [_centre(leaning, group) for group in groups]
    return groups


def _spread(vectors: Sequence[Vector], count: int) -> list[Vector]:
    """Return ``count`` of the vectors, each as far from those before it as can be."""
    chosen = [max(vectors, key=lambda vector: (max(vector), vector))]
    nearest = [sumprod(vector, chosen[0]) for vector in vectors]
    while len(chosen) < count:
        at = min(range(len(vectors)), key=lambda place: (nearest[place], vectors[place]))
        chosen.append(vectors[at])
        nearest = [max(old, sumprod(v, vectors[at])) for old, v in zip(nearest, vectors, strict=True)]
    return chosen


def _silhouette(leaning: dict[int, Vector], groups: list[list[int]], fewest: int) -> float:
    """Return the mean simplified silhouette, -1 .. 1, of distance 1 - cosine; -1 for a single group.

    Something alone counts as 0 (P. Rousseeuw, "Silhouettes", 1987), else every thing alone would be best; so
    does here whatever is in a group of less than ``fewest``.
    """
    if len(groups) < _FEWEST:
        return -1.0
    centres = [_centre(leaning, group) for group in groups]
    total = 0.0
    for mine, group in enumerate(groups):
        for at in group if len(group) >= fewest else ():
            far = [1 - sumprod(leaning[at], centre) for centre in centres]
            own = far.pop(mine)
            other = min(far)
            total += (other - own) / max(own, other, 1e-12)
    return total / len(leaning)


def _centre(leaning: dict[int, Vector], group: list[int]) -> Vector:
    vectors = [leaning[at] for at in group]
    return _unit(_mean(vectors)) or vectors[0]


def _nearest(vector: Vector, centres: Sequence[Vector]) -> int:
    return max(range(len(centres)), key=lambda at: (sumprod(vector, centres[at]), -at))


def _mean(vectors: Sequence[Vector]) -> Vector:
    return tuple(sum(column) / len(vectors) for column in zip(*vectors, strict=True))


def _unit(vector: Vector) -> Vector | None:
    length = sqrt(sumprod(vector, vector))
    return tuple(x / length for x in vector) if length > 1e-9 else None
