"""What is asked of the stylist and what it answers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from core.platform.examples import example
from core.platform.models import Wire
from core.stylist.wardrobe import Slot

type Formality = Literal["loungewear", "sport", "casual", "smart-casual", "business", "formal", "ceremonial"]
type Season = Literal["spring", "summer", "autumn", "winter"]
type PartName = Literal[
    "colour", "pattern", "formality", "idiom", "season", "warmth", "freshness", "taste", "completeness"
]

MOST = 10


class Wish(Wire):
    """What the outfits are for. What is left out is not guessed: its part of the score is left out too."""

    today: Annotated[date, Field(description="The day to dress for: decides what was worn lately.")]
    temperature: Annotated[
        float | None, Field(ge=-40, le=50, description="Air temperature in degrees Celsius.")
    ] = None
    season: Season | None = None
    formality: Annotated[Formality | None, Field(description="How formal the occasion is.")] = None
    avoid: Annotated[
        tuple[str, ...],
        Field(
            max_length=100, description="Words never to be worn: kinds, materials, colours, patterns, brands."
        ),
    ] = ()
    avoid_items: Annotated[
        tuple[str, ...], Field(max_length=1000, description="Ids of items not to be worn.")
    ] = ()
    always: Annotated[
        tuple[Slot, ...], Field(max_length=17, description="Slots every outfit must fill, such as `head`.")
    ] = ()
    count: Annotated[int, Field(ge=1, le=MOST, description="How many outfits at most.")] = 3


class Piece(Wire):
    """One garment of an outfit."""

    model_config = example(name="Linen shirt", slot="top")

    item_id: str
    name: str
    slot: Slot


class Part(Wire):
    """One part of an outfit's score: ``value`` 0 .. 1, its ``weight`` in the whole, and why in one
    sentence.
    """

    model_config = example(
        name="colour", value=0.9, weight=0.25, sentence="Sand and navy are an easy contrast."
    )

    name: PartName
    value: float
    weight: float
    sentence: str


class Outfit(Wire):
    """A complete outfit. ``score`` 0 .. 1 is the sum of value times weight of its parts; weights sum to 1.

    ``accents`` finish it and do not count in the score.
    """

    model_config = example(score=0.78)

    pieces: tuple[Piece, ...]
    accents: tuple[Piece, ...]
    score: float
    parts: tuple[Part, ...]

    @property
    def item_ids(self) -> tuple[str, ...]:
        """Ids of the pieces and then the accents."""
        return tuple(piece.item_id for piece in (*self.pieces, *self.accents))


class Proposals(Wire):
    """Ranked outfits, best first. ``note`` says why there are fewer than asked for, if there are.

    ``unplaced`` are active items whose words do not say what kind of garment they are, or that are never
    proposed (swimwear, sleepwear).
    """

    outfits: tuple[Outfit, ...]
    note: str | None
    unplaced: tuple[str, ...]
