"""What a thing is believed to be worth to a person, and how unsure that is: the unsure is worth a try."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Final

from core.taste.belief import NOISE_VARIANCE, cumulative

_NOISE_SD: Final = sqrt(NOISE_VARIANCE)


@dataclass(frozen=True, slots=True)
class Outlook:
    """A normal belief about a thing's worth, in units of the noise of one answer; above 0 it is liked."""

    mean: float
    sd: float

    @property
    def chance(self) -> float:
        """Probability, 0..1, that the person likes it, over all that their taste may be."""
        return cumulative(self.mean / sqrt(NOISE_VARIANCE + self.sd**2))

    def chance_if(self, deviation: float) -> float:
        """Return their chance of liking it if their taste lies ``deviation`` spreads from the mean."""
        return cumulative((self.mean + deviation * self.sd) / _NOISE_SD)
