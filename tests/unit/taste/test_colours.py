"""Colours against published values, and what is drawn in them."""

from __future__ import annotations

from math import cos, radians

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.taste.deck import deck
from core.taste.drawing import _LAYERS, _depth, description, draw
from core.taste.fills import mixed, outline, pattern
from core.taste.palette import colour_facets, oklch
from core.taste.reading import MOST_TEXT, colours_in, facets_of, is_descriptive

hexes = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")


@pytest.mark.parametrize(
    ("colour", "lightness", "chroma", "hue"),
    [
        ("#ff0000", 0.6280, 0.2577, 29.23),
        ("#00ff00", 0.8664, 0.2948, 142.50),
        ("#0000ff", 0.4520, 0.3132, 264.05),
        ("#ffff00", 0.9680, 0.2110, 109.77),
        ("#800080", 0.4209, 0.1934, 328.36),
    ],
)
def test_oklch_is_that_of_css_color_4(colour: str, lightness: float, chroma: float, hue: float) -> None:
    measured = oklch(colour)
    assert measured[:2] == pytest.approx((lightness, chroma), abs=2e-4)
    assert measured[2] == pytest.approx(hue, abs=0.05)


@given(st.integers(0, 255))
def test_greys_have_no_chroma_and_are_neither_warm_nor_cool(level: int) -> None:
    grey = "#" + f"{level:02x}" * 3
    assert oklch(grey)[1] == pytest.approx(0, abs=1e-4)
    assert colour_facets([(grey, 1.0)])["warmth"] == pytest.approx(0, abs=1e-2)


def test_black_and_white_are_the_ends_of_lightness() -> None:
    assert [oklch(end)[0] for end in ("#000000", "#ffffff")] == pytest.approx([0, 1], abs=1e-4)
    assert [colour_facets([(end, 1)])["lightness"] for end in ("#000000", "#ffffff")] == [-1, 1]


@settings(max_examples=40)
@given(hexes, hexes, st.floats(0.1, 5), st.floats(0.1, 5))
def test_shares_are_relative_and_what_is_said_lies_between_what_each_says(
    one: str, other: str, share: float, rest: float
) -> None:
    both = colour_facets([(one, share), (other, rest)])
    doubled = colour_facets([(one, 2 * share), (other, 2 * rest)])
    alone, apart = colour_facets([(one, share)]), colour_facets([(other, rest)])
    assert both.keys() == {"vividness", "lightness", "warmth"}
    for name, value in both.items():
        assert value == pytest.approx(doubled[name])
        ends = sorted([alone[name], apart[name]])
        assert -1 <= ends[0] <= value + 1e-9
        assert value - 1e-9 <= ends[1] <= 1


@pytest.mark.parametrize("colours", [[], [("#ff0000", 0.0)], [("#ff0000", -1.0)]])
def test_no_colours_say_nothing(colours: list[tuple[str, float]]) -> None:
    assert colour_facets(colours) == {}


def test_orange_is_warm_and_its_opposite_cool() -> None:
    orange, blue = (colour_facets([(colour, 1.0)]) for colour in ("#ff7f00", "#0060c0"))
    assert orange["warmth"] > 0.95
    assert blue["warmth"] < -0.7
    assert orange["vividness"] > 0.6
    red = colour_facets([("#ff0000", 1.0)])
    assert red["warmth"] == pytest.approx(cos(radians(29.23 - 55)), abs=0.001)
    assert colour_facets([("#c0b0a0", 1.0)])["warmth"] < 0.6 < red["warmth"]


@given(hexes, hexes, st.floats(0, 1))
def test_a_mix_lies_between_its_colours(one: str, other: str, share: float) -> None:
    assert (mixed(one, other, 0), mixed(one, other, 1)) == (one, other)
    for i in (1, 3, 5):
        a, b, found = (int(colour[i : i + 2], 16) for colour in (one, other, mixed(one, other, share)))
        assert found == pytest.approx(a + (b - a) * share, abs=0.5001)


@given(hexes)
def test_an_outline_shows_on_its_colour(colour: str) -> None:
    assert abs(oklch(outline(colour))[0] - oklch(colour)[0]) > 0.1


@given(hexes, hexes)
def test_a_motif_stands_out_from_its_ground(ground: str, other: str) -> None:
    drawn = pattern("p", "striped", ground, [other])
    stroke = drawn.split('stroke="')[1][:7]
    stands_out = abs(oklch(other)[0] - oklch(ground)[0]) > 0.12
    assert stroke == other or not stands_out
    assert abs(oklch(stroke)[0] - oklch(ground)[0]) > 0.1
    assert f'fill="{ground}"' in drawn
    assert pattern("p", "solid", ground, [other]) == ""


def test_a_look_is_described_garment_by_garment() -> None:
    card = deck()[0]
    coat = card.garments[0].model_copy(
        update={"kind": "trench-coat", "colour_name": "camel", "pattern": "solid", "material": None}
    )
    sari = coat.model_copy(
        update={"kind": "sari", "colour_name": "red", "pattern": "block-print", "material": "silk"}
    )
    told = [
        description(card.model_copy(update={"garments": worn}))
        for worn in ((coat,), (sari, coat), (sari, coat, coat))
    ]
    assert told == [
        "Camel trench coat.",
        "Red block print silk sari and camel trench coat.",
        "Red block print silk sari, camel trench coat and camel trench coat.",
    ]


def test_a_motif_is_drawn_in_the_other_colours_of_its_look() -> None:
    card = deck()[0]
    coat, bag = (
        card.garments[0].model_copy(update={"pattern": name, "colour": colour})
        for name, colour in (("striped", "#ffffff"), ("solid", "#101010"))
    )
    alone, together = (draw(card.model_copy(update={"garments": worn})) for worn in ((coat,), (coat, bag)))
    assert 'stroke="#101010"' in together.split("</defs>")[0]
    assert 'stroke="#101010"' not in alone


def test_what_is_worn_under_is_drawn_first() -> None:
    for card in deck():
        figures = {garment.shape.figure: _depth(card, garment) for garment in card.garments}
        order = sorted(figures, key=lambda figure: figures[figure])
        if "suit" in figures and "top" in figures:
            kinds = {g.kind for g in card.garments if g.shape.figure == "top"}
            assert order.index("top") < order.index("suit") or not kinds & {"shirt", "blouse", "t-shirt"}
        else:
            assert order == sorted(figures, key=_LAYERS.index)


def test_a_text_is_read_up_to_its_bound_and_each_text_for_itself() -> None:
    filling = "x " * (MOST_TEXT // 2)
    assert facets_of(filling[: MOST_TEXT - 4] + "silk") == facets_of("silk") != {}
    assert facets_of(filling + "silk") == {}
    assert facets_of([filling, "silk"]) == facets_of("silk")
    assert colours_in(filling + "navy") == ()


def test_what_several_words_say_is_their_mean_and_measured_colours_win_over_named_ones() -> None:
    silk, denim, both = facets_of("silk"), facets_of("denim"), facets_of("silk denim")
    for name in set(silk) & set(denim):
        assert both[name] == pytest.approx((silk[name] + denim[name]) / 2, abs=0.0011)
    for name in set(silk) ^ set(denim):
        assert both[name] == {**silk, **denim}[name]
    measured = {name: round(value, 3) for name, value in colour_facets([("#ff0000", 1.0)]).items()}
    assert facets_of("navy", [("#ff0000", 1.0)]) == measured
    assert facets_of("navy", [("red", 1.0)]) == facets_of("navy") != {}


def test_colours_are_named_once_by_their_family_and_words_are_told_apart() -> None:
    assert colours_in("a navy coat, a navy scarf and a red bag") == ("navy", "red")
    assert [is_descriptive(word) for word in ("Navy", "silk", "striped", "coat")] == [True, True, True, False]
