"""The sourced rules against published values and what they are meant to say of clothes."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.stylist import colour, gaps, patterns, unlocking, versatility, warmth
from core.stylist.garments import garments
from core.stylist.unlocking import _SLOTS, GOOD, _good, _places
from core.vault import VaultItem
from tests.unit.stylist.wardrobes import item, vaults

WHITE, BLACK, NAVY, RED, GREEN, BLUE = (
    np.array(colour.lch(value))
    for value in ("#ffffff", "#000000", "#1b2a49", "#d0021b", "#2e8b57", "#2255cc")
)
hexes = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("#ff0000", (53.24, 80.09, 67.20)), ("#0000ff", (32.30, 79.19, -107.86)), ("#ffffff", (100, 0, 0))],
)
def test_lab_is_the_published_one(value: str, expected: tuple[float, float, float]) -> None:
    assert colour.lab(value) == pytest.approx(expected, abs=0.02)


def test_ou_and_luo_of_two_blacks_is_the_formula_by_hand() -> None:
    by_chroma = 0.04 + 0.53 * np.tanh(0.8)
    by_lightness = 0.28 + 0.54 * np.tanh(-3.88) + 0.14 + 0.15 * np.tanh(-2)
    hue = 0.5 + 0.5 * np.tanh(-2)
    yellow = -12.8 / 10 * np.exp(9 - np.exp(9))
    by_hue = 2 * hue * (-0.08 - 0.14 * np.sin(np.radians(50)) - 0.07 * np.sin(np.radians(90)) + yellow)
    assert colour.ou_luo(np.zeros(3), np.zeros(3)) == pytest.approx(by_chroma + by_lightness + by_hue)


@given(hexes, hexes)
def test_harmony_is_symmetric_and_bounded(one: str, other: str) -> None:
    first, second = np.array(colour.lch(one)), np.array(colour.lch(other))
    assert 0 <= colour.harmony(first, second) <= 1
    assert colour.harmony(first, second) == pytest.approx(colour.harmony(second, first))


def test_what_is_known_to_go_together_does_better_than_what_is_not() -> None:
    assert colour.harmony(WHITE, NAVY) > colour.harmony(BLUE, GREEN)
    opposite, askew = np.array([50.0, 60.0, 215.0]), np.array([50.0, 60.0, 95.0])
    assert colour.template(RED, opposite) > colour.template(RED, askew)
    assert colour.neutrality(BLACK) == 1 > colour.neutrality(NAVY) > 0.6
    assert colour.neutrality(RED) == 0


def mixing(one: str, other: str, *, shared: bool) -> float:
    return float(
        patterns.together(
            np.array(patterns.loudness(one)),
            np.array(patterns.loudness(other)),
            same_family=np.array(patterns.family(one) == patterns.family(other)),
            shared_colour=np.array(shared),
        )
    )


def test_patterns_mix_as_the_rules_say() -> None:
    assert mixing("solid", "ikat", shared=False) == 1
    assert mixing("striped", "floral", shared=True) > mixing("striped", "floral", shared=False)
    assert mixing("striped", "floral", shared=False) > mixing("checked", "plaid", shared=True)
    assert mixing("made up", "wax-print", shared=False) == 1


def test_warmth_needed_falls_with_temperature_and_never_below_the_least() -> None:
    needs = [warmth.needed(degrees) for degrees in range(-30, 46)]
    assert needs == sorted(needs, reverse=True)
    assert needs[-1] == warmth.LEAST
    assert warmth.needed(21) == pytest.approx(0.39, abs=0.01)
    wanted, _ = warmth.garments_for(5)
    assert warmth.insulation(wanted) == pytest.approx(warmth.needed(5))


def together(vault: list[VaultItem]) -> dict[str, int]:
    """Count by trying all bases with all shoes."""
    worn = [garment for garment in garments(vault) if garment.kind.slot in _SLOTS]
    good = _good(worn, {slot: _places(worn, slot) for slot in _SLOTS})
    slots = {slot: [at for at, one in enumerate(worn) if one.kind.slot == slot] for slot in _SLOTS}
    counts = dict.fromkeys((garment.id for garment in worn), 0)
    for bases in (("top", "bottom"), ("full",), ("over", "top")):
        for look in _products([slots[slot] for slot in (*bases, "footwear")]):
            if all(good[one, other] for at, one in enumerate(look) for other in look[at + 1 :]):
                for at in look:
                    counts[worn[at].id] += 1
    return counts


def _products(slots: list[list[int]]) -> list[tuple[int, ...]]:
    if not slots:
        return [()]
    return [(first, *rest) for first in slots[0] for rest in _products(slots[1:])]


@given(vaults(12))
@settings(deadline=None)
def test_versatility_is_what_counting_one_by_one_gives(vault: list[VaultItem]) -> None:
    assert versatility(vault) == together(vault)


@given(vaults(12), st.integers(1, 5))
@settings(deadline=None)
def test_what_goes_together_does_not_depend_on_how_many_are_looked_at_at_once(
    vault: list[VaultItem], block: int
) -> None:
    worn = [garment for garment in garments(vault) if garment.kind.slot in _SLOTS]
    places = {slot: _places(worn, slot) for slot in _SLOTS}
    whole = _good(worn, places)
    with patch.object(unlocking, "_BLOCK", block):
        assert np.array_equal(_good(worn, places), whole)


@given(vaults(8))
@settings(max_examples=25, deadline=None)
def test_a_gap_unlocks_as_many_outfits_as_adding_it_gives(vault: list[VaultItem]) -> None:
    found = gaps(vault, count=2)
    for gap in found:
        value = int(gap.hex[1:], 16)
        added = item(999, gap.kind, colours=[value])
        assert together([*vault, added])[added.id] == gap.unlocks > 0
    assert [gap.unlocks for gap in found] == sorted((gap.unlocks for gap in found), reverse=True)


def test_a_first_pair_of_shoes_is_the_gap_of_somebody_without_any() -> None:
    vault = [item(1, "shirt", colours=[0xFFFFFF]), item(2, "chinos", colours=[0x1B2A49])]
    assert gaps(vault, count=3)[0].slot == "footwear"
    assert gaps([], count=3) == []
    assert 0 < GOOD < 1
