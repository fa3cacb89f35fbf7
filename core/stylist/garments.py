"""A vault item as the stylist sees it: what is free text there is resolved here, once, with a stated
fallback.

* **Kind**: the subtype, then the item's name (``Black jeans``) where it agrees with the category, then the
  category itself; a word nobody knows leaves the item unplaced: it is never proposed, and that is said.
* **Formality**: the item's word, else that of its kind. **Warmth**: the item's word, else its materials.
* **Season** and **colour**: unknown is unknown and counts as neither good nor bad.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

from core.stylist import patterns, warmth
from core.stylist.wardrobe import LEVELS, Kind, Slot, kind_of
from core.vault import VaultItem

SEASONS: Final = ("spring", "summer", "autumn", "winter")
_OVER_ANOTHER_TOP = frozenset({"sweater", "sweatshirt", "hoodie", "flannel-shirt"})
_VAGUE = frozenset({"traditional", "other"})
"""Categories that hold garments for every slot: there the name decides alone."""


@dataclass(frozen=True)
class Garment:
    """An item that can be part of an outfit."""

    item: VaultItem
    kind: Kind

    @property
    def id(self) -> str:
        """The vault item's id."""
        return self.item.id

    @cached_property
    def slots(self) -> frozenset[Slot]:
        """Where it may go: a sweater is a top, and goes over a shirt as well."""
        also: set[Slot] = {"mid"} if self.kind.word in _OVER_ANOTHER_TOP else set()
        return frozenset({self.kind.slot, *also})

    @cached_property
    def layer(self) -> int:
        """Its layer; see ``Kind``. A flannel shirt worn open counts as knitwear does."""
        return self.kind.layer

    @cached_property
    def level(self) -> int:
        """Its formality as an index into ``LEVELS``."""
        word = "-".join((self.item.formality or "").casefold().split())
        return LEVELS.index(word) if word in LEVELS else self.kind.level

    @cached_property
    def clo(self) -> float:
        """Its insulation in clo."""
        return self.kind.clo * warmth.factor(self.item.warmth, self.item.materials)

    @cached_property
    def hexes(self) -> tuple[str, ...]:
        """Its colours, most important first."""
        return tuple(colour.hex for colour in self.item.colours)

    @cached_property
    def year(self) -> int:
        """The seasons it names as bits, 0 if it names none."""
        return sum(1 << SEASONS.index(season) for season in self.item.seasons)

    @cached_property
    def loudness(self) -> float:
        """How loud its pattern is, 0 .. 1."""
        return patterns.loudness(self.item.pattern)

    @cached_property
    def pattern_family(self) -> int:
        """The family of its pattern as a number, -1 if plain or unknown."""
        return patterns.family_code(self.item.pattern)

    def days_since_worn(self, today: date) -> int | None:
        """Days since it was last worn on or before ``today``; ``None`` if it was not."""
        worn = [wear.worn_on for wear in self.item.wears if wear.worn_on <= today]
        return (today - max(worn)).days if worn else None


def garments(items: Iterable[VaultItem]) -> list[Garment]:
    """Return what can be worn of ``items``: active and of a known kind, in the order of their ids."""
    active = (item for item in items if item.status == "active")
    placed = [garment for garment in map(garment_of, active) if garment is not None]
    return sorted(placed, key=lambda garment: garment.id)


def garment_of(item: VaultItem) -> Garment | None:
    """Return an item as a garment; ``None`` if its words say no kind, or one that is not proposed."""
    kind = kind_of_item(item)
    return None if kind is None else Garment(item, kind)


def kind_of_item(item: VaultItem) -> Kind | None:
    """Return the kind of an item; ``None`` if its words say none, or one that is not proposed."""
    if item.subtype and (found := kind_of(item.subtype)) is not None:
        return found
    if item.category in _VAGUE:
        return next((kind for kind in map(kind_of, _endings(item.name)) if kind is not None), None)
    of_category = kind_of(item.category)
    if of_category is None or of_category.word != item.category:
        return of_category
    words = [kind_of(word) for word in _endings(item.name)]
    named = [kind for kind in words if kind is not None and kind.slot in _alternatives(of_category)]
    return named[0] if named and of_category.word.endswith("s") else of_category


def _endings(name: str) -> list[str]:
    words = name.split()
    return [" ".join(words[-count:]) for count in (3, 2, 1) if count <= len(words)]


def _alternatives(kind: Kind) -> frozenset[Slot]:
    """Slots a name may move an item to within its category: a cardigan is among the tops, a blazer among
    coats.
    """
    return frozenset({kind.slot, "mid"}) if kind.slot in {"top", "outer"} else frozenset({kind.slot})
