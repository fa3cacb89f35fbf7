"""Seasons: pieces of one outfit share one, and a season that is past counts nothing."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.stylist import Outfit, Wish, propose, versatility, ways_to_wear
from core.vault import VaultItem
from tests.unit.stylist.wardrobes import SEASONS, TODAY, item, vaults, wishes


def have_a_season_in_common(outfit: Outfit, owned: list[VaultItem]) -> bool:
    seasons = [set(one.seasons) for one in owned if one.id in outfit.item_ids and one.seasons]
    return all(one & other for one, other in combinations(seasons, 2))


@given(vaults(14), wishes, st.none() | st.integers(0, 13))
@settings(max_examples=100, deadline=None)
def test_no_two_pieces_of_an_outfit_are_for_different_seasons(
    items: list[VaultItem], wish: Wish, base: int | None
) -> None:
    wish = wish.model_copy(update={"always": ()})
    if base is None or base >= len(items):
        answer = propose(items, wish)
    else:
        answer = ways_to_wear(items, items[base].id, wish)
    assert all(have_a_season_in_common(outfit, items) for outfit in answer.outfits)


def test_denim_shorts_and_a_winter_puffer_do_not_meet_though_no_season_is_known() -> None:
    shorts = item(1, "shorts", seasons=["summer"])
    puffer = item(2, "parka", seasons=["winter"])
    vault = [shorts, puffer, item(3, "t-shirt"), item(4, "jeans"), item(5, "sneakers")]
    ways = ways_to_wear(vault, puffer.id, Wish(today=TODAY)).outfits
    assert ways
    assert all(shorts.id not in outfit.item_ids for outfit in ways)


def test_an_accent_that_says_its_season_fixes_it_for_its_outfits() -> None:
    scarf = item(1, "scarf", seasons=["winter"])
    linen = item(2, "linen-trousers", seasons=["summer"])
    vault = [scarf, linen, item(3, "shirt"), item(4, "jeans")]
    ways = ways_to_wear(vault, scarf.id, Wish(today=TODAY, count=5)).outfits
    assert ways
    assert all(linen.id not in outfit.item_ids for outfit in ways)


def test_versatility_counts_no_outfit_of_two_seasons() -> None:
    vault = [item(1, "shirt", seasons=["summer"]), item(2, "jeans", seasons=["winter"]), item(3, "loafers")]
    assert set(versatility(vault).values()) == {0}


@pytest.mark.parametrize("asked", range(4))
def test_the_coming_season_counts_a_third_and_the_past_one_nothing(asked: int) -> None:
    def value(own: int) -> float:
        vault = [item(n, word, seasons=[SEASONS[own % 4]]) for n, word in enumerate(("shirt", "jeans"))]
        (outfit,) = propose(vault, Wish(today=TODAY, season=SEASONS[asked], count=1)).outfits
        return next(part.value for part in outfit.parts if part.name == "season")

    assert [value(asked + later) for later in range(4)] == pytest.approx([1.0, 0.35, 0.0, 0.0])
