"""What is believed of one person's taste, and how an answer changes it.

**Choice model.** A person has a position ``t`` in style space and an ease ``e`` (how readily they like
things at all). A look at ``x`` is worth ``u = t·x + e + noise`` to them, noise normal with variance
``NOISE_VARIANCE``. They dislike it if ``u < 0``, like it if ``0 <= u < LOVE_FROM``, love it above: an
ordered probit. The thumb slips in ``SLIP`` of all answers; ``MODEST`` of loves are called likes. Why an
inner product and not the distance to an ideal point: ``-|t - x|²`` is ``2 t·x - |x|²`` and a constant, so
for looks of similar strength both say the same, while the inner product is linear in ``t``, is what cosine
measures, and lets "further that way" stay good.

**Update.** Expectation propagation: each answer is replaced by the Gaussian factor along ``x`` that gives the
same mean and variance, moments of the ordered probit being closed-form; factors of earlier answers are then
refreshed in the light of the new one. A single pass forgets an early surprise as a slip for ever; refreshing
brings it back when later answers agree with it, which is what keeps adaptive questions robust to slips.

Sources: T. Minka, "Expectation Propagation for Approximate Bayesian Inference", UAI 2001. W. Chu and
Z. Ghahramani, "Gaussian Processes for Ordinal Regression", JMLR 6, 2005 (likelihood). R. Herbrich, T. Minka,
T. Graepel, "TrueSkill", NIPS 2006 (factors along one direction). C. Rasmussen and C. Williams, "Gaussian
Processes for Machine Learning", 2006, §3.6 and §3.9 (moments of the probit).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from math import erf, exp, inf, isinf, pi, sqrt, sumprod
from typing import Final, Literal

from core.taste.facets import DIMENSIONS, FacetVector, coordinates
from core.taste.gaussian import Matrix, add_outer, diagonal, times

type Answer = Literal["like", "dislike", "love", "skip"]
type Opinion = Literal["like", "dislike", "love"]

PRIOR_SD: Final = 1.5
"""Spread of people along each facet, in units of the noise of one answer."""
EASE_SD: Final = 0.5
"""Spread of how readily people like things."""
NOISE_VARIANCE: Final = 1.05
"""Variance of the noise of one answer: the unit, and a little for tails heavier than the normal's."""
LOVE_FROM: Final = 1.5
"""Worth above which a look is loved rather than liked."""
MODEST: Final = 0.1
"""Share of loves that are only called likes: where love begins differs from person to person.

Without it, a mere like of a look that says much would count as a reason *against* it (had they liked that
direction, they should have loved this), which no one would understand.
"""
SLIP: Final = 0.09
"""Share of answers taken to be slips of the thumb or of attention."""


_PER_NOISE: Final = 1 / sqrt(2 * NOISE_VARIANCE)
_BANDS: Final = ((-inf, 0.0), (0.0, LOVE_FROM), (LOVE_FROM, inf))
# Probability of an answer if dislike, like or love was meant.
_IF_DISLIKE: Final = (1 - SLIP, SLIP, SLIP)
_IF_LIKE: Final = (0.75 * SLIP, 1 - SLIP, MODEST)
_IF_LOVE: Final = (0.25 * SLIP, 0.0, 1 - SLIP - MODEST)
_MEANT: Final = {"dislike": _IF_DISLIKE, "like": _IF_LIKE, "love": _IF_LOVE}


@dataclass(frozen=True, slots=True)
class Factor:
    """An answer as a Gaussian factor: ``precision`` and precision times mean (``shift``) of ``t·x + e``."""

    direction: tuple[float, ...]
    answer: Opinion
    precision: float = 0.0
    shift: float = 0.0


@dataclass(frozen=True)
class Belief:
    """A Gaussian over position and ease: ``DIMENSIONS + 1`` coordinates, the last of them ease."""

    mean: tuple[float, ...]
    covariance: Matrix
    factors: tuple[Factor, ...] = ()

    @cached_property
    def position(self) -> tuple[float, ...]:
        """Expected position in style space, one number per facet, in units of answer noise."""
        return self.mean[:DIMENSIONS]

    @cached_property
    def position_covariance(self) -> list[list[float]]:
        """Covariance of the position, ease integrated out."""
        return [list(row[:DIMENSIONS]) for row in self.covariance[:DIMENSIONS]]

    @property
    def agreement(self) -> float:
        """Cosine to expect between ``position`` and the truth: ``|m| / sqrt(|m|² + trace)``.

        With ``t = m + d``, ``E[m·t] = |m|²`` and ``E|t|² = |m|² + trace``; their ratio approximates the mean
        of the ratio.
        """
        length = sumprod(self.position, self.position)
        trace = sum(self.covariance[i][i] for i in range(DIMENSIONS))
        return sqrt(length / (length + trace))

    def observe(self, facets: FacetVector, answer: Answer) -> Belief:
        """Return the belief after an ``answer`` to a look at ``facets``; a skip says nothing about taste."""
        if answer == "skip":
            return self
        new = Factor((*coordinates(facets), 1.0), answer)
        mean, covariance = list(self.mean), self.covariance
        factors: list[Factor] = []
        for factor in (new, *self.factors):
            factor, mean, covariance = _refreshed(factor, mean, covariance)
            factors.append(factor)
        return Belief(tuple(mean), covariance, (*factors[1:], factors[0]))


def prior() -> Belief:
    """Return what is believed of somebody nothing is known of."""
    variances = [PRIOR_SD**2] * DIMENSIONS + [EASE_SD**2]
    return Belief((0.0,) * (DIMENSIONS + 1), diagonal(variances))


def believe(answers: Iterable[tuple[FacetVector, Answer]]) -> Belief:
    """Return the belief after ``answers`` in their order."""
    belief = prior()
    for facets, answer in answers:
        belief = belief.observe(facets, answer)
    return belief


def chances(worth: float) -> tuple[float, float, float]:
    """Return the probabilities of dislike, like and love for a look whose worth before noise is known."""
    below = (1 - erf(worth * _PER_NOISE)) / 2
    above = (1 + erf((worth - LOVE_FROM) * _PER_NOISE)) / 2
    between = max(0.0, 1 - below - above)
    return (
        _IF_DISLIKE[0] * below + _IF_DISLIKE[1] * between + _IF_DISLIKE[2] * above,
        _IF_LIKE[0] * below + _IF_LIKE[1] * between + _IF_LIKE[2] * above,
        _IF_LOVE[0] * below + _IF_LOVE[2] * above,
    )


def _refreshed(factor: Factor, mean: list[float], covariance: Matrix) -> tuple[Factor, list[float], Matrix]:
    """Replace one factor by what its answer says given all the others (Rasmussen and Williams, alg. 3.5)."""
    x = factor.direction
    along = times(covariance, x)
    variance, centre = sumprod(x, along), sumprod(x, mean)
    without = variance / (1 - factor.precision * variance)
    centre_without = without * (centre / variance - factor.shift)
    pull, curvature = _moments(factor.answer, centre_without, without)
    precision = curvature / (1 - curvature * without)
    shift = precision * centre_without + pull * (1 + precision * without)
    gained = precision - factor.precision
    scale = 1 / (1 + gained * variance)
    step = (shift - factor.shift - gained * centre) * scale
    moved = [old + step * a for old, a in zip(mean, along, strict=True)]
    return (
        Factor(x, factor.answer, precision, shift),
        moved,
        add_outer(covariance, along, -gained * scale),
    )


def _moments(answer: Opinion, centre: float, variance: float) -> tuple[float, float]:
    """Return first and negated second derivative of the log evidence in ``centre``.

    The worth before noise is normal with ``centre`` and ``variance``. Slips make the evidence a mixture and
    may make the curvature negative (a surprise makes us less sure); it is held at zero, which keeps every
    factor proper and the covariance positive definite whatever is answered.
    """
    spread = sqrt(NOISE_VARIANCE + variance)
    evidence = slope = bend = 0.0
    for (low, high), weight in zip(_BANDS, _MEANT[answer], strict=True):
        if weight:
            a, b = (low - centre) / spread, (high - centre) / spread
            at_a, at_b = density(a), density(b)
            evidence += weight * (cumulative(b) - cumulative(a))
            slope += weight * (at_a - at_b)
            bend += weight * ((0.0 if isinf(a) else a * at_a) - (0.0 if isinf(b) else b * at_b))
    pull = slope / spread / evidence
    curvature = pull * pull - bend / (spread * spread) / evidence
    return pull, max(curvature, 0.0)


def density(z: float) -> float:
    """Return the standard normal density."""
    return exp(-z * z / 2) / sqrt(2 * pi)


def cumulative(z: float) -> float:
    """Return the standard normal distribution function."""
    return (1 + erf(z / sqrt(2))) / 2
