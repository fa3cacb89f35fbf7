"""The ranking: a greedy choice with an experiment now and then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import Final

from core.feed.ranking.candidates import Candidate
from core.feed.ranking.exploration import drawn_chance
from core.feed.ranking.relevance import freshness
from core.feed.ranking.variety import Shown

EVERY: Final = 8
"""One place in so many is an experiment."""
FIRST: Final = 4
"""Places before the first experiment: nobody should be greeted with a guess."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A thing at its place; ``experiment`` tells that it is there to learn and would not be otherwise."""

    id: str
    experiment: bool = False


def rank(candidates: Iterable[Candidate], *, seed: str | None, count: int) -> list[Ranked]:
    """Return the first ``count`` of ``candidates``, best first.

    ``seed`` decides what the experiments try, ``None`` that there are none; all else is the same for all.
    """
    rack = _Rack(sorted(candidates, key=lambda candidate: candidate.id), seed)
    return [rack.next(place) for place in range(min(count, len(rack.left)))]


class _Rack:
    """Candidates that are left, and what has been shown.

    What a candidate adds only falls as the list grows, so an old gain is an upper bound, and only the top of
    a heap has to be looked at anew (M. Minoux, "Accelerated Greedy Algorithms for Maximizing Submodular Set
    Functions", 1978).
    """

    def __init__(self, candidates: list[Candidate], seed: str | None) -> None:
        self.left = {candidate.id: candidate for candidate in candidates}
        self._seed = seed
        self._shown = Shown()
        self._heap = [(-self._gain(candidate), candidate.id) for candidate in candidates]
        heapify(self._heap)

    def next(self, place: int) -> Ranked:
        """Take the candidate for ``place``."""
        best = self._best()
        tried = best if self._seed is None or place % EVERY != FIRST else self._tried(self._seed)
        chosen = self.left.pop(tried)
        self._shown.take(chosen, _relevance(chosen))
        return Ranked(tried, experiment=tried != best)

    def _best(self) -> str:
        """Return the candidate that adds most; of equal ones the smallest id."""
        while True:
            _, name = heappop(self._heap)
            if name in self.left:
                now = (-self._gain(self.left[name]), name)
                heappush(self._heap, now)
                if self._heap[0] == now:
                    return name

    def _tried(self, seed: str) -> str:
        return min(self.left.values(), key=lambda each: (-self._drawn(each, seed), each.id)).id

    def _gain(self, candidate: Candidate) -> float:
        return self._shown.gain(candidate, _relevance(candidate))

    def _drawn(self, candidate: Candidate, seed: str) -> float:
        return self._shown.gain(candidate, drawn_chance(candidate, seed) * freshness(candidate.age))


def _relevance(candidate: Candidate) -> float:
    return candidate.outlook.chance * freshness(candidate.age)
