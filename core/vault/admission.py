"""What is asked of an item once, on the way in: is this a currency, a possible day, a category?

Kept out of the models because stored items pass through those too, and a currency that is retired must not
make a vault unreadable. Of a change only the touched fields are asked, for the same reason.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from core.platform import days
from core.platform.currencies import minor_units
from core.platform.errors import FieldError
from core.platform.texts import INVISIBLE, is_visible
from core.vault.errors import InvalidItem, InvalidWear
from core.vault.models import Attributes, NewItem, Price

_TEXTS = ("name", "category", "subtype", "brand", "size", "pattern", "fit", "formality", "warmth", "notes")


def admit(
    values: Mapping[str, Any], *, now: datetime, touched: Collection[str] = frozenset(Attributes.model_fields)
) -> NewItem:
    """Return ``values`` as an item with its price in the currency's own decimals.

    Raises:
        InvalidItem: naming every field that is wrong. ``touched`` are the fields to judge by today's tables.
    """
    try:
        item = NewItem.model_validate(values)
    except ValidationError as error:
        raise _invalid([FieldError(_pointer(e["loc"]), _message(e["msg"])) for e in error.errors()]) from None
    return judged(item, now=now, touched=touched)


def judged(
    item: NewItem, *, now: datetime, touched: Collection[str] = frozenset(Attributes.model_fields)
) -> NewItem:
    """Return an item that is well-formed with its price in the currency's own decimals.

    Raises:
        InvalidItem: as ``admit``.
    """
    wrong, price = list(_wrong(item, now, touched)), item.price
    if "price" in touched and price is not None:
        try:
            price = normal_price(price)
        except ValueError as error:
            wrong.insert(0, _price_error(price, error))
    if wrong:
        raise _invalid(wrong)
    return item if price is item.price else item.model_copy(update={"price": price})


def normal_price(price: Price) -> Price:
    """Return the same price written with all decimals of its currency: 2879.2 EUR is 2879.20 EUR.

    A price that is written so is returned itself.

    Raises:
        ValueError: no such currency, or more decimals than it has.
    """
    decimals = minor_units(price.currency)
    if decimals is None:
        raise ValueError("is not a currency in use (ISO 4217)")
    amount = Decimal(price.amount)
    normal = f"{amount:.{decimals}f}"
    if normal == price.amount:
        return price
    if Decimal(normal) != amount:
        raise ValueError(f"{price.currency} has {decimals} decimals; {price.amount} has more")
    return price.model_copy(update={"amount": normal})


def admit_wear(day: date, *, now: datetime) -> date:
    """Return ``day`` if something can have been worn on it.

    Raises:
        InvalidWear: it is in the future everywhere on earth, or before 1900.
    """
    detail = _day_problem(day, now)
    if detail:
        raise InvalidWear(detail, errors=[FieldError("/worn_on", detail)])
    return day


def _wrong(item: NewItem, now: datetime, touched: Collection[str]) -> Iterator[FieldError]:
    day = item.purchased_on
    if "purchased_on" in touched and day is not None and (detail := _day_problem(day, now)):
        yield FieldError("/purchased_on", detail)
    for field, pointer, text in _texts(item):
        if text is not None and field in touched and not is_visible(text):
            yield FieldError(pointer, f"{INVISIBLE}.")


def _texts(item: NewItem) -> Iterator[tuple[str, str, str | None]]:
    """Yield every text of an item with the field it belongs to and where it is."""
    for field in _TEXTS:
        yield field, f"/{field}", getattr(item, field)
    for field, words in (("materials", item.materials), ("style_tags", item.style_tags)):
        for at, word in enumerate(words):
            yield field, f"/{field}/{at}", word
    for at, colour in enumerate(item.colours):
        yield "colours", f"/colours/{at}/name", colour.name


def _price_error(price: Price, error: ValueError) -> FieldError:
    field = "currency" if minor_units(price.currency) is None else "amount"
    return FieldError(f"/price/{field}", f"{error}.")


def _day_problem(day: date, now: datetime) -> str | None:
    if day > days.latest(now):
        return f"{day} is in the future; the latest possible day is {days.latest(now)}."
    return f"{day} is before {days.EARLIEST}." if day < days.EARLIEST else None


def _invalid(errors: list[FieldError]) -> InvalidItem:
    named = ", ".join(error.pointer or "/" for error in errors[:5])
    return InvalidItem(f"Check {named}.", errors=errors)


def _message(message: str) -> str:
    return message.removeprefix("Value error, ")


def _pointer(loc: tuple[int | str, ...]) -> str:
    return "".join(f"/{part}" for part in loc)
