"""How much a thing is worth showing by itself."""

from __future__ import annotations

from datetime import timedelta
from math import exp2
from typing import Final

HALF_LIFE: Final = timedelta(days=7)
"""Time in which what newness adds falls by half."""
TIMELESS: Final = 0.7
"""Share of a thing's worth that age does not touch: a coat one would love is worth showing after a month."""


def freshness(age: timedelta) -> float:
    """Return the worth of newness, ``TIMELESS`` .. 1: exponential decay to a floor.

    The decay is that of Y. Ding and X. Li, "Time Weight Collaborative Filtering", CIKM 2005.
    """
    return TIMELESS + (1 - TIMELESS) * exp2(-max(age, timedelta(0)) / HALF_LIFE)
