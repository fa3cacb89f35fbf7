"""Variety: a list is worth what its things are worth, and more if they are of different groups.

``F(S) = sum of relevance + sum over groups g of weight(g) · sqrt(relevance of g in S)`` is concave in each
group, so a second thing from one shop adds less than the first from another: the diversity reward of H. Lin
and J. Bilmes, "A Class of Submodular Functions for Document Summarization", ACL 2011. Taking what adds most,
again and again, is within 1 - 1/e of the best list of any length (G. Nemhauser, L. Wolsey, M. Fisher, "An
Analysis of Approximations for Maximizing Submodular Set Functions", Mathematical Programming 14, 1978).
Maximal marginal relevance looks only at the nearest thing shown before; this counts how often a group was.
"""

from __future__ import annotations

from collections import defaultdict
from math import sqrt
from typing import Final

from core.feed.ranking.candidates import Candidate

WEIGHTS: Final = {"source": 0.15, "category": 0.2, "look": 0.1}
"""What the first perfect thing of a group adds, by kind of group; a perfect thing itself is worth 1."""


class Shown:
    """What is on the list so far, by group."""

    def __init__(self) -> None:
        self._mass: dict[str, float] = defaultdict(float)

    def gain(self, candidate: Candidate, relevance: float) -> float:
        """Return what the candidate would add to the list; it only falls as the list grows."""
        return relevance + sum(self._added(group, relevance) for group in candidate.groups)

    def take(self, candidate: Candidate, relevance: float) -> None:
        """Put the candidate on the list."""
        for group in candidate.groups:
            self._mass[group] += relevance

    def _added(self, group: str, relevance: float) -> float:
        mass = self._mass[group]
        return WEIGHTS[group.partition(":")[0]] * (sqrt(mass + relevance) - sqrt(mass))
