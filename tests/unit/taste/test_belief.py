"""The belief: proper whatever is answered, right where the truth can be computed by brute force."""

from __future__ import annotations

import random
from itertools import pairwise
from math import exp, inf, log, pi, sqrt, sumprod
from statistics import NormalDist

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.taste import belief as rules
from core.taste.belief import EASE_SD, PRIOR_SD, Answer, Belief, Opinion, believe, chances, prior
from core.taste.deck import deck
from core.taste.facets import DIMENSIONS, FACETS, NAMES, coordinates, pole, similarity
from core.taste.gaussian import add_outer, cholesky, cosine, inverse, solve, squared_distance, times

POSITION = st.floats(-1, 1, allow_nan=False)
LOOK = st.fixed_dictionaries(dict.fromkeys(NAMES, POSITION))
ANSWER: st.SearchStrategy[Answer] = st.sampled_from(["like", "dislike", "love", "skip"])
ANSWERS = st.lists(st.tuples(LOOK, ANSWER), max_size=12)


@given(st.lists(st.lists(st.floats(-3, 3), min_size=4, max_size=4), min_size=6, max_size=6))
def test_inverse_and_solve_undo_a_matrix(rows: list[list[float]]) -> None:
    matrix = [[sum(r[i] * r[j] for r in rows) + (i == j) for j in range(4)] for i in range(4)]
    vector = [1.0, -2.0, 0.5, 3.0]
    assert times(matrix, solve(cholesky(matrix), vector)) == pytest.approx(vector, abs=1e-8)
    assert times(matrix, times(inverse(matrix), vector)) == pytest.approx(vector, abs=1e-8)


def test_a_matrix_that_is_not_positive_definite_is_refused() -> None:
    with pytest.raises(ValueError, match="positive definite"):
        cholesky([[1.0, 2.0], [2.0, 1.0]])


@settings(max_examples=40)
@given(ANSWERS)
def test_the_covariance_stays_positive_definite_and_no_facet_gets_less_certain_than_nothing(
    answers: list[tuple[dict[str, float], Answer]],
) -> None:
    belief = believe(answers)
    cholesky(belief.covariance)
    assert all(row[i] <= PRIOR_SD**2 + 1e-9 for i, row in enumerate(belief.covariance[:DIMENSIONS]))
    assert all(factor.precision >= 0 for factor in belief.factors)


@given(LOOK, ANSWER)
def test_one_answer_pulls_the_right_way(look: dict[str, float], answer: Answer) -> None:
    belief = prior().observe(look, answer)
    pull = sumprod(belief.position, coordinates(look))
    if answer == "skip" or not any(look.values()):
        assert pull == 0
    else:
        assert pull <= 0 if answer == "dislike" else pull >= 0


def test_a_mere_like_of_the_strongest_look_is_still_a_like() -> None:
    for card in deck():
        assert sumprod(prior().observe(card.facets, "like").position, card.vector) > 0, card.title


def test_love_pulls_further_than_like() -> None:
    look = {"formality": 0.8}
    like, love = prior().observe(look, "like"), prior().observe(look, "love")
    assert love.position[0] > like.position[0] > 0


def brute_force(answers: list[tuple[float, Answer]]) -> tuple[float, float]:
    """Mean and variance of one facet by summing over a grid of position and ease."""
    grid = [i / 20 for i in range(-160, 161)]
    eases = [i / 10 for i in range(-25, 26)]
    weight = total = square = 0.0
    index = {"dislike": 0, "like": 1, "love": 2}
    for t in grid:
        for e in eases:
            p = exp(-((t / PRIOR_SD) ** 2) / 2 - (e / EASE_SD) ** 2 / 2)
            for x, answer in answers:
                p *= chances(t * x + e)[index[answer]]
            weight, total, square = weight + p, total + p * t, square + p * t * t
    mean = total / weight
    return mean, square / weight - mean * mean


@pytest.mark.parametrize(
    "answers",
    [
        [(0.9, "like")],
        [(0.9, "dislike"), (-0.5, "like")],
        [(1.0, "love"), (0.7, "like"), (-0.8, "dislike"), (0.4, "love")],
        [(1.0, "like"), (0.9, "like"), (0.8, "dislike"), (-0.6, "dislike"), (-1.0, "dislike")],
    ],
)
def test_the_belief_is_near_the_exact_posterior(answers: list[tuple[float, Answer]]) -> None:
    belief = believe(({"trend": x}, answer) for x, answer in answers)
    mean, variance = brute_force(answers)
    i = NAMES.index("trend")
    assert belief.position[i] == pytest.approx(mean, abs=0.06)
    assert sqrt(belief.covariance[i][i]) == pytest.approx(sqrt(variance), abs=0.06)


@given(st.sampled_from(["dislike", "like", "love"]), st.floats(-3, 3), st.floats(0.1, 4))
def test_pull_and_curvature_are_the_derivatives_of_the_evidence(
    answer: Opinion, centre: float, variance: float
) -> None:
    """Against the evidence itself: the chance of the answer, averaged over the worth before noise."""
    index = ("dislike", "like", "love").index(answer)

    def log_evidence(at: float) -> float:
        worth = NormalDist(at, sqrt(variance))
        steps = [at + sqrt(variance) * n / 16 for n in range(-128, 129)]
        return log(sum(worth.pdf(u) * chances(u)[index] for u in steps) * sqrt(variance) / 16)

    below, here, above = (log_evidence(centre + d) for d in (-0.01, 0, 0.01))
    pull, curvature = rules._moments(answer, centre, variance)
    assert pull == pytest.approx((above - below) / 0.02, abs=1e-4)
    assert curvature == pytest.approx(max(0.0, -(above - 2 * here + below) / 1e-4), abs=1e-3)


@given(st.floats(-6, 6))
def test_an_answer_is_meant_and_slips_as_often_as_the_model_says(worth: float) -> None:
    noise = NormalDist(worth, sqrt(rules.NOISE_VARIANCE))
    below, above = noise.cdf(0), 1 - noise.cdf(rules.LOVE_FROM)
    between, slip = 1 - below - above, rules.SLIP
    dislike, like, love = chances(worth)
    assert dislike == pytest.approx((1 - slip) * below + slip * (between + above))
    assert love == pytest.approx(0.25 * slip * below + (1 - slip - rules.MODEST) * above)
    assert like == pytest.approx(1 - dislike - love)


def test_chances_are_those_of_the_model_and_sum_to_one() -> None:
    for worth in (-8.0, -1.0, 0.0, 0.7, 1.5, 3.0, 9.0):
        assert sum(chances(worth)) == pytest.approx(1)
        assert min(chances(worth)) >= 0
    assert all(a[0] > b[0] for a, b in pairwise(chances(w / 4) for w in range(-8, 9)))


def test_density_and_distribution_belong_together() -> None:
    steps = [i / 500 for i in range(-4000, 1)]
    integral = sum(rules.density(z) for z in steps) / 500
    assert integral == pytest.approx(rules.cumulative(0.0), abs=1e-3)
    assert rules.cumulative(inf) == 1
    assert rules.density(0.0) == pytest.approx(1 / sqrt(2 * pi))


def test_an_early_slip_is_overruled_by_what_follows() -> None:
    chance = random.Random(5)
    looks = [{name: chance.uniform(-1, 1) for name in NAMES} for _ in range(80)]
    taste = [2.0, -1.5, 0.0, 1.0, 0.0, 0.5, -2.0, 0.0, 1.0, 0.0, 0.0, -1.0]
    worth = [sumprod(taste, coordinates(look)) for look in looks]
    answers: list[tuple[dict[str, float], Answer]] = [
        (look, "dislike" if w < 0 else "like" if w < 1.5 else "love")
        for look, w in zip(looks, worth, strict=True)
    ]
    wrong: Answer = "dislike" if worth[0] > 0 else "like"
    slipped = [(looks[0], wrong), *answers[1:]]
    assert cosine(believe(answers).position, taste) > 0.9
    assert cosine(believe(slipped).position, believe(answers).position) > 0.98


def test_agreement_is_the_cosine_to_expect_with_the_truth() -> None:
    belief = believe((card.facets, "love") for card in deck()[:4])
    lower, chance = cholesky(belief.position_covariance), random.Random(2)
    cosines = []
    for _ in range(600):
        z = [chance.gauss(0, 1) for _ in NAMES]
        truth = [m + sumprod(row, z[: len(row)]) for m, row in zip(belief.position, lower, strict=True)]
        cosines.append(cosine(belief.position, truth))
    assert belief.agreement == pytest.approx(sum(cosines) / len(cosines), abs=0.03)


@settings(max_examples=25)
@given(st.lists(st.tuples(LOOK, ANSWER), max_size=6))
def test_a_belief_is_its_prior_and_its_factors(answers: list[tuple[dict[str, float], Answer]]) -> None:
    belief, size = believe(answers), DIMENSIONS + 1
    precision, shift = inverse(prior().covariance), [0.0] * size
    for factor in belief.factors:
        precision = add_outer(precision, factor.direction, factor.precision)
        shift = [old + factor.shift * x for old, x in zip(shift, factor.direction, strict=True)]
    assert times(belief.covariance, shift) == pytest.approx(belief.mean, abs=1e-6)
    for row, expected in zip(inverse(precision), belief.covariance, strict=True):
        assert row == pytest.approx(expected, abs=1e-6)


def test_only_what_is_a_vector_has_an_angle() -> None:
    assert cosine([0.0, 0.0], [1.0, 2.0]) == 0
    assert cosine([3.0, 0.0], [2.0, 2.0]) == pytest.approx(sqrt(0.5))
    assert similarity({"fit": 0.5}, {"fit": 1.0}) == pytest.approx(1)
    assert similarity({"fit": 0.5}, {"fit": -0.1}) == pytest.approx(-1)
    assert similarity({"fit": 0.5}, {}) == 0


def test_a_facet_is_named_by_the_side_it_stands_on() -> None:
    for facet in FACETS:
        assert [pole(facet.name, at) for at in (-0.1, 0.0, 0.1)] == [facet.low, facet.high, facet.high]


def test_agreement_grows_from_nothing() -> None:
    belief = prior()
    assert belief.agreement == 0
    for _ in range(6):
        belief = belief.observe({"vividness": 1.0, "pattern": -0.5}, "love")
    assert 0 < belief.agreement < 1


def test_distance_to_the_mean_is_zero() -> None:
    belief: Belief = prior()
    assert squared_distance([0.0] * DIMENSIONS, belief.position_covariance) == 0
    assert squared_distance(
        [PRIOR_SD] + [0.0] * (DIMENSIONS - 1), belief.position_covariance
    ) == pytest.approx(1)


def test_a_look_of_no_such_facet_is_refused_by_name() -> None:
    with pytest.raises(KeyError, match="no such facet: glitter, sparkle"):
        coordinates({NAMES[0]: 0.5, "sparkle": 1.0, "glitter": 1.0})
