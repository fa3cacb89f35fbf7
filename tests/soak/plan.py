"""How long, how many and by which chance: everything that a seed decides."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Plan:
    """``seconds`` of traffic in two stretches; the host is killed in the first one only.

    The second runs in one process, so that its memory and its descriptors can be compared.
    """

    seconds: float = 600
    seed: int = 1
    people: int = 6

    @property
    def first(self) -> float:
        """Length of the stretch with kills."""
        return self.seconds * 0.6

    @property
    def second(self) -> float:
        """Length of the stretch without."""
        return self.seconds - self.first

    @property
    def hurried(self) -> bool:
        """Whether there is no time for what takes half a minute to run out once more."""
        return self.seconds < 120

    @property
    def patience(self) -> float:
        """Seconds that everything may take to come to rest; dead turns and leases run out in 30."""
        return 90 + self.seconds / 4

    def kills(self) -> list[float]:
        """Return the moments of the first stretch at which the host is killed, none towards its end."""
        chance, last = self.chance("kills"), max(self.first * 0.4, self.first - 40)
        number = max(2, round(self.seconds / 40))
        slots = pairwise(last * step / number for step in range(number + 1))
        return [chance.uniform(begin + (end - begin) / 3, end) for begin, end in slots]

    def chance(self, *of: object) -> random.Random:
        """Return the chance of one person or purpose, independent of what others do."""
        return random.Random(f"{self.seed}:{of}")
