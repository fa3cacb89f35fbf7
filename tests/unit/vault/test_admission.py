from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.platform.currencies import minor_units
from core.vault.admission import admit, admit_wear, normal_price
from core.vault.errors import InvalidItem, InvalidWear
from core.vault.models import Attributes, ItemPatch, NewItem, Price
from tests.unit.vault.items import NOW, new_items

SHIRT = {"name": "White shirt", "category": "shirts"}


def refused(values: dict[str, Any]) -> list[str]:
    with pytest.raises(InvalidItem) as caught:
        admit(values, now=NOW)
    return [error.pointer for error in caught.value.errors]


@given(st.integers(0, 10**11), st.integers(0, 4), st.sampled_from(["EUR", "JPY", "KWD", "CLF"]))
def test_a_price_has_one_spelling(minor: int, zeros: int, currency: str) -> None:
    decimals = minor_units(currency)
    assert decimals is not None
    exact = Decimal(minor).scaleb(-decimals)
    spelled = f"{exact:.{decimals + zeros}f}"
    shortest = f"{exact.normalize():f}"
    normal = normal_price(Price(amount=spelled, currency=currency))
    assert normal == normal_price(Price(amount=shortest, currency=currency))
    assert normal_price(normal) is normal
    assert Decimal(normal.amount) == exact
    assert len(normal.amount.partition(".")[2]) == decimals


def test_2879_2_and_2879_20_are_one_price() -> None:
    short, long = (Price(amount=amount, currency="EUR") for amount in ("2879.2", "2879.20"))
    assert normal_price(short) == normal_price(long) == Price(amount="2879.20", currency="EUR")


def test_zero_is_a_price_and_not_unknown() -> None:
    gift = admit({**SHIRT, "price": {"amount": "0", "currency": "eur"}}, now=NOW)
    assert gift.price == Price(amount="0.00", currency="EUR")
    assert admit(SHIRT, now=NOW).price is None


@pytest.mark.parametrize(
    ("price", "pointer"),
    [
        ({"amount": "-1", "currency": "EUR"}, "/price/amount"),
        ({"amount": "1e3", "currency": "EUR"}, "/price/amount"),
        ({"amount": "NaN", "currency": "EUR"}, "/price/amount"),
        ({"amount": "٣", "currency": "EUR"}, "/price/amount"),
        ({"amount": "1,50", "currency": "EUR"}, "/price/amount"),
        ({"amount": 1.5, "currency": "EUR"}, "/price/amount"),
        ({"amount": "79.905", "currency": "EUR"}, "/price/amount"),
        ({"amount": "1200.5", "currency": "JPY"}, "/price/amount"),
        ({"amount": "1"}, "/price/currency"),
        ({"amount": "1", "currency": "EURO"}, "/price/currency"),
        ({"amount": "1", "currency": "XYZ"}, "/price/currency"),
        ({"amount": "1", "currency": "XAU"}, "/price/currency"),
        ("79.90 EUR", "/price"),
    ],
)
def test_a_price_that_is_none_is_refused_by_field(price: Any, pointer: str) -> None:
    assert refused({**SHIRT, "price": price}) == [pointer]


@pytest.mark.parametrize(
    ("values", "pointer"),
    [
        ({"name": "  "}, "/name"),
        ({"name": "two\nlines"}, "/name"),
        ({"name": "x" * 121}, "/name"),
        ({"category": "a\tb\0"}, "/category"),
        ({"category": "İ" * 31}, "/category"),
        ({"colours": [{"hex": "navy"}]}, "/colours/0/hex"),
        ({"colours": [{"hex": f"#00000{n}"} for n in range(9)]}, "/colours"),
        ({"seasons": ["monsoon"]}, "/seasons/0"),
        ({"notes": "bell\a"}, "/notes"),
        ({"image_id": "../../etc/passwd"}, "/image_id"),
        ({"purchased_on": "2026-02-30"}, "/purchased_on"),
        ({"purchased_on": "20260230"}, "/purchased_on"),
        ({"purchased_on": 1_700_000_000}, "/purchased_on"),
        ({"purchased_on": "2026-11-24"}, "/purchased_on"),
        ({"purchased_on": "1899-12-31"}, "/purchased_on"),
        ({"status": "lost"}, "/status"),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_what_is_wrong_is_named(values: dict[str, Any], pointer: str) -> None:
    assert refused({**SHIRT, **values}) == [pointer]


def test_every_wrong_field_is_named_at_once() -> None:
    price = {"amount": "1.999", "currency": "EUR"}
    assert refused({**SHIRT, "price": price, "purchased_on": "2030-01-01"}) == [
        "/price/amount",
        "/purchased_on",
    ]


def test_texts_are_tidied_and_repeats_dropped() -> None:
    item = admit(
        {
            "name": "  Cafe\u0301 shirt ",
            "category": "shirts",
            "colours": [{"hex": "#ABC"}, {"hex": "#aabbcc"}, {"hex": "#FFFFFF", "name": "chalk"}],
            "style_tags": ["Work", "work", "WORK", "beach"],
            "seasons": ["winter", "spring", "winter"],
            "notes": "one\r\ntwo\rthree",
        },
        now=NOW,
    )
    assert item.name == "Caf\u00e9 shirt"
    assert [colour.hex for colour in item.colours] == ["#aabbcc", "#ffffff"]
    assert item.style_tags == ["Work", "beach"]
    assert item.seasons == ["spring", "winter"]
    assert item.notes == "one\ntwo\nthree"


@given(new_items)
def test_an_admitted_item_is_admitted_unchanged(item: NewItem) -> None:
    assert admit(item.model_dump(), now=NOW) == item
    assert NewItem.model_validate_json(item.model_dump_json(), strict=True) == item


@pytest.mark.parametrize(
    ("typed", "category"),
    [("tops", "tops"), ("Wide  Leg_Jeans", "wide-leg-jeans"), (" Кимоно ", "кимоно"), ("İ", "i\u0307")],
)
def test_a_category_may_be_ones_own_word_and_has_one_spelling(typed: str, category: str) -> None:
    assert admit({**SHIRT, "category": typed}, now=NOW).category == category


def test_only_touched_fields_are_judged_by_todays_tables() -> None:
    retired = {**SHIRT, "price": {"amount": "10.00", "currency": "DEM"}}
    assert admit(retired, now=NOW, touched={"name"}).price == Price(amount="10.00", currency="DEM")
    assert refused(retired) == ["/price/currency"]


def test_a_wear_may_be_tomorrow_in_utc_but_no_later() -> None:
    tomorrow = NOW.date() + timedelta(days=1)
    assert admit_wear(tomorrow, now=NOW) == tomorrow
    for impossible in (tomorrow + timedelta(days=1), date(1899, 12, 31)):
        with pytest.raises(InvalidWear) as caught:
            admit_wear(impossible, now=NOW)
        assert [error.pointer for error in caught.value.errors] == ["/worn_on"]


def test_every_attribute_can_be_patched() -> None:
    assert ItemPatch.model_fields.keys() == Attributes.model_fields.keys()


@pytest.mark.parametrize("category", ["_", "__ _", " "])
def test_a_category_of_underscores_is_refused(category: str) -> None:
    with pytest.raises(InvalidItem, match="category"):
        admit({"name": "Coat", "category": category}, now=NOW)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (" ", "String should have at least 1 character"),
        ("x" * 121, "String should have at most 120 characters"),
    ],
)
def test_the_length_of_a_text_is_told_in_characters(text: str, said: str) -> None:
    with pytest.raises(InvalidItem) as refused:
        admit({**SHIRT, "name": text}, now=NOW)
    assert [error.detail for error in refused.value.errors] == [said]


@pytest.mark.parametrize("field", ["name", "brand", "notes"])
def test_a_text_that_cannot_be_seen_is_refused(field: str) -> None:
    with pytest.raises(InvalidItem) as refused:
        admit({**SHIRT, field: "\u200b\u2060"}, now=NOW)
    assert [error.pointer for error in refused.value.errors] == [f"/{field}"]


@pytest.mark.parametrize(
    ("values", "pointer"),
    [
        ({"style_tags": ["work", "\u200b"]}, "/style_tags/1"),
        ({"materials": ["\u3164"]}, "/materials/0"),
        ({"colours": [{"hex": "#000000", "name": "\u200b"}]}, "/colours/0/name"),
    ],
)
def test_nor_may_one_within_a_list_be_invisible(values: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InvalidItem) as refused:
        admit({**SHIRT, **values}, now=NOW)
    assert [error.pointer for error in refused.value.errors] == [pointer]
