"""The quiz's cards: styled looks, each a point in style space with a picture that shows it.

``deck.json`` is written by hand: garments with colour, pattern and material, and for each look the facets
that are a matter of judgement, in tenths. What can be measured (vividness, lightness, warmth, pattern) is
measured from the garments, so picture and position cannot disagree. The deck is meant to show people of
many places something of their own; tests hold its spread.
"""

from __future__ import annotations

from functools import cache, cached_property
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from core.taste.facets import coordinates
from core.taste.palette import HEX, colour_facets, families
from core.taste.wardrobe import PATTERN_STRENGTH, Shape, shape_of

_TENTHS = 10

type Tenths = Annotated[int, Field(ge=-_TENTHS, le=_TENTHS)]


class Garment(BaseModel):
    """One piece of a look; ``kind``, ``pattern`` and ``material`` are words of the wardrobe's vocabulary."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    kind: str
    colour: Annotated[str, Field(pattern=HEX.pattern)]
    colour_name: str
    pattern: str = "solid"
    material: str | None = None

    @cached_property
    def shape(self) -> Shape:
        """How it is drawn and how much of the picture it fills."""
        return shape_of(self.kind)


class Card(BaseModel):
    """One styled look."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    card_id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
    title: Annotated[str, Field(min_length=3, max_length=60)]
    garments: Annotated[tuple[Garment, ...], Field(min_length=1, max_length=6)]
    judged: dict[str, Tenths]
    """Facets that are a matter of judgement, in tenths."""
    tags: tuple[str, ...] = ()

    @cached_property
    def facets(self) -> dict[str, float]:
        """Where the look lies in style space."""
        areas = [(garment, garment.shape.area) for garment in self.garments]
        pattern = sum(PATTERN_STRENGTH[g.pattern] * area for g, area in areas) / sum(a for _, a in areas)
        measured = colour_facets([(garment.colour, area) for garment, area in areas])
        judged = {name: tenths / _TENTHS for name, tenths in self.judged.items()}
        return {name: round(value, 3) for name, value in {**judged, **measured, "pattern": pattern}.items()}

    @cached_property
    def vector(self) -> tuple[float, ...]:
        """``facets`` as coordinates."""
        return coordinates(self.facets)

    @property
    def palette(self) -> list[str]:
        """The colours of the look as ``#rrggbb``, each once, in the order of the garments."""
        return list(dict.fromkeys(garment.colour for garment in self.garments))

    @property
    def colour_families(self) -> list[str]:
        """The colour families of the palette."""
        return families(self.palette)

    @property
    def kinds(self) -> list[str]:
        """What the garments are, each once."""
        return list(dict.fromkeys(garment.kind for garment in self.garments))


class _Deck(BaseModel):
    model_config = ConfigDict(defer_build=True)

    notice: str
    cards: tuple[Card, ...]


@cache
def deck() -> tuple[Card, ...]:
    """Return all cards, in the order of the file."""
    return _Deck.model_validate_json((Path(__file__).parent / "deck.json").read_bytes()).cards


@cache
def by_id() -> dict[str, Card]:
    """Return the cards by their id."""
    return {card.card_id: card for card in deck()}
