"""The numbers an outfit's score is made of, at their bounds and against the formulas one by one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import stylist
from core.stylist import Wish, colour, patterns, warmth
from core.stylist.avoiding import allowed
from core.stylist.compatibility import Compatibility
from core.stylist.forms import fillings, forms
from core.stylist.garments import garments
from core.stylist.models import PartName
from core.stylist.scoring import Scoring
from core.stylist.tastes import facets, words
from core.stylist.wardrobe import LEVELS, Slot
from core.stylist.weights import PARTS, normalised
from core.taste import facets_of
from core.vault import VaultItem
from tests.unit.stylist.wardrobes import TODAY, item

lchs = st.tuples(st.floats(0, 100), st.floats(0, 130), st.floats(0, 359.9))


def apart(one: float, other: float) -> float:
    return min((one - other) % 360, (other - one) % 360)


def neutral(lightness: float, chroma: float) -> float:
    """Grey below a chroma of 12 and coloured from 42; black below L 12, and pale from 95, if not vivid."""
    steps = [(42 - chroma) / 30, (22 - lightness) / 10, (lightness - 90) / 5 if chroma < 30 else 0.0]
    return max(min(1.0, max(0.0, step)) for step in steps)


def templates(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Together, opposite, a third and a right angle of the wheel apart, for what is coloured."""
    gap = apart(one[2], other[2])
    known = ((0, 24, 1.0), (180, 26, 0.9), (120, 18, 0.7), (90, 14, 0.6))
    fit = max(0.15, *(worth * math.exp(-(((gap - at) / width) ** 2)) for at, width, worth in known))
    return 1 - (1 - neutral(*one[:2])) * (1 - neutral(*other[:2])) * (1 - fit)


def observed(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Ou and Luo (2006), equations 4 to 6."""
    (l1, c1, h1), (l2, c2, h2) = one, other
    hue = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(apart(h1, h2)) / 2)
    chroma = 0.04 + 0.53 * math.tanh(0.8 - 0.045 * math.hypot(hue, (c1 - c2) / 1.46))
    light = 0.28 + 0.54 * math.tanh(-3.88 + 0.029 * (l1 + l2)) + 0.14
    light += 0.15 * math.tanh(-2 + 0.2 * abs(l1 - l2))
    effects = 0.0
    for lightness, c, h in (one, other):
        turn = -0.08 - 0.14 * math.sin(math.radians(h + 50)) - 0.07 * math.sin(math.radians(2 * h + 90))
        yellow = (0.22 * lightness - 12.8) / 10 * math.exp((90 - h) / 10 - math.exp((90 - h) / 10))
        effects += (0.5 + 0.5 * math.tanh(-2 + 0.5 * c)) * (turn + yellow)
    return chroma + light + effects


def set_off(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Light against dark, in full from 35 of lightness; or one tone throughout."""
    (l1, c1, h1), (l2, c2, h2) = one, other
    tone = math.hypot(l1 - l2, c1 - c2, min(c1, c2) * math.radians(apart(h1, h2)))
    return max(min(1.0, abs(l1 - l2) / 35), 0.7 if tone < 15 else 0.0)


@given(lchs, lchs)
def test_harmony_is_its_three_views_blended_as_documented(
    one: tuple[float, ...], other: tuple[float, ...]
) -> None:
    first, second = np.array(one), np.array(other)
    assert float(colour.neutrality(first)) == pytest.approx(neutral(*one[:2]))
    assert float(colour.template(first, second)) == pytest.approx(templates(one, other))
    assert float(colour.ou_luo(first, second)) == pytest.approx(observed(one, other))
    assert float(colour.contrast(first, second)) == pytest.approx(set_off(one, other))
    seen = (observed(one, other) + 1.24) / (1.39 + 1.24)
    blend = 0.55 * templates(one, other) + 0.30 * min(1, max(0, seen)) + 0.15 * set_off(one, other)
    assert float(colour.harmony(first, second)) == pytest.approx(min(1, max(0, (blend - 0.30) / 0.58)))


@pytest.mark.parametrize(
    ("grey", "lightness"), [(0, 0.0), (1, 0.2742), (2, 0.5484), (10, 2.7418), (255, 100)]
)
def test_near_black_lightness_is_linear_as_cie_has_it(grey: int, lightness: float) -> None:
    """CIE 15: L* = 903.3 Y below Y = 0.008856, where the slope of a cube root has no bound."""
    assert colour.lch(f"#{grey:02x}{grey:02x}{grey:02x}")[0] == pytest.approx(lightness, abs=1e-3)


@pytest.mark.parametrize(
    ("one", "other", "same", "shared", "value"),
    [
        (0.0, 0.9, False, False, 1.0),
        (0.0, 0.0, True, True, 1.0),
        (0.64, 0.25, True, False, 0.55 - 0.5 * 0.4),
        (0.64, 0.25, True, True, 0.55 - 0.5 * 0.4),
        (0.64, 0.25, False, False, 1 - 0.7 * 0.4),
        (0.64, 0.25, False, True, 1 - 0.7 * 0.4 + 0.2),
        (0.04, 0.04, False, True, 1.0),
        (1.0, 1.0, True, False, 0.05),
    ],
)
def test_two_patterns_are_worth_what_their_loudness_and_family_say(
    one: float, other: float, same: bool, shared: bool, value: float
) -> None:
    given = {"same_family": np.array(same), "shared_colour": np.array(shared)}
    for pair in ((one, other), (other, one)):
        found = patterns.together(*map(np.array, pair), **given)
        assert float(found) == pytest.approx(value)


def test_a_pattern_is_known_by_its_word_however_it_is_written() -> None:
    for word in ("Wax Print", "wax-print", "WAX-PRINT"):
        assert (patterns.loudness(word), patterns.family(word)) == (0.95, "motif")
    assert patterns.family_code("checked") == patterns.family_code("plaid") != patterns.family_code("dotted")
    for plain in (None, "", "solid", "made up"):
        assert (patterns.loudness(plain), patterns.family(plain), patterns.family_code(plain)) == (
            0,
            None,
            -1,
        )


@pytest.mark.parametrize(
    ("word", "materials", "factor"),
    [
        (None, [], 1.0),
        ("Very Light", ["wool"], 0.6),
        ("very-warm", [], 1.6),
        ("unheard of", ["Linen"], 0.8),
        (None, ["merino wool"], 1.2),
        (None, ["linen", "wool"], 0.8),
        (None, ["velvet", "linen", "down"], 1.5),
        (None, ["plastic"], 1.0),
    ],
)
def test_warmth_is_scaled_by_its_word_or_else_by_the_material_that_says_most(
    word: str | None, materials: list[str], factor: float
) -> None:
    assert warmth.factor(word, materials) == pytest.approx(factor)


@given(st.floats(-30, 45))
def test_what_is_needed_balances_the_heat_a_walking_person_loses(degrees: float) -> None:
    needed = warmth.needed(degrees)
    if needed > warmth.LEAST:
        loss = (warmth.SKIN - degrees) / (0.155 * (needed + warmth.AIR_LAYER))
        assert loss == pytest.approx(warmth.DRY_LOSS)
    wanted, reach = warmth.garments_for(degrees)
    assert warmth.insulation(wanted) == pytest.approx(needed)
    assert warmth.insulation(wanted + reach) - needed == pytest.approx(0.27 + 0.15 * needed)


@pytest.mark.parametrize(
    ("slot", "clo", "coldest", "hottest"),
    [
        ("bottom", 0.119, 16, 60),
        ("bottom", 0.12, 6, 60),
        ("bottom", 0.19, -60, 31),
        ("full", 0.46, -60, 28),
        ("top", 0.12, -60, 60),
        ("mid", 0.19, -60, 24),
        ("mid", 0.2, -60, 21),
        ("outer", 0.1, -60, 19),
        ("footwear", 0.01, 18, 60),
        ("footwear", 0.08, -60, 19),
        ("bag", 0.0, -60, 60),
    ],
)
def test_a_garment_is_worn_up_to_its_ends_and_not_beyond(
    slot: str, clo: float, coldest: float, hottest: float
) -> None:
    assert warmth.worn_at(slot, clo, coldest)
    assert warmth.worn_at(slot, clo, hottest)
    assert not warmth.worn_at(slot, clo, coldest - 0.01)
    assert not warmth.worn_at(slot, clo, hottest + 0.01)


def test_a_garment_is_in_season_where_one_of_its_seasons_is_ever_so_warm() -> None:
    assert [warmth.in_season(["summer"], t) for t in (13.9, 14, 60)] == [False, True, True]
    assert [warmth.in_season(["winter", "summer"], t) for t in (18.1, 13.9, 18)] == [True, True, True]
    assert [warmth.in_season(["winter"], t) for t in (18, 18.1)] == [True, False]
    assert warmth.in_season([], -40)


def test_forms_have_layers_where_the_weather_or_the_wish_asks_for_them() -> None:
    bare = set(forms(Wish(today=TODAY)))
    assert bare == {base + shoes for base in BASES for shoes in ((), ("footwear",))}
    layered = set(forms(Wish(today=TODAY, temperature=5.0)))
    assert layered == {
        base + extra
        for base in BASES
        for extra in _subsets(("outer", "footwear") if "over" in base else ("mid", "outer", "footwear"))
    }
    always = set(forms(Wish(today=TODAY, always=("outer",))))
    assert always == {form for form in layered if "outer" in form and "mid" not in form}
    (coat,) = garments([item(1, "coat")])
    assert set(forms(Wish(today=TODAY), coat)) == always
    separates = set(forms(Wish(today=TODAY, always=("top", "bottom"))))
    assert separates == {("top", "bottom"), ("top", "bottom", "footwear")}


@given(st.integers(-20, 40), st.sampled_from(["bottom", "full", "mid", "outer", "footwear"]))
def test_a_slot_is_filled_by_what_may_be_worn_there_in_that_weather(degrees: int, slot: Slot) -> None:
    words = ("jeans", "dress-shorts", "sari", "sundress", "cardigan", "blazer", "parka", "boots", "sandals")
    owned = garments([item(n, word, formality="smart-casual") for n, word in enumerate(words)])
    wish = Wish(today=TODAY, temperature=float(degrees))
    form: tuple[Slot, ...] = ("full", "mid", "outer", "footwear") if slot != "bottom" else ("top", "bottom")
    fitting = [at for at, one in enumerate(owned) if one.kind.slot == slot]
    fitting = [at for at in fitting if warmth.worn_at(slot, owned[at].clo, degrees)]
    assert fillings(form, slot, owned, wish) == fitting


@given(st.integers(-5, 30))
def test_warmth_is_in_full_where_it_is_what_is_needed_and_falls_to_nothing_at_its_reach(degrees: int) -> None:
    wanted, reach = warmth.garments_for(degrees)
    owned = Compatibility(garments([item(1, "sari")]), Wish(today=TODAY, temperature=float(degrees)))
    for off, value in ((0.0, 1.0), (0.5, 0.75), (-0.5, 0.75), (0.999, 0.002)):
        owned.clo[0] = wanted + off * reach
        assert Scoring(owned).values(("full",), [0])["warmth"] == pytest.approx(value, abs=1e-3)


def test_an_item_is_where_its_garment_is_and_liked_for_its_place_and_its_words() -> None:
    class Asks:
        def appeal(self, facets: object, words: object = None) -> float:
            return 0.25 if (facets, words) == known else 0.75

        def is_avoided(self, words: object) -> bool:
            return words == known[1]

    shirt, unknown = item(1, "shirt", colours=[0xD0021B], pattern="striped"), item(2, "spacesuit")
    (garment,) = garments([shirt])
    known = facets(garment), words(garment)
    asks: Any = Asks()
    assert (stylist.facets_of(shirt), stylist.words_of(shirt)) == known
    assert (stylist.appeal_of(shirt, asks), stylist.is_avoided(shirt, asks)) == (0.25, True)
    assert (stylist.facets_of(unknown), stylist.words_of(unknown)) == (None, {})
    assert (stylist.appeal_of(unknown, asks), stylist.is_avoided(unknown, asks)) == (None, False)


BASES: tuple[tuple[Slot, ...], ...] = (("top", "bottom"), ("full",), ("over", "top"))


def _subsets(layers: tuple[Slot, ...]) -> list[tuple[Slot, ...]]:
    if not layers:
        return [()]
    return [kept + rest for rest in _subsets(layers[1:]) for kept in ((), layers[:1])]


def compared(one: VaultItem, other: VaultItem, **wish: object) -> dict[str, float]:
    found = Compatibility(garments([one, other]), Wish.model_validate({"today": TODAY, **wish}))
    return {part: float(values[0, 1]) for part, values in found.paired(ZERO_ONE, ZERO_ONE).items()}


ZERO_ONE = np.array([0, 1], dtype=np.int64)


@pytest.mark.parametrize(
    ("level", "value"),
    [("smart-casual", 1.0), ("business", 0.85), ("formal", 0.35), ("ceremonial", 0.05), ("loungewear", 0.05)],
)
def test_formality_agrees_by_steps(level: str, value: float) -> None:
    shirt = item(1, "shirt", formality="smart-casual")
    assert compared(shirt, item(2, "chinos", formality=level))["formality"] == value
    asked = Compatibility(garments([shirt]), Wish.model_validate({"today": TODAY, "formality": level}))
    assert asked.occasion.tolist() == asked.alone("top")["formality"].tolist() == [value]


def test_one_tradition_belongs_together_one_with_everyday_pieces_less_and_two_least() -> None:
    pairs = [("kurta", "kurta"), ("shirt", "chinos"), ("kurta", "chinos"), ("kurta", "kimono")]
    assert [compared(item(1, a), item(2, b))["idiom"] for a, b in pairs] == [1.0, 1.0, 0.8, 0.25]


@pytest.mark.parametrize(
    ("one", "other", "value"),
    [([], [3], 1.0), ([3], [4], 1.0), ([0], [0], 0.0), ([7, 14], [14, 7], 0.25), ([28], [28], 1.0)],
)
def test_what_was_worn_together_lately_is_less_fresh_the_later_it_was(
    one: list[int], other: list[int], value: float
) -> None:
    found = compared(item(1, "shirt", worn=one), item(2, "chinos", worn=other))
    assert found["freshness"] == pytest.approx(value)


def test_garments_rest_for_as_long_as_their_slot_needs() -> None:
    shirt, never = item(1, "shirt", worn=[9, 30, -1]), item(2, "shirt")
    owned = Compatibility(garments([shirt, never]), Wish(today=TODAY))
    by_id = {one.id: at for at, one in enumerate(owned.garments)}
    shares: dict[Slot, float] = {"top": 1.0, "outer": 0.25, "footwear": 0.35, "bottom": 0.7, "mid": 0.8}
    for slot, share in shares.items():
        rested = owned.rested(slot)
        assert rested[by_id[shirt.id]] == pytest.approx(1 - math.exp(-9 / (9 * share)))
        assert rested[by_id[never.id]] == 1


def test_a_season_suits_now_or_soon() -> None:
    worn = [["autumn"], ["winter"], ["spring"], ["summer"], ["summer", "winter"], []]
    owned = Compatibility(
        garments([item(n, "shirt", seasons=seasons) for n, seasons in enumerate(worn)]),
        Wish(today=TODAY, season="autumn"),
    )
    value = {"/".join(one.item.seasons): float(owned.season[at]) for at, one in enumerate(owned.garments)}
    assert [value["/".join(seasons)] for seasons in worn] == [1.0, 0.35, 0.0, 0.0, 0.35, 0.7]


def test_two_colours_of_each_garment_count_by_how_much_of_it_they_are() -> None:
    navy, red, white = 0x1B2A49, 0xD0021B, 0xFFFFFF
    lch = {value: np.array(colour.lch(f"#{value:06x}")) for value in (navy, red, white)}

    def worth(a: int, b: int) -> float:
        return float(colour.harmony(lch[a], lch[b]))

    plain, two = item(1, "shirt", colours=[navy]), item(2, "chinos", colours=[red, white, navy])
    assert compared(plain, two)["colour"] == pytest.approx(
        0.78 * worth(navy, red) + 0.22 * worth(navy, white)
    )
    assert compared(plain, item(3, "chinos"))["colour"] == 0.5
    other = item(2, "chinos", colours=[red])
    assert compared(plain, other)["colour"] == pytest.approx(worth(navy, red))


FAMILIES = ("plaid", "checked", "floral")


def test_two_patterns_of_one_family_compete_and_of_two_do_not() -> None:
    plaid, checked, floral = (item(n, "shirt", pattern=word) for n, word in enumerate(FAMILIES))
    loud = {word: patterns.loudness(word) for word in FAMILIES}
    for one, other, word, same in ((plaid, checked, "checked", True), (plaid, floral, "floral", False)):
        found = float(
            patterns.together(
                np.array(loud["plaid"]),
                np.array(loud[word]),
                same_family=np.array(same),
                shared_colour=np.array(False),
            )
        )
        assert compared(one, other)["pattern"] == pytest.approx(found)


@pytest.mark.parametrize("mine", [0, 1, 2])
@pytest.mark.parametrize("theirs", [0, 1, 2])
def test_two_patterns_are_held_together_by_any_of_their_first_two_colours(mine: int, theirs: int) -> None:
    shared = 0xD0021B
    one, other = [0x1B2A49, 0xFFFFFF], [0x2E8B57, 0x000000]
    one.insert(mine, shared)
    other.insert(theirs, shared)
    pair = item(1, "shirt", colours=one, pattern="striped"), item(2, "skirt", colours=other, pattern="floral")
    apart = compared(item(1, "shirt", pattern="striped"), item(2, "skirt", pattern="floral"))["pattern"]
    assert compared(*pair)["pattern"] == pytest.approx(apart + (0.2 if mine < 2 and theirs < 2 else 0))


def test_the_first_colour_of_a_garment_counts_double_for_taste() -> None:
    (shirt,) = garments([item(1, "shirt", colours=[0xD0021B, 0x1B2A49, 0xFFFFFF], pattern="striped")])
    shares = [("#d0021b", 2.0), ("#1b2a49", 1.0), ("#ffffff", 1.0)]
    said = [shirt.kind.word, "striped", LEVELS[shirt.level]]
    assert facets(shirt) == facets_of(said, shares)
    fitted: dict[str, Any] = {"fit": "oversized", "materials": ["silk"], "style_tags": ["minimal"]}
    (more,) = garments([item(1, "shirt", **fitted)])
    assert facets(more) == facets_of([more.kind.word, "oversized", LEVELS[more.level], "silk", "minimal"])


def test_the_words_of_a_garment_are_by_subject_in_the_form_taste_keeps() -> None:
    attributes: dict[str, Any] = {"brand": "Big  House", "materials": ["Merino_Wool"], "pattern": "Wax print"}
    (jeans,) = garments([item(1, "jeans", colours=[0x1B2A49], **attributes)])
    assert words(jeans) == {
        "colour": ("navy",),
        "category": ("jeans", "jeans"),
        "brand": ("big-house",),
        "material": ("merino-wool",),
        "pattern": ("wax-print",),
    }


@pytest.mark.parametrize(
    ("avoided", "kept"),
    [
        ("Shirts", False),
        ("dress", False),
        ("dress shirts", False),
        ("shirt dress", True),
        ("leather", True),
        ("faux leather", False),
        ("", True),
        ("t-shirt", True),
        ("tops", False),
        ("glass", True),
    ],
)
def test_an_avoided_word_is_matched_in_a_row_and_in_any_number(avoided: str, kept: bool) -> None:
    (shirt,) = garments([item(1, "shirt", materials=["faux-leather"], style_tags=["dress-shirt", "top"])])
    assert allowed([shirt], [avoided], []) == ([shirt] if kept else [])
    assert allowed([shirt], [], [shirt.id]) == []


@given(st.sets(st.sampled_from(sorted(PARTS)), min_size=1))
def test_what_is_known_shares_the_weight_of_what_is_not(parts: set[PartName]) -> None:
    found = normalised(parts)
    assert set(found) == parts
    assert sum(found.values()) == pytest.approx(1)
    ratios = {round(found[part] / PARTS[part], 9) for part in found}
    assert len(ratios) == 1
