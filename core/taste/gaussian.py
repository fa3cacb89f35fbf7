"""Linear algebra of a dozen dimensions, in plain Python.

At this size a matrix-vector product takes microseconds, and importing numpy would cost a cold start a hundred
milliseconds before it saves the first one. Vectors are sequences of floats, matrices sequences of rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt, sumprod

type Vector = Sequence[float]
type Matrix = Sequence[Sequence[float]]


def times(matrix: Matrix, vector: Vector) -> list[float]:
    """Return the product of ``matrix`` and ``vector``."""
    return [sumprod(row, vector) for row in matrix]


def diagonal(values: Vector) -> list[list[float]]:
    """Return the matrix with ``values`` on its diagonal and zero elsewhere."""
    return [[value if i == j else 0.0 for j in range(len(values))] for i, value in enumerate(values)]


def add_outer(matrix: Matrix, vector: Vector, scale: float) -> list[list[float]]:
    """Return ``matrix + scale * vector vectorᵀ``."""
    return [
        [old + scaled * other for old, other in zip(row, vector, strict=True)]
        for row, scaled in zip(matrix, [scale * value for value in vector], strict=True)
    ]


def cholesky(matrix: Matrix) -> list[list[float]]:
    """Return the lower triangle ``L`` with ``L Lᵀ = matrix``.

    Raises:
        ValueError: the matrix is not positive definite.
    """
    lower: list[list[float]] = []
    for i, row in enumerate(matrix):
        new: list[float] = []
        for j in range(i):
            new.append((row[j] - sumprod(new, lower[j][:j])) / lower[j][j])
        rest = row[i] - sumprod(new, new)
        if rest <= 0:
            raise ValueError("matrix is not positive definite")
        lower.append([*new, sqrt(rest)])
    return lower


def solve(lower: Matrix, vector: Vector) -> list[float]:
    """Return ``x`` with ``L Lᵀ x = vector`` for the Cholesky factor ``lower``."""
    size = len(vector)
    forward: list[float] = []
    for i, row in enumerate(lower):
        forward.append((vector[i] - sumprod(row[:i], forward)) / row[i])
    back = [0.0] * size
    for i in range(size - 1, -1, -1):
        known = sum(lower[k][i] * back[k] for k in range(i + 1, size))
        back[i] = (forward[i] - known) / lower[i][i]
    return back


def inverse(matrix: Matrix) -> list[list[float]]:
    """Return the inverse of a symmetric positive definite ``matrix``, exactly symmetric.

    Raises:
        ValueError: the matrix is not positive definite.
    """
    size, lower = len(matrix), cholesky(matrix)
    columns = [solve(lower, [float(i == j) for i in range(size)]) for j in range(size)]
    return [[(columns[i][j] + columns[j][i]) / 2 for j in range(size)] for i in range(size)]


def squared_distance(offset: Vector, covariance: Matrix) -> float:
    """Return the squared Mahalanobis distance ``offsetᵀ covariance⁻¹ offset``."""
    return sumprod(offset, solve(cholesky(covariance), offset))


def cosine(one: Vector, other: Vector) -> float:
    """Return the cosine of the angle between two vectors, 0 where either has no length."""
    lengths = sqrt(sumprod(one, one) * sumprod(other, other))
    return sumprod(one, other) / lengths if lengths else 0.0
