"""A wardrobe as it was on a day: what was owned by then, and the wears up to then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from core.platform.zones import day_in
from core.vault import VaultItem


@dataclass(frozen=True)
class Wardrobe:
    """Items in the order of their ids, their wears cut off after ``as_of``.

    An item was owned from the day it was bought, added or first worn, whichever was first: a back-dated wear
    is proof of having it. Whether it is archived is known for today only; deleted items left no record.
    ``zone`` is the IANA zone in which a stored moment is a day.
    """

    as_of: date
    zone: str
    items: tuple[VaultItem, ...]

    @classmethod
    def on(cls, as_of: date, items: Iterable[VaultItem], zone: str = "UTC") -> Wardrobe:
        """Return what ``items`` were as of a day."""
        there = sorted((item for item in items if _owned_from(item, zone) <= as_of), key=lambda item: item.id)
        return cls(as_of, zone, tuple(_until(item, as_of) for item in there))

    @cached_property
    def active(self) -> tuple[VaultItem, ...]:
        """The items that are not archived."""
        return tuple(item for item in self.items if item.status == "active")

    @cached_property
    def days_worn(self) -> frozenset[date]:
        """Days on which anything, archived by now or not, was worn."""
        return frozenset(wear.worn_on for item in self.items for wear in item.wears)

    def worn_within(self, days: int) -> tuple[VaultItem, ...]:
        """Return the active items worn on any of the last ``days`` days, ``as_of`` being the last."""
        since = self.as_of - timedelta(days=days)
        return tuple(
            item for item in self.active if item.last_worn_on is not None and item.last_worn_on > since
        )

    def owned_from(self, item: VaultItem) -> date:
        """Return the first day the item is known to have been there."""
        return _owned_from(item, self.zone)


def _owned_from(item: VaultItem, zone: str) -> date:
    added = day_in(zone, item.created_at)
    return min(added, *(wear.worn_on for wear in item.wears[:1]), item.purchased_on or added)


def _until(item: VaultItem, as_of: date) -> VaultItem:
    wears = tuple(wear for wear in item.wears if wear.worn_on <= as_of)
    return item if len(wears) == len(item.wears) else item.model_copy(update={"wears": wears})
