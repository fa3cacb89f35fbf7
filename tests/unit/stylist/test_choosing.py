"""What is worn with what, example by example: rules between garments, accents, and what a sum is made of."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.stylist import Wish, gaps, propose, unlocking, versatility
from core.stylist.accents import Accents
from core.stylist.compatibility import Compatibility
from core.stylist.forms import Form, fillings, forms
from core.stylist.garments import garments
from core.stylist.models import PartName
from core.stylist.scoring import Scoring
from core.stylist.wardrobe import LEVELS, Slot, kinds
from core.stylist.weights import PARTS, PROMINENCE, UNPAIRED
from core.vault import VaultItem
from tests.unit.stylist.wardrobes import TODAY, item, vaults, wishes

LOOKS: tuple[tuple[Form, tuple[str, ...]], ...] = (
    (("full",), ("tea-dress",)),
    (("full", "footwear"), ("tea-dress", "loafers")),
    (("top", "bottom"), ("shirt", "jeans")),
    (("top", "bottom", "outer", "footwear"), ("shirt", "jeans", "coat", "boots")),
)
"""Forms of one garment and of several, with shoes and without, with a garment for each slot."""


@pytest.mark.parametrize(("form", "words"), LOOKS)
@given(
    formality=st.none() | st.sampled_from(["casual", "smart-casual", "business"]),
    season=st.none() | st.just("autumn"),
    worn=st.sets(st.integers(0, 40), max_size=3),
)
@settings(max_examples=20, deadline=None)
def test_a_score_is_the_documented_sum_over_garments_and_pairs(
    form: Form, words: tuple[str, ...], formality: str | None, season: str | None, worn: set[int]
) -> None:
    """Half of freshness, and of formality where one is asked for, is the garments' own; pairs the rest."""
    owned = [item(n, word, colours=[0x1B2A49 * (n + 1)], worn=worn) for n, word in enumerate(words)]
    wish = Wish.model_validate({"today": TODAY, "formality": formality, "season": season})
    rules = Compatibility(garments(owned), wish)
    ids = [one.id for one in rules.garments]
    look = [ids.index(one.id) for one in owned]
    own = {"season", "freshness"} | ({"formality"} if formality else set())
    known = {name: weight for name, weight in PARTS.items() if name not in {"warmth", "taste"}}
    if season is None:
        del known["season"]
    expected = sum(
        weight * part_value(rules, form, look, part, alone=part in own) for part, weight in known.items()
    ) / sum(known.values())

    scoring = Scoring(rules)
    problem = scoring.problem(form, {slot: [at] for slot, at in zip(form, look, strict=True)}, {})
    assert problem.worth((0,) * len(form)) == pytest.approx(expected)
    values = scoring.values(form, look)
    assert sum(scoring.weights[part] * value for part, value in values.items()) == pytest.approx(expected)


def part_value(rules: Compatibility, form: Form, look: list[int], part: PartName, *, alone: bool) -> float:
    if part == "completeness":
        return float("footwear" in form)
    own = (
        [(PROMINENCE[slot], float(rules.alone(slot)[part][at])) for slot, at in zip(form, look, strict=True)]
        if alone
        else []
    )
    if part == "season":
        return mean(own)
    pairs = [
        (
            PROMINENCE[form[s]] * PROMINENCE[form[t]],
            float(rules.paired(np.array([look[s]]), np.array([look[t]]))[part][0, 0]),
        )
        for s, t in combinations(range(len(form)), 2)
    ]
    together = mean(pairs) if pairs else UNPAIRED
    return (mean(own) + together) / 2 if alone else together


def mean(weighted: list[tuple[float, float]]) -> float:
    return sum(share * value for share, value in weighted) / sum(share for share, _ in weighted)


@pytest.mark.parametrize(
    ("top", "bottom", "never"),
    [
        ("tunic", "shorts", True),
        ("kurta", "shorts", True),
        ("kurta", "knee-length-skirt", True),
        ("kurta", "chinos", False),
        ("kurta", "palazzo-trousers", False),
        ("kurta", "lungi", False),
        ("kurti", "shorts", False),
        ("t-shirt", "shorts", False),
        ("shirt", "chinos", False),
    ],
)
def test_a_long_top_is_never_worn_over_a_short_everyday_bottom(top: str, bottom: str, never: bool) -> None:
    """A skirt or shorts; a wrap of a tradition is as short in clo and belongs."""
    vault = [item(1, top, formality="casual"), item(2, bottom, formality="casual")]
    rules = Compatibility(garments(vault), Wish(today=TODAY))
    words = [one.kind.word for one in rules.garments]
    one, other = (np.array([words.index(word)]) for word in (top, bottom))
    assert rules.excluded("top", one, "bottom", other).tolist() == [[never]]
    assert rules.excluded("top", one, "footwear", other).tolist() == [[False]]
    assert rules.excluded("full", one, "bottom", other).tolist() == [[False]]


@pytest.mark.parametrize(
    "slots", [*combinations(("top", "bottom", "footwear"), 2), ("bottom", "mid"), ("footwear", "outer")]
)
def test_four_steps_of_formality_or_no_common_season_exclude_each_other_in_any_slots(
    slots: tuple[Slot, Slot],
) -> None:
    def never(one: dict[str, object], other: dict[str, object]) -> bool:
        pair = [item(n, "shirt").model_copy(update=more) for n, more in enumerate((one, other))]
        rules = Compatibility(garments(pair), Wish(today=TODAY))
        return bool(rules.excluded(slots[0], np.array([0]), slots[1], np.array([1]))[0, 0])

    for steps in range(len(LEVELS)):
        assert never({"formality": LEVELS[0]}, {"formality": LEVELS[steps]}) == (steps >= 4)
    assert never({"seasons": ["summer"]}, {"seasons": ["winter", "autumn"]})
    assert not never({"seasons": ["summer", "autumn"]}, {"seasons": ["winter", "autumn"]})
    assert not never({"seasons": ["summer"]}, {})


def test_a_layer_is_thicker_than_what_it_goes_over_in_whatever_order_the_two_are_named() -> None:
    words = ("shirt", "sweater", "cardigan", "coat")
    rules = Compatibility(garments([item(n, word, formality="casual") for n, word in enumerate(words)]), WISH)
    all_of = np.arange(len(words))
    slots: list[Slot] = ["top", "mid", "outer"]
    for one, other in combinations(slots, 2):
        inside = rules.excluded(one, all_of, other, all_of)
        assert (inside == rules.excluded(other, all_of, one, all_of).T).all()
        layer = np.array([garment.layer for garment in rules.garments])
        assert inside[layer[:, None] >= layer[None, :]].all()


WISH = Wish(today=TODAY)
OUTFIT: dict[str, Slot] = {"shirt": "top", "jeans": "bottom", "loafers": "footwear"}


def accents(
    outfit: dict[str, Slot],
    *more: VaultItem,
    level: str = "smart-casual",
    worn: Mapping[str, object] | None = None,
    **wish: object,
) -> list[str]:
    """Return the kinds of the accents chosen for an outfit of kinds by slot; it is plain, of one ``level``.

    ``worn`` are further attributes of all its garments.
    """
    alike: dict[str, Any] = {"formality": level, "colours": [0x1B2A49], **(worn or {})}
    made = [item(n, word, **alike) for n, word in enumerate(outfit)]
    rules = Compatibility(garments([*made, *more]), Wish.model_validate({"today": TODAY, **wish}))
    words = [one.kind.word for one in rules.garments]
    found = Accents(rules, None).chosen(
        tuple(outfit.values()), tuple(words.index(word) for word in outfit), 0
    )
    return [words[at] for _, at in found]


SKIRTED: dict[str, Slot] = {"shirt": "top", "pencil-skirt": "bottom"}


@pytest.mark.parametrize(
    ("outfit", "accent", "from_", "to"),
    [
        (OUTFIT, "beanie", -40, 6),
        (OUTFIT, "gloves", -40, 4),
        (OUTFIT, "scarf", -40, 12),
        (SKIRTED, "tights", -40, 14),
        (OUTFIT, "tights", 1, 0),
        (OUTFIT, "sun-hat", 25, 50),
        (OUTFIT, "cap", 25, 50),
        (OUTFIT, "sunglasses", 20, 50),
    ],
)
def test_what_is_against_cold_or_sun_is_worn_where_it_is_known_to_be_so(
    outfit: dict[str, Slot], accent: str, from_: int, to: int
) -> None:
    one = item(99, accent, formality="smart-casual", colours=[0x1B2A49])
    for degrees in (-10, 3.9, 4.1, 5.9, 6.1, 11.9, 12.1, 13.9, 14.1, 19.9, 20.1, 24.9, 25.1, 35, from_, to):
        worn = [accent] if from_ <= degrees <= to else []
        assert accents(outfit, one, temperature=degrees) == worn, degrees
    assert accents(outfit, one) == []


SUITED: dict[str, Slot] = {"two-piece-suit": "over", "shirt": "top"}


@pytest.mark.parametrize(
    ("outfit", "level", "worn"),
    [
        (SUITED, "business", True),
        (SUITED, "formal", True),
        (SUITED, "smart-casual", False),
        ({"two-piece-suit": "over", "t-shirt": "top"}, "business", False),
        ({"blazer": "mid", "shirt": "top", "chinos": "bottom"}, "business", True),
        ({"cardigan": "mid", "shirt": "top", "chinos": "bottom"}, "business", False),
        ({"shirt": "top", "chinos": "bottom"}, "business", False),
    ],
)
def test_a_tie_goes_with_a_shirt_under_a_jacket_on_business(
    outfit: dict[str, Slot], level: str, worn: bool
) -> None:
    tie = item(99, "necktie", formality=level, colours=[0x1B2A49])
    assert accents(outfit, tie, level=level) == (["necktie"] if worn else [])


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    ("accent", "worn"), [("necklace", "up"), ("sunglasses", "down"), ("sun-hat", "down")]
)
def test_jewellery_is_for_smart_dress_and_what_is_for_the_sun_for_no_more_than_that(
    level: str, accent: str, worn: str
) -> None:
    smart = LEVELS.index("smart-casual")
    fits = LEVELS.index(level) >= smart if worn == "up" else LEVELS.index(level) <= smart
    one = item(99, accent, formality=level, colours=[0x1B2A49])
    assert accents(OUTFIT, one, level=level, temperature=26) == ([accent] if fits else [])


@pytest.mark.parametrize(
    ("top", "accent", "worn"),
    [
        ("kurta", "gandhi-cap", True),
        ("kurta", "kufi", False),
        ("dashiki", "kufi", True),
        ("shirt", "kufi", False),
        ("shirt", "fedora", False),
        ("kurta", "turban", False),
        ("kurta", "dupatta", True),
        ("shirt", "dupatta", False),
        ("dashiki", "dupatta", False),
    ],
)
def test_what_belongs_to_a_tradition_is_worn_with_it_and_what_covers_for_faith_only_if_asked(
    top: str, accent: str, worn: bool
) -> None:
    outfit: dict[str, Slot] = {top: "top", "jeans": "bottom"}
    one = item(99, accent, formality="smart-casual", colours=[0x1B2A49])
    assert accents(outfit, one, temperature=15) == ([accent] if worn else [])
    assert accents(outfit, one, temperature=15, always=(kinds()[accent].slot,)) == [accent]


@pytest.mark.parametrize(
    ("belt", "shoes", "worn"),
    [
        ([0x17171A], [0x17171A], True),
        ([0x17171A], [0x8B4513], False),
        ([0x8B4513], [0x7D3E12], True),
        ([], [0x8B4513], True),
        ([0x17171A], [], True),
    ],
)
def test_a_belt_is_of_the_colour_of_the_shoes_unless_they_are_casual(
    belt: list[int], shoes: list[int], worn: bool
) -> None:
    one = item(99, "belt", formality="smart-casual", colours=belt)
    for pair, matters in (("loafers", True), ("sneakers", False)):
        outfit: dict[str, Slot] = {"shirt": "top", "jeans": "bottom", pair: "footwear"}
        found = accents(outfit, one, worn={"colours": shoes})
        assert found == (["belt"] if worn or not matters else []), pair


@pytest.mark.parametrize(
    ("colour", "level", "worn"),
    [
        (0xD0021B, "formal", True),
        (0x7CFC00, "smart-casual", True),
        (0x7CFC00, "formal", False),
        (0xE000E0, "smart-casual", False),
    ],
)
def test_an_accent_that_clashes_is_left_out_and_the_sooner_the_less_it_suits_the_occasion(
    colour: int, level: str, worn: bool
) -> None:
    bag, red = item(99, "handbag", formality=level, colours=[colour]), {"colours": [0xD0021B]}
    assert accents(OUTFIT, bag, worn=red) == (["handbag"] if worn else [])
    assert accents(OUTFIT, bag, worn=red, always=("bag",)) == ["handbag"]


def test_an_accent_of_another_season_leaves_its_place_to_one_that_suits() -> None:
    bags = [
        item(98, "handbag", seasons=["summer"], colours=[0x1B2A49], formality="smart-casual"),
        item(99, "tote-bag", seasons=["winter"], colours=[0x1B2A49], formality="smart-casual"),
    ]
    for chosen in (bags, bags[::-1]):
        assert accents(OUTFIT, *chosen, worn={"seasons": ["winter"]}) == ["tote-bag"]
        assert accents(OUTFIT, *chosen, season="summer") == ["handbag"]


@pytest.mark.parametrize(
    ("outfit", "belt", "worn"),
    [
        (OUTFIT, "belt", True),
        (OUTFIT, "suspenders", False),
        (OUTFIT, "obi", False),
        ({"tea-dress": "full", "loafers": "footwear"}, "belt", False),
        ({"jumpsuit": "full", "loafers": "footwear"}, "belt", False),
        ({"kurta": "top", "jeans": "bottom"}, "belt", False),
        ({"shirt": "top", "joggers": "bottom"}, "belt", False),
        ({"shirt": "top", "pencil-skirt": "bottom"}, "belt", False),
        ({"kimono": "full"}, "obi", True),
        ({"yukata": "full"}, "obi", True),
        ({"furisode": "full"}, "obi", True),
        ({"kimono": "full"}, "belt", False),
    ],
)
def test_a_belt_goes_with_plain_separates_that_take_one(
    outfit: dict[str, Slot], belt: str, worn: bool
) -> None:
    assert accents(outfit, item(99, belt, formality="smart-casual")) == ([belt] if worn else [])


@pytest.mark.parametrize("level", LEVELS)
def test_an_accent_is_at_most_two_steps_of_formality_from_the_outfit_unless_it_must_be_worn(
    level: str,
) -> None:
    bag = item(99, "handbag", formality=level, colours=[0x1B2A49])
    near = abs(LEVELS.index(level) - LEVELS.index("smart-casual")) <= 2
    assert accents(OUTFIT, bag) == (["handbag"] if near else [])
    assert accents(OUTFIT, bag, always=("bag",)) == ["handbag"]


@pytest.mark.parametrize(
    ("word", "under"),
    [
        ("shirt", True),
        ("t-shirt", True),
        ("turtleneck", False),
        ("sweater", False),
        ("kurta", False),
        ("dashiki", False),
        ("pheran", False),
    ],
)
def test_under_a_suit_goes_a_thin_top_of_no_tradition(word: str, under: bool) -> None:
    worn = garments([item(1, word)])
    wish = Wish(today=TODAY)
    assert fillings(("over", "top"), "top", worn, wish) == ([0] if under else [])
    assert unlocking._goes_under(worn[0]) == under
    assert fillings(("top", "bottom"), "top", worn, wish) == [0]


@pytest.mark.parametrize(
    ("word", "over_top", "over_full"),
    [("cardigan", True, True), ("sweater", True, False), ("hoodie", True, False), ("blazer", True, True)],
)
def test_a_top_is_a_layer_over_another_top_and_not_over_a_dress(
    word: str, over_top: bool, over_full: bool
) -> None:
    worn, wish = garments([item(1, word, formality="smart-casual")]), Wish(today=TODAY)
    assert fillings(("top", "bottom", "mid"), "mid", worn, wish) == ([0] if over_top else [])
    assert fillings(("full", "mid"), "mid", worn, wish) == ([0] if over_full else [])


@given(vaults(), wishes)
@settings(max_examples=30, deadline=None)
def test_of_a_forms_other_slots_the_first_alone_decides_what_fills_one(
    vault: list[VaultItem], wish: Wish
) -> None:
    worn = garments(vault)
    for one, other in combinations(forms(wish), 2):
        if one[0] == other[0]:
            for slot in set(one) & set(other):
                assert fillings(one, slot, worn, wish) == fillings(other, slot, worn, wish)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (("shirt", "jeans"), {"footwear"}),
        (("shirt", "loafers"), {"bottom", "full", "over"}),
        (("jeans", "loafers"), {"top", "full"}),
        (("two-piece-suit", "loafers"), {"top", "full"}),
        (("shirt", "jeans", "loafers"), {"top", "bottom", "footwear"}),
    ],
)
def test_gaps_are_in_the_slots_that_keep_what_is_owned_from_being_an_outfit(
    words: tuple[str, ...], wanted: set[Slot]
) -> None:
    """Who can dress already is offered more of what they wear, not another way to dress."""
    colours = {"shirt": 0xF7F7F4, "jeans": 0x1F2A44, "two-piece-suit": 0x1F2A44, "loafers": 0x17171A}
    vault = [item(n, word, colours=[colours[word]]) for n, word in enumerate(words)]
    assert {gap.slot for gap in gaps(vault, count=60)} == wanted


@pytest.mark.parametrize(
    ("words", "enough"),
    [
        ((), False),
        (("shirt",), False),
        (("jeans",), False),
        (("two-piece-suit",), False),
        (("two-piece-suit", "jeans"), False),
        (("shirt", "jeans"), True),
        (("two-piece-suit", "shirt"), True),
        (("sari",), True),
    ],
)
def test_who_cannot_be_dressed_is_told_what_an_outfit_needs_and_others_what_is_missing(
    words: tuple[str, ...], enough: bool
) -> None:
    vault = [item(n, word) for n, word in enumerate(words)]
    note = propose(vault, Wish(today=TODAY, always=("head",))).note or ""
    assert note.startswith("Nothing you own goes into: head" if enough else "An outfit needs a top and")


def test_a_garment_is_in_as_many_outfits_as_there_are_ways_to_wear_it() -> None:
    """Shirt and chinos, shirt and suit, or the dress, each with either pair of shoes."""
    ways = {"shirt": 4, "chinos": 2, "two-piece-suit": 2, "sheath-dress": 2, "loafers": 3, "oxfords": 3}
    colours = {"shirt": 0xF7F7F4, "chinos": 0x1F2A44, "two-piece-suit": 0x1F2A44}
    vault = [
        item(n, word, colours=[colours.get(word, 0x17171A)], formality="business")
        for n, word in enumerate(ways)
    ]
    found = versatility(vault)
    assert {one.category: found[one.id] for one in vault} == ways


def test_what_is_owned_in_about_that_colour_is_no_gap() -> None:
    """Of the same kind only: nothing is known of a garment without a colour, and other kinds are others."""
    colours = {"black": 0x17171A, "white": 0xF7F7F4, "navy": 0x1F2A44}
    vault = [item(1, "shirt", colours=[colours["white"]]), item(2, "jeans", colours=[colours["navy"]])]
    (shoes,) = [gap for gap in gaps(vault, count=9) if gap.slot == "footwear"]
    bare = item(3, shoes.kind)
    had = item(3, shoes.kind, colours=[int(shoes.hex[1:], 16)])
    other = item(3, "derbies" if shoes.kind != "derbies" else "boots", colours=[int(shoes.hex[1:], 16)])
    for added, still in ((bare, True), (had, False)):
        found = [(gap.kind, gap.colour) for gap in gaps([*vault, added], count=9) if gap.slot == "footwear"]
        assert ((shoes.kind, shoes.colour) in found) == still
    assert all(gap.kind == other.category for gap in gaps([*vault, other], count=9) if gap.slot == "footwear")
