"""Which slots make an outfit: the forms that dress takes, and what may go into each slot of a form.

Everything is worn as separates (a top and a bottom), as one garment (a dress, a sari, an abaya) or as a
garment over a top (a suit, dungarees, a sarafan); each with or without a middle layer, an outer layer and
shoes. Without a temperature there is no reason for extra layers, so they appear only if asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Final

from core.stylist import warmth
from core.stylist.garments import Garment
from core.stylist.models import Wish
from core.stylist.wardrobe import CORE, LEVELS, Slot

type Form = tuple[Slot, ...]

BASES: Final[tuple[Form, ...]] = (("top", "bottom"), ("full",), ("over", "top"))
_LAYERS: Final[dict[Form, tuple[Slot, ...]]] = {
    ("top", "bottom"): ("mid", "outer"),
    ("full",): ("mid", "outer"),
    ("over", "top"): ("outer",),
}
WORST_GAP: Final = 4
"""Steps of formality that never go together."""
OFF_OCCASION: Final = 3
"""Steps from the formality asked for at which a garment is out of place."""
LONG_TOPS: Final = frozenset({"kurta", "sherwani", "achkan", "pheran", "tunic"})
SHORT_BELOW: Final = 0.16
"""Clo below which an everyday bottom is a skirt or shorts, which a long top would hide or ride up on."""


def forms(wish: Wish, base: Garment | None = None) -> Iterator[Form]:
    """Yield the forms an outfit may take; with ``base`` only those that have a slot for it."""
    needed = {slot for slot in wish.always if slot in CORE}
    for slots in BASES:
        for extra in product(*[(None, layer) for layer in (*_LAYERS[slots], "footwear")]):
            form: Form = (*slots, *(layer for layer in extra if layer is not None))
            if needed <= set(form) and _wanted(form, wish, base):
                yield form


def _wanted(form: Form, wish: Wish, base: Garment | None) -> bool:
    if base is not None and not base.slots & set(form):
        return False
    asked = set(wish.always) | (set(base.slots) if base else set())
    unasked_layers = {"mid", "outer"} & set(form) - asked
    return wish.temperature is not None or not unasked_layers


def fillings(
    form: Form, slot: Slot, garments: list[Garment], wish: Wish, base: Garment | None = None
) -> list[int]:
    """Return the indices of the garments that may fill ``slot`` of ``form``; ``base`` whatever the day is."""
    return [
        at
        for at, garment in enumerate(garments)
        if slot in garment.slots
        and _fills(garment, slot, form, wish)
        and (_meant_for(garment, wish) or garment is base)
    ]


def _fills(garment: Garment, slot: Slot, form: Form, wish: Wish) -> bool:
    if slot == "mid" and "full" in form and garment.kind.slot != "mid":
        return False
    if slot == "top" and "over" in form and (garment.kind.idiom or garment.layer > 1):
        return False
    return wish.temperature is None or warmth.worn_at(slot, garment.clo, wish.temperature)


def _meant_for(garment: Garment, wish: Wish) -> bool:
    """Tell whether a garment can be proposed: in its seasons, and ceremonial dress only if asked for."""
    if wish.temperature is not None and not warmth.in_season(garment.item.seasons, wish.temperature):
        return False
    if wish.formality is not None:
        return abs(garment.level - LEVELS.index(wish.formality)) < OFF_OCCASION
    return LEVELS[garment.level] != "ceremonial"
