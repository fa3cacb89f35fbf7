"""Wears as a set of days: one wear per item and day is a property of the data, not of careful callers.

The functions return their argument itself when nothing changes, which is how a compare-and-swap loop knows
there is nothing to write.
"""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict

MAX_WEARS = 5_000


class Wear(BaseModel):
    """One day on which the item was worn, and when the person told us."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    worn_on: date
    logged_at: datetime


type Wears = tuple[Wear, ...]


def is_worn(wears: Wears, day: date) -> bool:
    """Tell whether ``day`` is among the wears."""
    return any(wear.worn_on == day for wear in wears)


def with_wear(wears: Wears, day: date, logged_at: datetime) -> Wears:
    """Return the wears, sorted by day, with ``day`` among them; the very same object if it was."""
    if is_worn(wears, day):
        return wears
    return tuple(sorted((*wears, Wear(worn_on=day, logged_at=logged_at)), key=lambda wear: wear.worn_on))


def without_wear(wears: Wears, day: date) -> Wears:
    """Return the wears without ``day``; the very same object if it was not there."""
    return tuple(wear for wear in wears if wear.worn_on != day) if is_worn(wears, day) else wears


def last_worn_on(wears: Wears) -> date | None:
    """Return the latest day worn, ``None`` if never: a back-dated wear cannot move it backwards."""
    return max(wear.worn_on for wear in wears) if wears else None
