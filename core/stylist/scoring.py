"""From values to worth: the coefficients that make an outfit's score a sum over its garments and pairs.

Within a part, garments count by their prominence and pairs by the product of two. A part with both
(freshness, and formality where an occasion is named) takes half from each. The coefficients depend on the
slots alone, never on the vault, so what one outfit is worth does not change when another garment is bought.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from core.stylist import warmth
from core.stylist.compatibility import Compatibility, Floats, Indices
from core.stylist.forms import Form
from core.stylist.models import PartName
from core.stylist.problem import Insulation, Problem
from core.stylist.wardrobe import Slot
from core.stylist.weights import PROMINENCE, REPEATED, UNPAIRED, normalised

type Fillings = Mapping[Slot, Sequence[int]]


class Scoring:
    """Scores outfits made of the garments of one ``Compatibility``."""

    def __init__(self, compatibility: Compatibility) -> None:
        self.compatibility = compatibility
        self.weights = normalised(compatibility.parts)
        self._problems: dict[tuple[object, ...], Problem] = {}
        self._blocks: dict[tuple[Slot, Slot, bytes, bytes], Floats] = {}

    def problem(
        self, form: Form, fillings: Fillings, shown: Mapping[int, int], lean: Floats | None = None
    ) -> Problem:
        """Return the search problem of a form.

        ``shown`` counts how often earlier outfits show a garment; ``lean`` is added to each garment's worth.
        Both move ranks only, never scores.
        """
        bare = self._bare(form, fillings)
        own = [
            values if lean is None else values + self._share(form, slot) * lean[fillings[slot]]
            for slot, values in zip(form, bare.own, strict=True)
        ]
        if shown:
            cost = np.zeros(len(self.compatibility.garments))
            cost[list(shown)] = list(shown.values())
            own = [
                values - REPEATED[slot] * cost[fillings[slot]] for slot, values in zip(form, own, strict=True)
            ]
        return replace(bare, own=tuple(own))

    def _bare(self, form: Form, fillings: Fillings) -> Problem:
        """Return the problem by scores alone; kept, because only ranks change between outfits of one
        answer.
        """
        key = (form, *(np.asarray(fillings[slot]).tobytes() for slot in form))
        if key not in self._problems:
            places = [np.array(fillings[slot], dtype=np.int64) for slot in form]
            paired = self._coefficients(form)
            problem = Problem(
                own=tuple(
                    self._share(form, slot) * self._own(slot)[at]
                    for slot, at in zip(form, places, strict=True)
                ),
                pairs={
                    (s, t): paired[form[s], form[t]] * self._block(form[s], places[s], form[t], places[t])
                    for s, t in combinations(range(len(form)), 2)
                },
                clo=tuple(self.compatibility.clo[at] for at in places),
                insulation=self._insulation(),
                constant=self._constant(form),
            )
            self._problems[key] = problem.prepared()
        return self._problems[key]

    def values(self, form: Form, garments: Sequence[int]) -> dict[PartName, float]:
        """Return the value, 0 .. 1, of each part of an outfit."""
        own = [self.compatibility.alone(slot) for slot in form]
        size = sum(PROMINENCE[slot] for slot in form)
        found: dict[PartName, float] = {}
        for part in ("formality", "season", "freshness", "taste"):
            found[part] = (
                sum(
                    PROMINENCE[slot] * float(own[at][part][garment])
                    for at, (slot, garment) in enumerate(zip(form, garments, strict=True))
                )
                / size
            )
        for part, value in self._paired_values(form, np.array(garments, dtype=np.int64)).items():
            found[part] = _shared(part, found.get(part), value, self._asked)
        found["completeness"] = float("footwear" in form)
        if (insulation := self._insulation()) is not None:
            clo = sum(float(self.compatibility.clo[garment]) for garment in garments)
            found["warmth"] = max(0.0, float(insulation.worth(np.array(clo))) / insulation.peak)
        return {part: found[part] for part in self.weights}

    @property
    def _asked(self) -> bool:
        return self.compatibility.wish.formality is not None

    def _paired_values(self, form: Form, garments: Indices) -> dict[PartName, float]:
        total = sum(PROMINENCE[one] * PROMINENCE[other] for one, other in combinations(form, 2))
        found: dict[PartName, float] = dict.fromkeys(
            ("colour", "pattern", "formality", "idiom", "freshness"), 0.0
        )
        if not total:
            return dict.fromkeys(found, UNPAIRED)
        values = self.compatibility.paired(garments, garments)
        for s, t in combinations(range(len(form)), 2):
            share = PROMINENCE[form[s]] * PROMINENCE[form[t]] / total
            for part, matrix in values.items():
                found[part] += share * float(matrix[s, t])
        return found

    @staticmethod
    def _share(form: Form, slot: Slot) -> float:
        return PROMINENCE[slot] / sum(PROMINENCE[each] for each in form)

    @staticmethod
    def _coefficients(form: Form) -> dict[tuple[Slot, Slot], float]:
        pairs = list(combinations(form, 2))
        total = sum(PROMINENCE[one] * PROMINENCE[other] for one, other in pairs)
        return {(one, other): PROMINENCE[one] * PROMINENCE[other] / total for one, other in pairs}

    def _own(self, slot: Slot) -> Floats:
        values = self.compatibility.alone(slot)
        total = np.zeros(len(self.compatibility.garments))
        for part, value in values.items():
            total = total + self._weight(part, alone=True) * value
        return total

    def _block(self, one: Slot, ones: np.ndarray, other: Slot, others: np.ndarray) -> Floats:
        key = (one, other, ones.tobytes(), others.tobytes())
        if key not in self._blocks:
            total = np.zeros((len(ones), len(others)))
            for part, matrix in self.compatibility.paired(ones, others).items():
                total += self._weight(part, alone=False) * matrix
            total[self.compatibility.excluded(one, ones, other, others)] = -np.inf
            self._blocks[key] = total
        return self._blocks[key]

    def _weight(self, part: PartName, *, alone: bool) -> float:
        """Return the weight of a part's own or paired half; ``_shared`` mixes in the same proportion."""
        whole = self.weights.get(part, 0.0)
        if part == "freshness" or (part == "formality" and self._asked):
            return whole / 2
        return 0.0 if part == "formality" and alone else whole

    def _constant(self, form: Form) -> float:
        complete = self.weights["completeness"] if "footwear" in form else 0.0
        if len(form) > 1:
            return complete
        return complete + UNPAIRED * sum(
            self._weight(part, alone=False)
            for part in ("colour", "pattern", "formality", "idiom", "freshness")
        )

    def _insulation(self) -> Insulation | None:
        temperature = self.compatibility.wish.temperature
        if temperature is None:
            return None
        wanted, reach = warmth.garments_for(temperature)
        return Insulation.around(wanted, reach, self.weights["warmth"])


def _shared(part: PartName, alone: float | None, paired: float, asked: bool) -> float:
    if alone is not None and (part == "freshness" or (part == "formality" and asked)):
        return (alone + paired) / 2
    return paired
