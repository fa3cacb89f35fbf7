"""What one event says about a person's position, as numbers that can be added in any order.

A belief updated answer by answer depends on the order of the answers, and events come late, twice and out of
order. So each event is weighed alone: its answers update the prior (exactly as the quiz does), and what is
kept is the information gained over the prior, precision and precision times mean, with ease integrated out.
Information of independent observations adds up: a profile's belief is the prior plus the sum over its events.
This is V. Tresp, "A Bayesian Committee Machine", Neural Computation 12, 2000, with one expert per event;
``docs/adr/0007`` says what it costs.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from core.taste.belief import EASE_SD, PRIOR_SD, Belief, prior
from core.taste.events import Evidence
from core.taste.exact import worth
from core.taste.facets import DIMENSIONS
from core.taste.gaussian import cholesky, inverse, solve

TRIANGLE: Final = DIMENSIONS * (DIMENSIONS + 1) // 2
_PAIRS: Final = tuple((i, j) for i in range(DIMENSIONS) for j in range(i + 1))


def information(evidence: Iterable[Evidence]) -> tuple[list[float], list[float]]:
    """Return what ``evidence`` adds to the prior: lower triangle of the precision by rows, and the shift.

    Factors never have negative precision, so integrating out ease (a Schur complement whose corner has the
    prior's own precision added) leaves a positive semidefinite matrix: no event can unlearn another.
    """
    belief = prior()
    for piece in evidence:
        belief = belief.observe(piece.facets, piece.answer)
    factors = belief.factors
    corner = EASE_SD**-2 + sum(factor.precision for factor in factors)
    corner_shift = sum(factor.shift for factor in factors)
    border = [sum(f.precision * f.direction[i] for f in factors) for i in range(DIMENSIONS)]
    precision = [
        sum(f.precision * f.direction[i] * f.direction[j] for f in factors) - border[i] * border[j] / corner
        for i, j in _PAIRS
    ]
    shift = [
        sum(f.shift * f.direction[i] for f in factors) - border[i] * corner_shift / corner
        for i in range(DIMENSIONS)
    ]
    return precision, shift


def belief_of(precision: Iterable[int], shift: Iterable[int], as_of: datetime) -> Belief:
    """Return the belief from exact sums of information (``core.taste.exact``), faded to ``as_of``."""
    matrix = [[0.0] * DIMENSIONS for _ in range(DIMENSIONS)]
    for (i, j), total in zip(_PAIRS, precision, strict=True):
        matrix[i][j] = matrix[j][i] = worth(total, as_of)
    for i in range(DIMENSIONS):
        matrix[i][i] += PRIOR_SD**-2
    mean = solve(cholesky(matrix), [worth(total, as_of) for total in shift])
    covariance = [[*row, 0.0] for row in inverse(matrix)]
    return Belief((*mean, 0.0), [*covariance, [0.0] * DIMENSIONS + [EASE_SD**2]])
