"""When things are worn: utilisation, what sleeps, favourites, streaks and months."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final

from core.insights.models import Listed, Month, Streak, Streaks, Use, WornItem
from core.insights.money import FAVOURITES, worn_item
from core.insights.wardrobe import Wardrobe
from core.vault import VaultItem

WINDOWS: Final = (30, 60, 90)
DORMANT_AFTER: Final = 90
"""Days without a wear after which an item sleeps: a season."""
MOST_LISTED: Final = 20
MONTHS: Final = 12


def utilisation(wardrobe: Wardrobe) -> list[Use]:
    """Return the share of active items worn at least once in the last 30, 60 and 90 days.

    WRAP, "Valuing Our Clothes: the cost of UK fashion", 2017, asks the same of a year. The day itself counts.
    """
    items = len(wardrobe.active)
    worn = [len(wardrobe.worn_within(days)) for days in WINDOWS]
    return [
        Use(days=days, worn=count, items=items, share=round(count / items, 4) if items else None)
        for days, count in zip(WINDOWS, worn, strict=True)
    ]


def dormant(wardrobe: Wardrobe) -> Listed:
    """Return the active items that were worn once but not in the last 90 days, longest asleep first."""
    awake = {item.id for item in wardrobe.worn_within(DORMANT_AFTER)}
    asleep = [item for item in wardrobe.active if item.wears and item.id not in awake]
    return _listed(sorted(asleep, key=lambda item: (item.last_worn_on or date.min, item.id)))


def never_worn(wardrobe: Wardrobe) -> Listed:
    """Return the active items without a wear, the longest owned first."""
    unworn = [item for item in wardrobe.active if not item.wears]
    return _listed(sorted(unworn, key=lambda item: (wardrobe.owned_from(item), item.id)))


def most_worn(wardrobe: Wardrobe) -> list[WornItem]:
    """Return the five active items with most wears, the later worn first among equals; unworn ones never."""
    worn = sorted((item for item in wardrobe.active if item.wears), key=lambda item: item.id)
    worn.sort(key=lambda item: (item.wear_count, item.last_worn_on or date.min), reverse=True)
    return [worn_item(item) for item in worn[:FAVOURITES]]


def least_worn(wardrobe: Wardrobe) -> list[WornItem]:
    """Return the five active items with fewest wears, at least one; among equals the longest asleep first."""
    worn = [item for item in wardrobe.active if item.wears]
    worn.sort(key=lambda item: (item.wear_count, item.last_worn_on or date.min, item.id))
    return [worn_item(item) for item in worn[:FAVOURITES]]


def streaks(wardrobe: Wardrobe) -> Streaks:
    """Return the runs of consecutive days with something logged as worn.

    The current one ends on the day itself, or the day before while that day has no wear yet. Of equally long
    ones the latest is the longest.
    """
    runs = _runs(wardrobe.days_worn)
    alive = [run for run in runs if run[1] >= wardrobe.as_of - timedelta(days=1)]
    longest = max(runs, key=lambda run: (run[1] - run[0], run[1]), default=None)
    return Streaks(current=_streak(alive[-1] if alive else None), longest=_streak(longest))


def months(wardrobe: Wardrobe) -> list[Month]:
    """Return wears and different items worn in each of the last twelve calendar months, the oldest first.

    Months before the first item was there are unknown, not zero.
    """
    first = min((wardrobe.owned_from(item) for item in wardrobe.items), default=None)
    found: list[Month] = []
    for month in reversed(_months_back(wardrobe.as_of)):
        if first is None or month < f"{first:%Y-%m}":
            found.append(Month(month=month, wears=None, items=None))
            continue
        counts = [sum(f"{wear.worn_on:%Y-%m}" == month for wear in item.wears) for item in wardrobe.items]
        found.append(Month(month=month, wears=sum(counts), items=sum(count > 0 for count in counts)))
    return found


def _months_back(day: date) -> list[str]:
    index = day.year * 12 + day.month - 1
    return [f"{at // 12:04}-{at % 12 + 1:02}" for at in range(index, index - MONTHS, -1)]


def _runs(days: Iterable[date]) -> list[tuple[date, date]]:
    runs: list[tuple[date, date]] = []
    for day in sorted(days):
        if runs and day - runs[-1][1] == timedelta(days=1):
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def _streak(run: tuple[date, date] | None) -> Streak:
    if run is None:
        return Streak(days=0, first=None, last=None)
    return Streak(days=(run[1] - run[0]).days + 1, first=run[0], last=run[1])


def _listed(items: Sequence[VaultItem]) -> Listed:
    return Listed(count=len(items), items=[worn_item(item) for item in items[:MOST_LISTED]])
