"""The wardrobe's shapes: an item as it is sent, changed, stored and shown.

The stored document carries its wears, so a wear is one atomic write and no second place can disagree; wear
count and last worn day are computed from them. The models check form only. Whether a currency or a category
exists is asked once, on the way in (``admission``): outside tables change, stored items must stay readable.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    computed_field,
)

from core.media import Variants
from core.platform import ids
from core.platform.days import Day
from core.platform.examples import example, given_by
from core.platform.models import Document, ListQuery, PathId, Stamp, Wire
from core.platform.texts import folded
from core.vault import colours as colour_families
from core.vault.texts import Category, Line, Notes, Word, Words
from core.vault.wears import Wear, last_worn_on

type ItemStatus = Literal["active", "archived"]
type Season = Literal["spring", "summer", "autumn", "winter"]

_AMOUNT = re.compile(r"^[0-9]{1,12}(\.[0-9]{1,12})?$")
_CURRENCY = re.compile("^[A-Z]{3}$")


def _hex(value: Any) -> Any:
    if not isinstance(value, str) or (found := colour_families.normal_hex(value)) is None:
        raise ValueError('must be a colour as "#rrggbb"')
    return found


def _amount(value: Any) -> Any:
    if not isinstance(value, str) or not _AMOUNT.fullmatch(value.strip()):
        raise ValueError('must be a string with a decimal number of zero or more, such as "79.90"')
    return value.strip()


def _currency(value: Any) -> Any:
    if not isinstance(value, str) or not _CURRENCY.fullmatch(value.strip().upper()):
        raise ValueError('must be an ISO 4217 currency code, such as "EUR"')
    return value.strip().upper()


def _in_year_order(values: list[Season]) -> list[Season]:
    order: tuple[Season, ...] = ("spring", "summer", "autumn", "winter")
    return [season for season in order if season in values]


Amount = Annotated[str, Field(pattern=_AMOUNT.pattern), BeforeValidator(_amount)]
Currency = Annotated[str, Field(pattern=_CURRENCY.pattern), BeforeValidator(_currency)]
ImageId = Annotated[str, Field(pattern=f"^{ids.FORM}$")]
Seasons = Annotated[list[Season], Field(max_length=4), AfterValidator(_in_year_order)]


class ItemColour(Wire):
    """A colour of the item; ``name`` is the person's own word for it."""

    model_config = example(hex="#c8b68f", name="sand")

    hex: Annotated[str, Field(pattern="^#[0-9a-f]{6}$"), BeforeValidator(_hex)]
    name: Word | None = None


class Price(Wire):
    """What was paid. ``amount`` is a decimal string in the currency's own number of decimals."""

    model_config = example(amount="79.90", currency="EUR")

    amount: Amount
    currency: Currency


def _distinct_colours(values: list[ItemColour]) -> list[ItemColour]:
    return list({colour.hex: colour for colour in reversed(values)}.values())[::-1]


Colours = Annotated[list[ItemColour], Field(max_length=8), AfterValidator(_distinct_colours)]


class Attributes(BaseModel):
    """What a person says about an item and may edit. ``None`` is unknown; a price of zero is a price.

    ``category`` is a word of the media taxonomy or the person's own, hyphenated and in lower case.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    name: Line
    category: Category
    subtype: Word | None = None
    colours: Colours = []
    image_id: ImageId | None = None
    brand: Word | None = None
    size: Word | None = None
    materials: Words = []
    pattern: Word | None = None
    fit: Word | None = None
    formality: Word | None = None
    warmth: Word | None = None
    seasons: Seasons = []
    style_tags: Words = []
    notes: Notes | None = None
    price: Price | None = None
    purchased_on: Day | None = None
    status: ItemStatus = "active"


_SHIRT: dict[str, Any] = {
    "name": "Linen shirt",
    "category": "tops",
    "subtype": "shirt",
    "colours": [{"hex": "#c8b68f", "name": "sand"}],
    "brand": "Arket",
    "size": "M",
    "materials": ["linen"],
    "pattern": "solid",
    "fit": "relaxed",
    "formality": "smart-casual",
    "warmth": "light",
    "seasons": ["spring", "summer"],
    "style_tags": ["minimal"],
    "notes": "Iron while damp.",
    "price": {"amount": "79.90", "currency": "EUR"},
    "purchased_on": "2024-05-02",
}
"""An example of an item."""


class NewItem(Attributes, Wire):
    """An item to add. Unknown fields are refused."""

    model_config = example(**_SHIRT)


class PricePatch(Wire):
    """A change to the price; what is left out stays."""

    amount: Amount | None = None
    currency: Currency | None = None


class ItemPatch(Wire):
    """A JSON merge patch (RFC 7396) of an item: what is left out stays, ``null`` clears."""

    model_config = example(name="Linen shirt, sand", price={"amount": "69.90"}, brand=None)

    name: Line | None = None
    category: Category | None = None
    subtype: Word | None = None
    colours: Colours | None = None
    image_id: ImageId | None = None
    brand: Word | None = None
    size: Word | None = None
    materials: Words | None = None
    pattern: Word | None = None
    fit: Word | None = None
    formality: Word | None = None
    warmth: Word | None = None
    seasons: Seasons | None = None
    style_tags: Words | None = None
    notes: Notes | None = None
    price: PricePatch | None = None
    purchased_on: Day | None = None
    status: ItemStatus | None = None


class VaultItem(Attributes, Document):
    """An item as stored in container ``vault``, its wears inside it, sorted by day."""

    wears: tuple[Wear, ...] = ()
    created_at: Stamp
    updated_at: Stamp

    @classmethod
    def of(cls, item: NewItem, *, item_id: str, user_id: str, now: datetime) -> Self:
        """Return a person's new item as it is stored first."""
        own = {"user_id": user_id, "created_at": now, "updated_at": now}
        return cls.arranged({"id": item_id, **_UNSET, **vars(item), **own})

    @property
    def wear_count(self) -> int:
        """On how many days it was worn."""
        return len(self.wears)

    @property
    def last_worn_on(self) -> date | None:
        """The latest day it was worn, ``None`` if never."""
        return last_worn_on(self.wears)

    @computed_field(description="Index: the words the colour filter finds it by. Written, never read back.")
    @property
    def colour_terms(self) -> list[str]:
        """Words the colour filter finds this item by."""
        return colour_families.terms((colour.hex, colour.name) for colour in self.colours)

    @computed_field(description="Index: the folded text a search looks in. Written, never read back.")
    @property
    def search_text(self) -> str:
        """Folded text a search looks in: name, subtype, brand, notes and tags, one per line."""
        texts = (self.name, self.subtype, self.brand, self.notes, *self.style_tags)
        return "\n".join(folded(text) for text in texts if text)


_UNSET = {
    name: field.default
    for name, field in VaultItem.model_fields.items()
    if name not in Attributes.model_fields and not field.is_required()
}
"""What a new document has that no item is sent with: no version, and no wears."""


class ItemSummary(Attributes, Wire):
    """An item in a list. ``image`` has signed links to its photo, where there is one."""

    model_config = example(**_SHIRT, image_id=None, wear_count=1, last_worn_on="2025-06-14")

    id: str
    wear_count: int
    last_worn_on: date | None
    image: Variants | None
    created_at: datetime
    updated_at: datetime


class Item(ItemSummary):
    """One item with the days it was worn."""

    model_config = example(**_SHIRT, image_id=None, wear_count=1, last_worn_on="2025-06-14")

    wears: list[Wear]


class ListItems(ListQuery):
    """Filters of the list; all given ones must hold."""

    category: Annotated[Category | None, Field(examples=["tops"])] = None
    colour: Word | None = Field(
        default=None,
        examples=["sand"],
        description="A colour family (`navy`), a hex (for its family), or your own colour name.",
    )
    season: Annotated[Season | None, Field(examples=["summer"])] = None
    status: Annotated[Literal["active", "archived", "all"], Field(examples=["all"])] = "active"
    q: Line | None = Field(
        default=None,
        examples=["linen"],
        description="Words to find in name, subtype, brand, notes and tags; case and accents do not matter.",
    )

    @property
    def colour_term(self) -> str | None:
        """The word to look for among an item's colour terms."""
        return None if self.colour is None else colour_families.term(self.colour)


class ItemPath(Wire):
    """The item a route names."""

    item_id: Annotated[PathId, given_by("add_vault_item", "/id")]


class NewWear(Wire):
    """A day on which the item was worn; today (UTC) if left out."""

    model_config = example(worn_on="2025-06-14")

    worn_on: Day | None = None


class WornOn(Wire):
    """The day whose wear is taken back."""

    worn_on: Annotated[Day, Field(examples=["2025-06-14"])]


class RowError(Wire):
    """What is wrong in a row, and in which column (``None``: the row as a whole)."""

    model_config = example(column="price", detail="must be a decimal number")

    column: str | None
    detail: str


class ImportedRow(Wire):
    """What became of one row. ``row`` counts as a spreadsheet does: the header is row 1.

    ``item_id`` is the item made, or the one that was there already. A created row with ``errors`` was taken
    without what they name.
    """

    model_config = example(row=2, status="created", errors=[])

    row: int
    status: Literal["created", "duplicate", "invalid"]
    item_id: str | None = None
    errors: tuple[RowError, ...] = ()


class ImportCounts(Wire):
    """How many rows ended in which way."""

    model_config = example(created=1, duplicate=0, invalid=0)

    created: int
    duplicate: int
    invalid: int


class ImportReport(Wire):
    """The outcome of an import, row by row in the file's order."""

    counts: ImportCounts
    rows: list[ImportedRow]
