"""The ranking: a greedy choice with an experiment now and then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
        self._shown = Shown()
        self._relevance = {c.id: c.outlook.chance * freshness(c.age) for c in candidates}
        self._drawn: dict[str, float] = {}
        if seed is not None:
            self._drawn = {c.id: drawn_chance(c, seed) * freshness(c.age) for c in candidates}
        self._heap = [(-self._gain(candidate, self._relevance), candidate.id) for candidate in candidates]
        heapify(self._heap)

    def next(self, place: int) -> Ranked:
        """Take the candidate for ``place``."""
        best = self._best()
        tried = self._tried() if self._drawn and place % EVERY == FIRST else best
        chosen = self.left.pop(tried)
        self._shown.take(chosen, self._relevance[tried])
        return Ranked(tried, experiment=tried != best)

    def _best(self) -> str:
        """Return the candidate that adds most; of equal ones the smallest id."""
        while True:
            _, name = heappop(self._heap)
            if name in self.left:
                now = (-self._gain(self.left[name], self._relevance), name)
                heappush(self._heap, now)
                if self._heap[0] == now:
                    return name

    def _tried(self) -> str:
        """Return the candidate that would add most if the drawn tastes were true."""
        return min(self.left.values(), key=lambda each: (-self._gain(each, self._drawn), each.id)).id

    def _gain(self, candidate: Candidate, worth: Mapping[str, float]) -> float:
        return self._shown.gain(candidate, worth[candidate.id])
