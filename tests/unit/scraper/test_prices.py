"""Prices come out right, however shops write them, and nothing is guessed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.platform.currencies import minor_units
from core.scraper.models import ItemPrice
from core.scraper.prices import read, spread


def told(price: ItemPrice | None) -> tuple[str, str, str | None, str | None] | None:
    return None if price is None else (price.amount, price.currency, price.regular, price.up_to)


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("1.299,00 €", "1299.00", "EUR"),
        ("1.234 €", "1234.00", "EUR"),
        ("€1.299,5", "1299.50", "EUR"),
        ("49,- €", "49.00", "EUR"),
        ("45.00EUR", "45.00", "EUR"),
        ("¥12,000", "12000", "JPY"),
        ("￥12,000", "12000", "JPY"),
        ("¥199.50", "199.50", "CNY"),
        ("Fr. 1'299.–", "1299.00", "CHF"),
        ("CHF 1’299.00", "1299.00", "CHF"),
        ("$1,234", "1234.00", "USD"),
        ("US$ 49.99", "49.99", "USD"),
        ("$25.00 CAD", "25.00", "CAD"),
        ("A$50", "50.00", "AUD"),
        ("R$ 1.234,56", "1234.56", "BRL"),
        ("1 299,00 zł", "1299.00", "PLN"),
        ("10 000 Ft", "10000.00", "HUF"),
        ("₹1,29,900", "129900.00", "INR"),
        ("Rs. 2,999", "2999.00", "INR"),
        ("12.000 ₫", "12000", "VND"),
        ("KWD 1.250", "1.250", "KWD"),
        ("USD 1.250", "1250.00", "USD"),
        ("1٬٢٩٩ د.إ", "1299.00", "AED"),
        ("٢٨٧٩٫٢ ر.س", "2879.20", "SAR"),
        ("20% off $30", "30.00", "USD"),
        ("£24 (save £6)", "24.00", "GBP"),
        ("or 4 payments of £6.00 £24", "24.00", "GBP"),
        ("Pack of 2 £10", "10.00", "GBP"),
        ("price: 45.00 EUR incl. VAT 19%", "45.00", "EUR"),
    ],
)
def test_a_single_price(text: str, amount: str, currency: str) -> None:
    assert told(read(text)) == (amount, currency, None, None)


@pytest.mark.parametrize("text", ["1e-400", "4E+400", "1e-999999999", "€ 1e-400", "1e400 EUR", 1e-300, 1e300])
def test_an_exponent_that_makes_no_price_is_none(text: str | float) -> None:
    assert read(text, currency="EUR") is None


@pytest.mark.parametrize("text", ["1.2e3", "12e+2", 1200.0])
def test_an_exponent_that_makes_a_price_is_read(text: str | float) -> None:
    assert told(read(text, currency="EUR")) == ("1200.00", "EUR", None, None)


@pytest.mark.parametrize(
    ("text", "amount", "regular", "up_to"),
    [
        ("£30 £24", "24.00", "30.00", None),
        ("£24 £30", "24.00", "30.00", None),
        ("£30.00 £24.00 -20%", "24.00", "30.00", None),
        ("£30 £24 £18", "18.00", "30.00", None),
        ("Was £30 Now £24", "24.00", "30.00", None),
        ("£24.00 (was £30.00)", "24.00", "30.00", None),
        ("30£ 24£", "24.00", "30.00", None),
        ("£24 – £30", "24.00", None, "30.00"),
        ("£24-£30", "24.00", None, "30.00"),
        ("from £24 to £30", "24.00", None, "30.00"),
        ("24–30 £", "24.00", None, "30.00"),
        ("24.00 GBP - 30.00 GBP", "24.00", None, "30.00"),
    ],
)
def test_two_prices_are_a_sale_or_a_range(
    text: str, amount: str, regular: str | None, up_to: str | None
) -> None:
    assert told(read(text)) == (amount, "GBP", regular, up_to)


@pytest.mark.parametrize(
    "text",
    ["", "abc", "-20%", "1e5", "12.5.2024", "kr 1.299,-", "49.90", "£-5", "3x £10", "€1.2.345,67", "1e2 €"],
)
def test_what_is_no_certain_price_is_none(text: str) -> None:
    assert read(text) is None


def test_a_hint_decides_what_a_sign_leaves_open_and_nothing_else() -> None:
    assert told(read("kr 1.299,-", currency="SEK")) == ("1299.00", "SEK", None, None)
    assert told(read("$20", currency="CAD")) == ("20.00", "CAD", None, None)
    assert told(read("£20", currency="EUR")) == ("20.00", "GBP", None, None)
    assert read("20", currency="XXX") is None


CURRENCIES = st.sampled_from(["EUR", "USD", "JPY", "KWD", "GBP", "INR", "CHF", "SEK"])


@st.composite
def amounts(draw: st.DrawFn) -> tuple[str, Decimal]:
    """A currency, and an amount in its own decimals below a hundred million."""
    currency = draw(CURRENCIES)
    decimals = minor_units(currency) or 0
    units = draw(st.integers(0, 10**8 - 1))
    return currency, Decimal(units).scaleb(-decimals)


@given(amounts(), st.sampled_from([",.", ".,", "'.", " ,", " .", ".", ","]), st.booleans())
def test_every_way_of_writing_an_amount_is_the_same_amount(
    amount: tuple[str, Decimal], marks: str, before: bool
) -> None:
    currency, value = amount
    group, decimal = marks[:-1], marks[-1]
    if minor_units(currency) == 3 and (decimal == "," or not group):
        decimal, group = ".", ","
    written = f"{value:,}".translate({ord(","): group, ord("."): decimal})
    text = f"{currency} {written}" if before else f"{written} {currency}"
    price = read(text)
    assert price is not None, text
    assert (Decimal(price.amount), price.currency) == (value, currency), text


@given(amounts())
def test_trailing_zeros_make_no_new_price(amount: tuple[str, Decimal]) -> None:
    currency, value = amount
    short = format(value.normalize(), "f")
    assert read(short, currency=currency) == read(f"{value:f}", currency=currency)


@given(amounts(), amounts())
def test_the_lower_of_two_amounts_is_what_one_pays(
    one: tuple[str, Decimal], other: tuple[str, Decimal]
) -> None:
    currency, value = one
    second = abs(other[1]).quantize(value)
    price = read(f"{currency} {value} {currency} {second}")
    assert price is not None
    assert Decimal(price.amount) == min(value, second)
    assert price.regular is None if value == second else Decimal(price.regular or 0) == max(value, second)


@given(st.text(max_size=60), st.sampled_from([None, "EUR", "JPY"]))
def test_any_text_is_a_price_or_none(text: str, currency: str | None) -> None:
    price = read(text, currency=currency)
    assert price is None or read(f"{price.amount} {price.currency}") == ItemPrice(
        amount=price.amount, currency=price.currency
    )


def test_variants_are_one_price_from_the_lowest_to_the_highest() -> None:
    variants = [read("45 EUR"), read("30 EUR", regular="60"), read("10 USD")]
    assert told(spread([one for one in variants if one])) == ("30.00", "EUR", "60.00", "45.00")
    assert spread([]) is None
