"""Sums that do not depend on their order.

Floating-point addition is not associative, so two workers adding the same evidence in different orders would
get profiles that differ in the last bits, and "equal to the one computed without any fault" could not be
tested, nor believed. Every addend is rounded once, by itself, to a multiple of 2⁻⁴⁰; whole numbers then add
exactly. They are stored as decimal text, because a JSON number in Cosmos DB is a double.

Old evidence fades by half every ``HALF_LIFE``. As fading is exponential, "count all at today's worth" and
"count each at its worth on one fixed day, then fade the sum" are the same; the second needs no clock when
evidence is added, so it does not matter when that is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from math import exp2
from typing import Annotated, Final

from pydantic import PlainSerializer

HALF_LIFE: Final = timedelta(days=365)
EPOCH: Final = datetime(2026, 1, 1, tzinfo=UTC)
_ONE: Final = 1 << 40

Fixed = Annotated[int, PlainSerializer(str, return_type=str, when_used="json")]
"""A number in units of 2⁻⁴⁰ at the worth of ``EPOCH``; text in JSON."""


def fixed(value: float, occurred_at: datetime) -> int:
    """Return ``value``, the worth of evidence at ``occurred_at``, in units of 2⁻⁴⁰ at the epoch's worth."""
    return round(value * exp2((occurred_at - EPOCH) / HALF_LIFE) * _ONE)


def all_fixed(values: Iterable[float], occurred_at: datetime) -> Iterator[int]:
    """Yield ``fixed`` of each value, to the same bit, with the fading worked out once."""
    faded = exp2((occurred_at - EPOCH) / HALF_LIFE)
    return (round(value * faded * _ONE) for value in values)


def worth(total: int, as_of: datetime) -> float:
    """Return what a sum of ``fixed`` values is worth at ``as_of``."""
    return total / _ONE * exp2((EPOCH - as_of) / HALF_LIFE)
