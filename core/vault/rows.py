"""An item as one row of the vault's CSV and back: the columns, and how each is written and read.

What is exported is what a person said about an item: nothing computed, nothing of other domains but the
photo's id. Reading is the inverse of writing, and forgiving where people type (``#ABC``, ``navy``, ``eur``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from core.platform import days
from core.platform.errors import FieldError
from core.vault import cells
from core.vault.admission import admit, admit_wear
from core.vault.colours import hex_of
from core.vault.errors import InvalidItem, InvalidWear
from core.vault.models import ItemColour, NewItem, VaultItem
from core.vault.wears import MAX_WEARS

type Value = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A row that holds a valid item; ``id`` is the id it was exported under, if it was."""

    item: NewItem
    worn_on: tuple[date, ...] = ()
    added_at: datetime | None = None
    id: str | None = None


def _colour(text: str) -> dict[str, str]:
    code, _, name = text.partition(" ")
    if code.startswith("#"):
        return {"hex": code, "name": name} if name.strip() else {"hex": code}
    found = hex_of(text)
    if found is None:
        raise ValueError(f'does not know the colour "{text}"; write it as "#rrggbb {text}"')
    return {"hex": found, "name": text}


def _day(text: str) -> date:
    if not days.FORM.fullmatch(text):
        raise ValueError(f'has "{text}" where a date as YYYY-MM-DD is expected')
    return date.fromisoformat(text)


def _moment(text: str) -> datetime:
    try:
        told = datetime.fromisoformat(text)
        moment = told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)
    except (ValueError, OverflowError):  # the first and last days there are overflow where UTC's is another
        raise ValueError("must be a moment as YYYY-MM-DDTHH:MM:SSZ") from None
    if moment.date() < days.EARLIEST:  # years that no zone's clock can be set to, for one
        raise ValueError(f"is before {days.EARLIEST}")
    return moment


def _many(each: Value) -> Value:
    return lambda cell: [each(part) for part in cells.split(cell)]


READERS: dict[str, Value] = {
    "id": str,
    "name": str,
    "category": str,
    "subtype": str,
    "colours": _many(_colour),
    "brand": str,
    "size": str,
    "materials": _many(str),
    "pattern": str,
    "fit": str,
    "formality": str,
    "warmth": str,
    "seasons": _many(str.lower),
    "style_tags": _many(str),
    "notes": str,
    "price_amount": str,
    "price_currency": str,
    "purchased_on": _day,
    "status": str.lower,
    "image_id": str.lower,
    "worn_on": _many(_day),
    "added_at": _moment,
}
COLUMNS = tuple(READERS)
REQUIRED = ("name", "category")

_BESIDES_THE_ITEM = ("id", "worn_on", "added_at")


def written(item: VaultItem) -> list[str]:
    """Return the item's cells in the order of ``COLUMNS``, formulas guarded."""
    texts = {
        **{name: getattr(item, name) for name in COLUMNS if name in VaultItem.model_fields},
        "colours": cells.joined(map(_colour_text, item.colours)),
        "materials": cells.joined(item.materials),
        "seasons": cells.joined(item.seasons),
        "style_tags": cells.joined(item.style_tags),
        "price_amount": item.price and item.price.amount,
        "price_currency": item.price and item.price.currency,
        "worn_on": cells.joined(wear.worn_on.isoformat() for wear in item.wears),
        "added_at": item.created_at.astimezone(UTC).isoformat(timespec="microseconds"),
    }
    return [cells.guarded("" if texts[name] is None else str(texts[name])) for name in COLUMNS]


def read(row: Mapping[str, str], *, now: datetime) -> ItemRow:
    """Return the item a row holds; ``row`` maps column names to raw cells.

    Raises:
        InvalidItem: its errors' pointers are ``/<column>``.
    """
    values, errors = _values(row)
    if errors:
        raise InvalidItem("The row cannot be read.", errors=errors)
    besides = {name: values.pop(name, None) for name in _BESIDES_THE_ITEM}
    try:
        item = admit(_nested(values), now=now)
        worn_on = tuple(admit_wear(day, now=now) for day in besides["worn_on"] or ())
    except (InvalidItem, InvalidWear) as error:
        columns = [FieldError(_column_pointer(found.pointer), found.detail) for found in error.errors]
        raise InvalidItem(error.detail, errors=columns) from None
    if len(worn_on) > MAX_WEARS:
        raise InvalidItem("", errors=[FieldError("/worn_on", f"has more than {MAX_WEARS} wears.")])
    added_at = besides["added_at"]
    if added_at is not None and added_at > now:
        raise InvalidItem("", errors=[FieldError("/added_at", "is in the future.")])
    return ItemRow(item, tuple(sorted(set(worn_on))), added_at, besides["id"])


def _values(row: Mapping[str, str]) -> tuple[dict[str, Any], list[FieldError]]:
    values: dict[str, Any] = {}
    errors: list[FieldError] = []
    for name, cell in row.items():
        text = cells.unguarded(cell).strip()
        if not text:
            continue
        try:
            values[name] = READERS[name](text)
        except ValueError as error:
            errors.append(FieldError(f"/{name}", f"{error}."))
    return values, errors


def _nested(values: dict[str, Any]) -> dict[str, Any]:
    price = {
        field: values.pop(f"price_{field}") for field in ("amount", "currency") if f"price_{field}" in values
    }
    return {**values, "price": price} if price else values


def _column_pointer(pointer: str) -> str:
    parts = pointer.split("/")
    return "/price_" + parts[2] if parts[1:2] == ["price"] and len(parts) > 2 else "/" + parts[1]


def _colour_text(colour: ItemColour) -> str:
    return colour.hex if colour.name is None else f"{colour.hex} {colour.name}"
