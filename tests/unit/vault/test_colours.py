import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.taste.palette import oklch
from core.vault.colours import DARKEST, FAMILIES, HUES, TINTED, family, hex_of, normal_hex, term, terms
from tests.unit.vault.items import hexes


@given(hexes)
def test_every_hex_has_a_family_whatever_its_case(hex_colour: str) -> None:
    assert family(hex_colour.lower()) == family(hex_colour.upper()) in FAMILIES


@pytest.mark.parametrize("name", FAMILIES)
def test_the_colours_of_a_family_belong_to_it(name: str) -> None:
    assert {family(value) for value in FAMILIES[name].values()} == {name}


@pytest.mark.parametrize(
    ("hex_colour", "expected"),
    [
        ("#0b0b0d", "black"), ("#efefef", "white"), ("#9a9a98", "grey"), ("#1d2a44", "navy"),
        ("#2a4d8f", "blue"), ("#a7c7e7", "blue"), ("#7b1e26", "red"), ("#5a3a22", "brown"),
        ("#dcc9a3", "beige"), ("#4b5d32", "green"), ("#e8b923", "yellow"), ("#e86a17", "orange"),
        ("#24452f", "green"), ("#2f6b4f", "green"), ("#e8e4da", "beige"), ("#708090", "grey"),
        ("#722f37", "red"), ("#14213d", "navy"), ("#e5e5e5", "grey"), ("#2b0f3a", "purple"),
        ("#123c40", "teal"), ("#3a2a4a", "purple"), ("#b0a0b8", "purple"), ("#5c6f8a", "blue"),
        ("#b38b8b", "pink"), ("#f2d3bc", "beige"), ("#fffff0", "beige"), ("#f4a6c0", "pink"),
        ("#6f2da8", "purple"), ("#00868b", "teal"),
    ],
)  # fmt: skip
def test_garment_colours_fall_where_people_expect(hex_colour: str, expected: str) -> None:
    assert family(hex_colour) == expected


def test_what_is_clearly_tinted_is_called_by_its_hue_and_only_the_rest_is_neutral() -> None:
    steps = range(0, 256, 15)
    for hex_colour in (f"#{r:02x}{g:02x}{b:02x}" for r in steps for g in steps for b in steps):
        lightness, chroma, hue = oklch(hex_colour)
        found = family(hex_colour)
        if lightness < DARKEST:
            assert found == "black", hex_colour
        elif chroma < TINTED:
            assert found in {"black", "grey", "white", "beige"}, hex_colour
        else:
            first, last = HUES[found]
            assert (hue - first) % 360 <= (last - first) % 360, hex_colour


@given(st.floats(0, 359.9))
def test_every_hue_has_families_that_hold_it(hue: float) -> None:
    assert any((hue - first) % 360 <= (last - first) % 360 for first, last in HUES.values())


def test_a_colour_answers_to_its_family_and_to_the_persons_own_name() -> None:
    assert terms([("#1d2a44", "Midnight"), ("#1d2a45", None)]) == ["midnight", "navy"]


@pytest.mark.parametrize(
    ("wanted", "word"),
    [("Navy", "navy"), ("#191970", "navy"), ("191970", "navy"), ("#f00", "red"), ("bad", "bad")],
)
def test_a_filter_takes_families_hexes_and_own_names(wanted: str, word: str) -> None:
    assert term(wanted) == word


def test_hexes_are_written_one_way() -> None:
    assert normal_hex(" #AbC ") == "#aabbcc"
    assert [normal_hex(wrong) for wrong in ("abc", "#ab", "#abcd", "#ggg", "")] == [None] * 5
    assert hex_of(" Mustard ") == "#d4a017"
    assert hex_of("no such colour") is None
