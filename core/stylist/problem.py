"""What there is to fill in a form, and what filling it is worth: numbers, without a garment in sight.

An outfit is one candidate per slot; its worth is the sum of the candidates' own values, of their pairs'
values, and of a term in the total insulation.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from core.stylist.compatibility import Floats, Indices

type Choice = tuple[int, ...]
"""One place per slot."""


@dataclass(frozen=True, slots=True)
class Insulation:
    """The term in the total clo ``c``: ``peak - curvature * (c - centre)²``, forbidden outside ``low ..
    high``.
    """

    low: float
    high: float
    centre: float
    curvature: float
    peak: float

    @classmethod
    def around(cls, wanted: float, reach: float, weight: float) -> Insulation:
        """Return the term that is ``weight`` at ``wanted`` and falls to nothing at ``reach`` from it."""
        return cls(wanted - reach, wanted + reach, wanted, weight / reach**2, weight)

    def worth(self, clo: Floats) -> Floats:
        """Return the term for total clo; minus infinity out of reach."""
        value = self.peak - self.curvature * (clo - self.centre) ** 2
        return np.where((clo < self.low) | (clo > self.high), -np.inf, value)

    def most(self, least: Floats, greatest: Floats) -> Floats:
        """Return a value the term does not exceed for totals between ``least`` and ``greatest``."""
        nearest = np.minimum(np.maximum(self.centre, least), greatest)
        value = self.peak - self.curvature * (nearest - self.centre) ** 2
        return np.where((greatest < self.low) | (least > self.high), -np.inf, value)

    def left(self, clo: float) -> Insulation:
        """Return the term in what is added to ``clo``."""
        return replace(self, low=self.low - clo, high=self.high - clo, centre=self.centre - clo)

    def leaning(self, clo: float) -> tuple[float, Insulation]:
        """Return slope and rest of the term about ``clo``: the same term, its linear part split off.

        A parabola is its tangent minus the square of the distance, so nothing is approximated. The tangent is
        linear and goes to each garment, which makes their separate maxima agree on how warm to be.
        """
        slope = -2 * self.curvature * (clo - self.centre)
        height = self.peak - self.curvature * (clo - self.centre) ** 2
        return slope, replace(self, centre=clo, peak=height - slope * clo)


@dataclass(frozen=True)
class Problem:
    """One form to fill. ``own[s]`` are values and ``clo[s]`` insulations of the candidates of slot ``s``;
    ``pairs[s, t]``, ``s < t``, the values of pairs, minus infinity where they exclude each other.
    """

    own: tuple[Floats, ...]
    pairs: dict[tuple[int, int], Floats]
    clo: tuple[Floats, ...]
    insulation: Insulation | None
    constant: float = 0.0
    known_partners: dict[tuple[int, int], Floats] | None = None
    """``_best_partner`` where the pairs are those of a problem that has worked it out."""
    known_reach: tuple[tuple[float, float], ...] | None = None
    """``_reach`` where the candidates are those of a problem that has worked it out."""

    @property
    def slots(self) -> range:
        """Places of the slots."""
        return range(len(self.own))

    def pair(self, one: int, other: int) -> Floats:
        """Return the values of pairs of two slots in either order."""
        return self.pairs[one, other] if one < other else self.pairs[other, one].T

    def worth(self, choice: Choice) -> float:
        """Return the worth of one choice."""
        total = self.constant + sum(float(self.own[slot][place]) for slot, place in enumerate(choice))
        total += sum(float(matrix[choice[s], choice[t]]) for (s, t), matrix in self.pairs.items())
        if self.insulation is not None:
            clo = sum(float(self.clo[slot][place]) for slot, place in enumerate(choice))
            total += float(self.insulation.worth(np.array(clo)))
        return total

    @cached_property
    def _best_partner(self) -> dict[tuple[int, int], Floats]:
        """For each ordered pair of slots: each candidate's best value with any candidate of the other."""
        if self.known_partners is not None:
            return self.known_partners
        return {(s, t): self.pair(s, t).max(axis=1) for s in self.slots for t in self.slots if s != t}

    @cached_property
    def _reach(self) -> tuple[tuple[float, float], ...]:
        """The least and the most insulation that each slot can add."""
        if self.known_reach is not None:
            return self.known_reach
        return tuple((float(clo.min()), float(clo.max())) for clo in self.clo)

    def prepared(self) -> Problem:
        """Return the same problem, with what does not depend on its garments' own values worked out."""
        return replace(self, known_partners=self._best_partner, known_reach=self._reach)

    def bounds(self, slot: int) -> Floats:
        """Return for each candidate of ``slot`` a value no outfit containing it exceeds."""
        others = [other for other in self.slots if other != slot]
        found = self.own[slot] + self.constant
        for at, other in enumerate(others):
            reachable = self.own[other] + sum(self._best_partner[other, later] for later in others[at + 1 :])
            found = found + (self.pair(slot, other) + reachable[None, :]).max(axis=1)
        if self.insulation is None:
            return found
        low = self.clo[slot] + sum(self._reach[other][0] for other in others)
        high = self.clo[slot] + sum(self._reach[other][1] for other in others)
        return found + self.insulation.most(low, high)

    def leaning(self, choice: Choice) -> Problem:
        """Return the same problem, its insulation told about what ``choice`` has."""
        if self.insulation is None:
            return self
        clo = sum(float(self.clo[slot][place]) for slot, place in enumerate(choice))
        slope, rest = self.insulation.leaning(clo)
        own = tuple(values + slope * warm for values, warm in zip(self.own, self.clo, strict=True))
        return replace(self, own=own, insulation=rest)

    def narrowed(self, kept: tuple[Indices, ...]) -> Problem:
        """Return the problem with only the candidates ``kept`` of each slot."""
        return replace(
            self,
            own=tuple(values[keep] for values, keep in zip(self.own, kept, strict=True)),
            clo=tuple(values[keep] for values, keep in zip(self.clo, kept, strict=True)),
            pairs={(s, t): matrix[np.ix_(kept[s], kept[t])] for (s, t), matrix in self.pairs.items()},
            known_partners=None,
            known_reach=None,
        )

    def barring(self, closed: Collection[tuple[int, ...]]) -> Problem:
        """Return the problem in which the first slot, or the first two, may not be filled as ``closed``."""
        own, pairs, partners = self.own[0].copy(), dict(self.pairs), dict(self._best_partner)
        if (0, 1) in pairs:
            pairs[0, 1] = pairs[0, 1].copy()
        for places in closed:
            if len(places) == 1:
                own[places[0]] = -np.inf
            else:
                pairs[0, 1][places] = -np.inf
        if (0, 1) in pairs:
            partners |= {(0, 1): pairs[0, 1].max(axis=1), (1, 0): pairs[0, 1].max(axis=0)}
        return replace(self, own=(own, *self.own[1:]), pairs=pairs, known_partners=partners)

    def without_first(self, place: int) -> Problem:
        """Return the problem of the other slots once the first slot's candidate ``place`` is chosen."""
        left = None if self.insulation is None else self.insulation.left(float(self.clo[0][place]))
        return Problem(
            own=tuple(self.own[s] + self.pairs[0, s][place] for s in self.slots[1:]),
            pairs={(s - 1, t - 1): matrix for (s, t), matrix in self.pairs.items() if s > 0},
            clo=self.clo[1:],
            insulation=left,
            constant=self.constant + float(self.own[0][place]),
            known_partners={
                (s - 1, t - 1): values for (s, t), values in self._best_partner.items() if s > 0 and t > 0
            },
            known_reach=self._reach[1:],
        )

    def reordered(self, order: list[int]) -> Problem:
        """Return the problem with its slots in another order."""
        return replace(
            self,
            own=tuple(self.own[slot] for slot in order),
            clo=tuple(self.clo[slot] for slot in order),
            pairs={
                (s, t): np.ascontiguousarray(self.pair(order[s], order[t]))
                for s in self.slots
                for t in self.slots
                if s < t
            },
            known_partners=None,
            known_reach=None,
        )
