"""What is worn with what, example by example: rules between garments, accents, and what a sum is made of."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.stylist import Wish, gaps
from core.stylist.accents import Accents
from core.stylist.compatibility import Compatibility
from core.stylist.forms import Form, fillings
from core.stylist.garments import garments
from core.stylist.models import PartName
from core.stylist.scoring import Scoring
from core.stylist.wardrobe import LEVELS, Slot
from core.stylist.weights import PARTS, PROMINENCE, UNPAIRED
from core.vault import VaultItem
from tests.unit.stylist.wardrobes import TODAY, item

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


@pytest.mark.parametrize("slots", list(combinations(("top", "bottom", "footwear"), 2)))
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


OUTFIT: dict[str, Slot] = {"shirt": "top", "jeans": "bottom", "loafers": "footwear"}


def accents(outfit: dict[str, Slot], *more: VaultItem, **wish: object) -> list[str]:
    """Return the kinds of the accents chosen for an outfit of kinds by slot; it is plain and smart-casual."""
    worn = [item(n, word, formality="smart-casual", colours=[0x1B2A49]) for n, word in enumerate(outfit)]
    rules = Compatibility(garments([*worn, *more]), Wish.model_validate({"today": TODAY, **wish}))
    words = [one.kind.word for one in rules.garments]
    found = Accents(rules, None).chosen(
        tuple(outfit.values()), tuple(words.index(word) for word in outfit), 0
    )
    return [words[at] for _, at in found]


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
    assert fillings(("top", "bottom"), "top", worn, wish) == [0]


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
