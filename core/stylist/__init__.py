"""The stylist: complete outfits from what a person owns, with reasons; deterministic and pure.

This is the only module of the stylist that other domains use. It is cheap: numpy is loaded by the first
call. Nothing here reads a clock, a database or a random number: equal wardrobes and wishes give equal
answers.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from core.stylist.models import Formality, Outfit, Part, PartName, Piece, Proposals, Season, Wish
from core.stylist.wardrobe import Kind, Slot

if TYPE_CHECKING:
    from core.stylist.tastes import Taste
    from core.stylist.unlocking import Gap
    from core.taste import FacetVector, Subject
    from core.vault import VaultItem

__all__ = [
    "Formality",
    "Kind",
    "Outfit",
    "Part",
    "PartName",
    "Piece",
    "Proposals",
    "Season",
    "Slot",
    "Wish",
    "appeal_of",
    "facets_of",
    "gaps",
    "is_avoided",
    "is_neutral",
    "kind_of",
    "kind_of_word",
    "names_garment",
    "propose",
    "versatility",
    "ways_to_wear",
    "words_of",
]


def propose(items: Iterable[VaultItem], wish: Wish, *, taste: Taste | None = None) -> Proposals:
    """Return up to ``wish.count`` ranked outfits of ``items``; the first is the best there is.

    Archived and avoided items are never in one. ``taste`` (a ``core.taste.Taste``) adds its part to the score
    and its avoids to the wish's. Any order of ``items``
    gives the same answer.
    """
    from core.stylist.proposing import proposals

    return proposals(items, wish, taste=taste)


def ways_to_wear(
    items: Iterable[VaultItem], item_id: str, wish: Wish, *, taste: Taste | None = None
) -> Proposals:
    """Return up to ``wish.count`` outfits that all have the item ``item_id``: "three ways to wear this"."""
    from core.stylist.proposing import proposals

    return proposals(items, wish, base_id=item_id, taste=taste)


def facets_of(item: VaultItem) -> FacetVector | None:
    """Return where an item lies in style space (facet to -1 .. 1); ``None`` for one of no known kind."""
    from core.stylist.garments import garment_of
    from core.stylist.tastes import facets

    garment = garment_of(item)
    return None if garment is None else facets(garment)


def appeal_of(item: VaultItem, taste: Taste) -> float | None:
    """Return the probability, 0 .. 1, that the person likes an item; ``None`` for one of no known kind."""
    from core.stylist.garments import garment_of
    from core.stylist.tastes import facets, words

    garment = garment_of(item)
    return None if garment is None else taste.appeal(facets(garment), words(garment))


def is_avoided(item: VaultItem, taste: Taste) -> bool:
    """Tell whether an item is of a known kind and has any word that the person avoids."""
    from core.stylist.garments import garment_of
    from core.stylist.tastes import words

    garment = garment_of(item)
    return garment is not None and taste.is_avoided(words(garment))


def kind_of(item: VaultItem) -> Kind | None:
    """Return what kind of garment an item is; ``None`` where its words do not say, or it is not proposed."""
    from core.stylist.garments import kind_of_item

    return kind_of_item(item)


def kind_of_word(word: str) -> Kind | None:
    """Return the kind of garment a word names; ``None`` for one that is unknown or not proposed."""
    from core.stylist.wardrobe import kind_of

    return kind_of(word)


def words_of(item: VaultItem) -> dict[Subject, tuple[str, ...]]:
    """Return the words by which taste likes or avoids an item; none for one of no known kind."""
    from core.stylist.garments import garment_of
    from core.stylist.tastes import words

    garment = garment_of(item)
    return {} if garment is None else words(garment)


def gaps(items: Iterable[VaultItem], *, count: int = 3) -> list[Gap]:
    """Return the garments that, added to ``items``, would unlock most new outfits."""
    from core.stylist.unlocking import gaps as found

    return found(items, count=count)


def versatility(items: Iterable[VaultItem]) -> dict[str, int]:
    """Return in how many outfits that go together each wearable item is, by item id."""
    from core.stylist.unlocking import versatility as counted

    return counted(items)


def is_neutral(hex_colour: str) -> bool:
    """Tell whether ``#rrggbb`` acts as a neutral in an outfit."""
    from core.stylist.colour import is_neutral as found

    return found(hex_colour)


def names_garment(word: str) -> bool:
    """Tell whether a word of a text names a kind of garment: ``boots``, ``linen-shirt``, ``pyjamas``."""
    from core.stylist.wardrobe import is_garment

    return is_garment(word)
