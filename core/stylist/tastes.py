"""An item as taste judges it: its place in style space, and the words a person can like or avoid.

The facets are read by the taste domain's own rules, so that a garment here and a card in the quiz mean the
same. What was learned of a person comes in through ``Taste``, which ``core.taste.Taste`` is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from core.stylist.garments import Garment
from core.stylist.wardrobe import LEVELS
from core.taste import FacetVector, Subject, colour_families, facets_of, term


class Taste(Protocol):
    """What is known of a person's taste."""

    def appeal(self, facets: FacetVector, words: Mapping[Subject, Iterable[str]] | None = None) -> float:
        """Return the probability, 0 .. 1, that the person likes a thing."""
        ...

    def is_avoided(self, words: Mapping[Subject, Iterable[str]]) -> bool:
        """Tell whether a thing has any word that the person avoids."""
        ...


def facets(garment: Garment) -> FacetVector:
    """Return the facets, -1 .. 1, that a garment's attributes speak of; its first colour counts double."""
    item = garment.item
    said = (garment.kind.word, item.pattern or "", item.fit or "", LEVELS[garment.level], *item.materials)
    shares = [(value, 2.0 if at == 0 else 1.0) for at, value in enumerate(garment.hexes)]
    return {str(name): value for name, value in facets_of([*said, *item.style_tags], shares).items()}


def words(garment: Garment) -> dict[Subject, tuple[str, ...]]:
    """Return the words of a garment by subject, in the form taste keeps them."""
    item = garment.item
    single: dict[Subject, tuple[str | None, ...]] = {
        "category": (item.category, item.subtype, garment.kind.word),
        "brand": (item.brand,),
        "material": tuple(item.materials),
        "pattern": (item.pattern,),
    }
    kept = {subject: tuple(term(text) for text in texts if text) for subject, texts in single.items()}
    return {"colour": tuple(colour_families(garment.hexes)), **kept}
