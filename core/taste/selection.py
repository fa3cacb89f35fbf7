"""Which look to show next: the one whose answer teaches most about this person.

The gain of a question is the mutual information of its answer and the person's taste (D. Lindley, "On a
measure of the information provided by an experiment", 1956; as a rule for choosing questions: N. Houlsby et
al., "Bayesian Active Learning for Classification and Preference Learning", 2011): how unsure we are of the
answer, less how unsure they are themselves. The belief about a look's worth is one normal number, so the
average over it is a seven-point Gauss-Hermite sum.

The best question in theory is tedious in practice if it looks like the last one, so looks too near to their
predecessors wait, and among nearly equal gains the session's seed decides: two people, or one person twice,
do not see the same row of pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from math import log2, sqrt, sumprod
from typing import Final, Protocol

from core.taste.belief import Belief, chances
from core.taste.gaussian import cosine, times

ALIKE: Final = (0.6, 0.85)
"""Cosine above which a look is too like the last one, and the one before it."""
NEARLY_BEST: Final = 0.99
"""Share of the highest gain from which looks count as equally good questions."""

_NODES: Final = tuple(
    (node, weight)
    for size, weight in (
        (0.0, 16 / 35),
        (1.154405394739968, 0.2401231786050127),
        (2.366759410734541, 0.0307571239675865),
        (3.750439717725742, 0.0005482688559722),
    )
    for node in ((size, -size) if size else (size,))
)
"""Abscissae and weights for a standard normal (Abramowitz and Stegun, table 25.10, rescaled)."""


class Asked(Protocol):
    """What selection needs to know of a card."""

    @property
    def card_id(self) -> str:
        """The card's id."""

    @property
    def vector(self) -> tuple[float, ...]:
        """Its position in style space."""


def information_gain(belief: Belief, vector: Sequence[float]) -> float:
    """Return the bits to expect from the answer to a look at ``vector``."""
    x = (*vector, 1.0)
    centre, spread = sumprod(x, belief.mean), sqrt(sumprod(x, times(belief.covariance, x)))
    dislike = like = love = theirs = 0.0
    for node, weight in _NODES:
        a, b, c = chances(centre + spread * node)
        dislike, like, love = dislike + weight * a, like + weight * b, love + weight * c
        theirs += weight * _entropy(a, b, c)
    return max(0.0, _entropy(dislike, like, love) - theirs)


def next_card[C: Asked](belief: Belief, deck: Sequence[C], shown: Sequence[C], seed: str) -> C | None:
    """Return the card of ``deck`` to show after ``shown`` (in order), ``None`` when all were shown."""
    seen = {card.card_id for card in shown}
    left = [card for card in deck if card.card_id not in seen]
    if not left:
        return None
    fresh = [card for card in left if _differs(card, shown)] or left
    gains = [(information_gain(belief, card.vector), card) for card in fresh]
    enough = NEARLY_BEST * max(gain for gain, _ in gains)
    good = [card for gain, card in gains if gain >= enough]
    return min(good, key=lambda card: sha256(f"{seed}/{card.card_id}".encode()).digest())


def _differs(card: Asked, shown: Sequence[Asked]) -> bool:
    before = zip(ALIKE, reversed(shown), strict=False)
    return all(cosine(card.vector, earlier.vector) <= limit for limit, earlier in before)


def _entropy(a: float, b: float, c: float) -> float:
    return -(a * log2(a or 1.0) + b * log2(b or 1.0) + c * log2(c or 1.0))
