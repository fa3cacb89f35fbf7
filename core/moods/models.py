"""What a mood is: a style direction with a name, and everything by which it can be recognised in clothes."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import Field

from core.platform.examples import example, given_by
from core.platform.models import PathId, Shared, Stamp, Wire
from core.stylist import Outfit
from core.taste import Answer, FacetName, colour_families
from core.vault import ItemSummary

SHELF: Final = "moods"
"""The partition of the moods that were made: there are few, and they are listed together."""
MONTHS: Final = "generations"
"""The partition of what each month's feed was found to contain."""

Hex = Annotated[str, Field(pattern="^#[0-9a-f]{6}$")]
Position = Annotated[float, Field(ge=-1, le=1)]
type NamedBy = Literal["hand", "model", "rules"]


class Swatch(Wire):
    """A colour of the palette."""

    model_config = example(name="sand", hex="#c8b68f")

    name: str
    hex: Hex


class MoodPiece(Wire):
    """A garment that makes the mood; its words are those of the wardrobe's vocabulary."""

    model_config = example(kind="shirt", colour="sand", hex="#c8b68f", material="linen")

    kind: str
    colour: str
    hex: Hex
    pattern: str | None = None
    material: str | None = None

    @property
    def label(self) -> str:
        """The piece in words: ``navy block-print kurta``."""
        words = (self.colour, self.pattern, self.material, self.kind)
        return " ".join(word for word in words if word).replace("-", " ")


class ItemRef(Wire):
    """An item of the feed, by reference: moods outlive what they were made of."""

    site: str
    item_id: str


class Look(Wire):
    """What a mood looks like, whoever named it."""

    palette: tuple[Swatch, ...]
    facets: dict[FacetName, Position]
    pieces: tuple[MoodPiece, ...]

    @property
    def colours(self) -> list[str]:
        """The colour families of the palette."""
        return colour_families(swatch.hex for swatch in self.palette)


class Mood(Shared):
    """A mood, in container ``moods``; those that ship with the app are made from a file and never stored.

    ``month`` is that of which feed it was made (``2026-11``), ``None`` for one that shipped.
    """

    partition: str = SHELF
    name: Annotated[str, Field(min_length=2, max_length=60)]
    description: Annotated[str, Field(max_length=400)]
    keywords: tuple[str, ...]
    look: Look
    examples: tuple[ItemRef, ...] = ()
    month: str | None = None
    named_by: NamedBy
    created_at: Stamp


_HARBOUR: dict[str, Any] = {
    "name": "Harbour linen",
    "description": "Loose linen in sand and navy, made for wind from the sea.",
    "keywords": ["linen", "nautical"],
    "month": "2025-06",
    "appeal": 0.81,
    "why": ["You like navy."],
}
"""An example of a mood."""


class MoodSummary(Wire):
    """A mood in a list. ``appeal`` is the chance, 0..1, that you like it; ``why`` is what speaks for it."""

    model_config = example(**_HARBOUR)

    mood_id: str
    name: str
    description: str
    keywords: list[str]
    palette: list[Swatch]
    month: str | None
    appeal: float
    why: list[str]
    answer: Answer | None


class MoodExample(Wire):
    """An item of the feed that shows the mood."""

    model_config = example(
        title="Navy linen shirt",
        url="https://shop.example.org/shirt",
        image_url="https://shop.example.org/shirt.jpg",
    )

    item_id: str
    title: str
    url: str
    image_url: str | None


class MoodView(MoodSummary):
    """One mood, with the pieces that make it, and items of the feed that show it."""

    model_config = example(**_HARBOUR, facets={"structure": -0.4})

    facets: dict[str, float]
    pieces: list[MoodPiece]
    examples: list[MoodExample]


class FittingItem(Wire):
    """An item of your own that fits. ``fit`` is 0..1; ``why`` says what fits."""

    model_config = example(fit=0.74, why=["Its sand is the mood's."])

    item: ItemSummary
    fit: float
    why: list[str]


class MissingPiece(Wire):
    """The one piece to have. ``completes`` tells whether it makes an outfit where there was none."""

    model_config = example(
        label="navy linen trousers",
        completes=True,
        sentence="With navy linen trousers it would be an outfit.",
    )

    piece: MoodPiece
    label: str
    completes: bool
    sentence: str


class MoodMatches(Wire):
    """What of your own fits a mood, the best outfit of it, and what is missing, null where nothing is.

    ``note`` says why there is no outfit.
    """

    mood_id: str
    items: list[FittingItem]
    outfit: Outfit | None
    note: str | None
    missing: MissingPiece | None


class MoodPath(Wire):
    """Which mood."""

    mood_id: Annotated[PathId, given_by("list_moods", "/items/0/mood_id")]


class Generation(Shared):
    """What one month's feed was found to contain: decided once, so that a retry names the same moods."""

    partition: str = MONTHS
    drafts: tuple[Mood, ...]
    items: int
    created_at: Stamp


class GeneratedMoods(Wire):
    """The result of a generation."""

    month: str
    items: int
    moods: list[str]
