"""The shape of a wardrobe's figures. Zero is zero; what is not known, or has nothing to be a share of, is
null."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from core.platform.days import EARLIEST, Day
from core.platform.examples import example
from core.platform.models import Wire
from core.platform.zones import ZoneName

type Share = Annotated[float, Field(ge=0, le=1)]


class InsightsQuery(Wire):
    """The day as of which the wardrobe is looked at."""

    as_of: Annotated[
        Day | None,
        Field(
            ge=EARLIEST,
            examples=["2025-06-30"],
            description="Wears and items after this day are left out; today in `time_zone` if not given.",
        ),
    ] = None
    time_zone: Annotated[
        ZoneName,
        Field(
            examples=["Europe/Berlin"],
            description="The IANA zone the person lives in: decides what today is, and on which day an "
            "item was added.",
        ),
    ] = "UTC"


class Totals(Wire):
    """How many items there are. An item of several colours or seasons counts once in each."""

    model_config = example(
        active=24,
        archived=2,
        by_category={"tops": 9},
        by_colour={"navy": 7},
        colour_unknown=1,
        by_season={"summer": 11},
        season_unknown=3,
    )

    active: int
    archived: int
    by_category: dict[str, int]
    by_colour: dict[str, int]
    colour_unknown: int
    by_season: dict[str, int]
    season_unknown: int


class Money(Wire):
    """An amount as a decimal string in the currency's own decimals."""

    model_config = example(amount="6.66", currency="EUR")

    amount: str
    currency: str


class WornItem(Wire):
    """An item with its wears. What is unworn or unpriced has no cost per wear, and says which it is."""

    model_config = example(
        name="Linen shirt",
        wears=12,
        last_worn_on="2025-06-14",
        cost_per_wear={"amount": "6.66", "currency": "EUR"},
        no_cost_because=None,
    )

    item_id: str
    name: str
    wears: int
    last_worn_on: date | None
    cost_per_wear: Money | None
    no_cost_because: Literal["unpriced", "unworn"] | None


class Value(Wire):
    """What the active items of one currency cost, and what each wear of the worn ones has come to."""

    model_config = example(
        currency="EUR", total="1480.00", items=18, spent_on_worn="1290.00", wears=194, cost_per_wear="6.65"
    )

    currency: str
    total: str
    items: int
    spent_on_worn: str
    wears: int
    cost_per_wear: str | None
    cheapest_worn: list[WornItem]
    dearest_worn: list[WornItem]


class Worth(Wire):
    """Value per currency, never added across currencies."""

    model_config = example(unpriced=6, priced_but_unworn=2)

    by_currency: list[Value]
    unpriced: int
    priced_but_unworn: int


class Use(Wire):
    """How much of the active wardrobe was worn in the last ``days`` days; ``share`` is null without items."""

    model_config = example(days=30, worn=15, items=24, share=0.625)

    days: int
    worn: int
    items: int
    share: Share | None


class Listed(Wire):
    """How many items there are of a sort, and the first of them."""

    model_config = example(count=2)

    count: int
    items: list[WornItem]


class Streak(Wire):
    """Consecutive days, each with something worn."""

    model_config = example(days=4, first="2025-06-11", last="2025-06-14")

    days: int
    first: date | None
    last: date | None


class Streaks(Wire):
    """The streak that still runs, and the longest there was."""

    current: Streak
    longest: Streak


class Month(Wire):
    """Wears of a calendar month (``YYYY-MM``); null before there was anything to wear."""

    model_config = example(month="2025-06", wears=31, items=24)

    month: str
    wears: int | None
    items: int | None


class PaletteColour(Wire):
    """A colour family and its share of the colours of the active wardrobe."""

    model_config = example(family="navy", share=0.29)

    family: str
    share: Share


class Palette(Wire):
    """The wardrobe's colours. ``neutral`` is the share of first colours that act as neutrals in an outfit."""

    model_config = example(neutral=0.58)

    colours: list[PaletteColour]
    neutral: Share


class FacetBalance(Wire):
    """One facet: where the person's taste lies, where the wardrobe lies, and the difference."""

    model_config = example(facet="structure", taste=-0.4, wardrobe=0.1, difference=0.5)

    facet: str
    taste: float
    wardrobe: float
    difference: float


class Balance(Wire):
    """How the wardrobe sits with the taste: mean appeal of its items, how many of them are things the
    person avoids, and the facets by difference.
    """

    model_config = example(appeal=0.66, avoided=1)

    appeal: Share | None
    avoided: int
    facets: list[FacetBalance]


class Unlock(Wire):
    """A garment that would unlock ``unlocks`` new outfits."""

    model_config = example(kind="trousers", slot="bottom", colour="navy", hex="#1f2a44", unlocks=14)

    kind: str
    slot: str
    colour: str
    hex: str
    unlocks: int


class ScorePart(Wire):
    """A part of the wardrobe score; ``value`` is null where there is nothing to judge, and then left out."""

    model_config = example(
        name="use", value=0.625, weight=0.4, definition="The share of items worn in the last 30 days."
    )

    name: str
    value: Share | None
    weight: float
    definition: str


class Score(Wire):
    """100 times the weighted mean of the parts that are known; null if none is."""

    model_config = example(value=64.0)

    value: float | None
    parts: list[ScorePart]


class VaultInsights(Wire):
    """Everything the records of a wardrobe say, as of a day in a time zone."""

    model_config = example(time_zone="Europe/Berlin")

    as_of: date
    time_zone: str
    totals: Totals
    worth: Worth
    utilisation: list[Use]
    dormant: Listed
    never_worn: Listed
    most_worn: list[WornItem]
    least_worn: list[WornItem]
    streaks: Streaks
    months: list[Month]
    palette: Palette | None
    balance: Balance | None
    gaps: list[Unlock]
    score: Score
