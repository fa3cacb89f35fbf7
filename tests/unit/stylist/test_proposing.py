"""What holds for every proposal, on any wardrobe; that nothing better is left out, by trying everything."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.wardrobes import random_vault
from core.stylist import Outfit, Wish, propose, ways_to_wear
from core.stylist import warmth as clothing_warmth
from core.stylist.avoiding import allowed
from core.stylist.compatibility import Compatibility
from core.stylist.forms import Form, fillings, forms
from core.stylist.garments import Garment, garments
from core.stylist.proposing import Ceilings, proposals
from core.stylist.scoring import Scoring
from core.stylist.tastes import words
from core.stylist.wardrobe import CORE
from core.taste import FacetVector, Subject
from core.vault import VaultItem
from tests.unit.stylist.wardrobes import TODAY, item, vaults, wishes

ROUNDING = 2e-4


class Fond:
    """A taste for the formal and vivid, and against stripes."""

    def appeal(self, facets: FacetVector, words: object = None) -> float:
        return (2 + facets.get("formality", 0) + facets.get("vividness", 0)) / 4

    def is_avoided(self, words: Mapping[Subject, Iterable[str]]) -> bool:
        return "striped" in words["pattern"]


def excluded(rules: Compatibility, form: Form, look: tuple[int, ...]) -> bool:
    one = [np.array([at]) for at in look]
    return any(
        rules.excluded(form[s], one[s], form[t], one[t])[0, 0]
        for s in range(len(form))
        for t in range(s + 1, len(form))
    )


def every_score(items: list[VaultItem], wish: Wish, base_id: str | None = None) -> Iterator[float]:
    """Yield the score of every outfit there is, found without any bound."""
    welcome = allowed(garments(items), wish.avoid, frozenset(wish.avoid_items))
    worn = [garment for garment in welcome if not Fond().is_avoided(words(garment))]
    base = next((garment for garment in worn if garment.id == base_id), None)
    if base_id is not None and base is None:
        return
    if any(all(slot not in garment.slots for garment in worn) for slot in wish.always):
        return
    rules = Compatibility(worn, wish, Fond())
    scoring = Scoring(rules)
    for form in forms(wish, base):
        for look in product(*(fillings(form, slot, worn, wish, base) for slot in form)):
            if base is not None and worn.index(base) not in look:
                continue
            if excluded(rules, form, look) or not warm_enough(worn, look, wish):
                continue
            yield sum(scoring.weights[part] * value for part, value in scoring.values(form, look).items())


def warm_enough(worn: list[Garment], look: tuple[int, ...], wish: Wish) -> bool:
    if wish.temperature is None:
        return True
    clo = clothing_warmth.insulation(sum(worn[at].clo for at in look))
    return abs(clo - clothing_warmth.needed(wish.temperature)) <= clothing_warmth.tolerance(wish.temperature)


@given(vaults(), wishes)
@settings(max_examples=100, deadline=None)
def test_the_first_outfit_is_the_best_of_all(items: list[VaultItem], wish: Wish) -> None:
    found = propose(items, wish, taste=Fond()).outfits
    best = max(every_score(items, wish), default=None)
    assert (found[0].score if found else None) == (
        None if best is None else pytest.approx(best, abs=ROUNDING)
    )


@given(vaults(7), wishes, st.integers(0, 6))
@settings(max_examples=60, deadline=None)
def test_the_first_way_to_wear_an_item_is_the_best(items: list[VaultItem], wish: Wish, number: int) -> None:
    base = item(100 + number, ["shirt", "jeans", "sweater", "sari", "coat", "loafers", "cardigan"][number])
    found = ways_to_wear([*items, base], base.id, wish, taste=Fond()).outfits
    best = max(every_score([*items, base], wish, base.id), default=None)
    assert (found[0].score if found else None) == (
        None if best is None else pytest.approx(best, abs=ROUNDING)
    )
    assert all(base.id in outfit.item_ids for outfit in found)


@given(st.integers(0, 2**32), wishes, st.none() | st.integers(0, 29))
@settings(max_examples=40, deadline=None)
def test_what_is_known_from_earlier_outfits_saves_time_and_changes_none(
    seed: int, wish: Wish, base: int | None
) -> None:
    items = random_vault(30, seed=seed)
    wish = wish.model_copy(update={"count": 8})
    base_id = None if base is None else items[base].id
    found = proposals(items, wish, base_id=base_id, taste=Fond())
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Ceilings, "__setitem__", lambda *_: None)
        assert proposals(items, wish, base_id=base_id, taste=Fond()) == found


@given(vaults(14), wishes, st.none() | st.integers(0, 13))
@settings(max_examples=100, deadline=None)
def test_every_outfit_keeps_the_rules(items: list[VaultItem], wish: Wish, base: int | None) -> None:
    owned = {one.id: one for one in items}
    if base is None or base >= len(items):
        answer = propose(items, wish, taste=Fond())
    else:
        answer = ways_to_wear(items, items[base].id, wish, taste=Fond())
        assert all(items[base].id in outfit.item_ids for outfit in answer.outfits)
    assert len(answer.outfits) <= wish.count
    assert answer.note is not None or len(answer.outfits) == wish.count
    for outfit in answer.outfits:
        makes_an_outfit(outfit, wish)
        for garment in worn(outfit, owned):
            assert garment.item.status == "active"
            assert garment.id not in wish.avoid_items
            assert garment.item.pattern != "striped", "which Fond avoids"
        assert allowed(worn(outfit, owned), wish.avoid, frozenset()) == worn(outfit, owned)
        layers_go_over_each_other(outfit, owned)
        within_warmth(outfit, owned, wish)
        adds_up(outfit)


def makes_an_outfit(outfit: Outfit, wish: Wish) -> None:
    slots = [piece.slot for piece in (*outfit.pieces, *outfit.accents)]
    assert len(set(slots)) == len(slots), "never two bottoms, nor two of anything"
    assert len(set(outfit.item_ids)) == len(outfit.item_ids)
    assert ("bottom" in slots) != ("full" in slots or "over" in slots)
    assert ("top" in slots) == ("bottom" in slots or "over" in slots)
    assert set(wish.always) <= set(slots)


def layers_go_over_each_other(outfit: Outfit, owned: Mapping[str, VaultItem]) -> None:
    """From the skin outwards each layer is thicker, and nothing is four steps of formality from the rest."""
    at = {piece.slot: garments([owned[piece.item_id]])[0] for piece in outfit.pieces}
    for under in ("top", "full", "over"):
        for over in ("mid", "outer"):
            assert under not in at or over not in at or at[under].layer < at[over].layer
    assert not {"mid", "outer"} <= set(at) or at["mid"].layer < at["outer"].layer
    levels = [garment.level for garment in at.values()]
    assert max(levels) - min(levels) < 4


def worn(outfit: Outfit, owned: Mapping[str, VaultItem]) -> list[Garment]:
    return garments(owned[item_id] for item_id in outfit.item_ids)


def within_warmth(outfit: Outfit, owned: Mapping[str, VaultItem], wish: Wish) -> None:
    core = garments(owned[piece.item_id] for piece in outfit.pieces)
    assert warm_enough(core, tuple(range(len(core))), wish)
    assert any(part.name == "warmth" for part in outfit.parts) == (wish.temperature is not None)


def adds_up(outfit: Outfit) -> None:
    assert sum(part.weight for part in outfit.parts) == pytest.approx(1, abs=1e-3)
    assert sum(part.weight * part.value for part in outfit.parts) == pytest.approx(outfit.score, abs=2e-3)
    assert all(0 <= part.value <= 1 and part.sentence.endswith(".") for part in outfit.parts)


@given(vaults(12), wishes, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_the_vault_changes_nothing(
    items: list[VaultItem], wish: Wish, chance: random.Random
) -> None:
    shuffled = list(items)
    chance.shuffle(shuffled)
    assert propose(shuffled, wish) == propose(items, wish)


@given(vaults(12), wishes, vaults(3))
@settings(max_examples=60, deadline=None)
def test_another_item_never_lowers_the_best_score(
    items: list[VaultItem], wish: Wish, more: list[VaultItem]
) -> None:
    added = [one.model_copy(update={"id": f"added-{one.id}"}) for one in more]
    before = propose(items, wish, taste=Fond()).outfits
    after = propose([*items, *added], wish, taste=Fond()).outfits
    if before:
        assert after[0].score >= before[0].score - 1e-4


@given(vaults(14), wishes)
@settings(max_examples=60, deadline=None)
def test_outfits_differ_in_what_they_are_recognised_by(items: list[VaultItem], wish: Wish) -> None:
    main = [
        frozenset(piece.item_id for piece in outfit.pieces if piece.slot in {"top", "bottom", "full", "over"})
        for outfit in propose(items, wish).outfits
    ]
    assert len(set(main)) == len(main)


def test_an_archived_or_avoided_item_has_no_ways_to_be_worn() -> None:
    wish = Wish(today=TODAY, avoid=("jeans",))
    vault = [item(1, "shirt"), item(2, "jeans"), item(3, "chinos", status="archived"), item(4, "sneakers")]
    for number in (1, 2):
        answer = ways_to_wear(vault, vault[number].id, wish)
        assert answer.outfits == ()
        assert answer.note is not None


@pytest.mark.parametrize(
    ("vault", "wish", "said"),
    [
        ([], Wish(today=TODAY), "a top and a bottom"),
        (["shirt", "shirt"], Wish(today=TODAY), "a top and a bottom"),
        (["t-shirt", "shorts", "sandals"], Wish(today=TODAY, temperature=-5), "-5 °C"),
        (["shirt", "jeans"], Wish(today=TODAY, always=("head",)), "head"),
        (["pyjamas", "spacesuit"], Wish(today=TODAY), "a top and a bottom"),
    ],
)
def test_an_empty_answer_says_why(vault: list[str], wish: Wish, said: str) -> None:
    answer = propose([item(number, word) for number, word in enumerate(vault)], wish)
    assert answer.outfits == ()
    assert said in str(answer.note)


def test_what_must_always_be_worn_is() -> None:
    vault = [item(1, "abaya"), item(2, "hijab"), item(3, "sandals"), item(4, "shirt"), item(5, "jeans")]
    answer = propose(vault, Wish(today=TODAY, always=("head",)))
    assert answer.outfits
    assert all(vault[1].id in outfit.item_ids for outfit in answer.outfits)


@pytest.mark.parametrize(("degrees", "proposed"), [(13, False), (14, True)])
def test_summer_clothes_wait_for_summer_unless_they_are_asked_for(degrees: float, proposed: bool) -> None:
    vault = [item(1, "sweater"), item(2, "linen-trousers", seasons=["summer"]), item(3, "coat")]
    wish = Wish(today=TODAY, temperature=degrees)
    assert bool(propose(vault, wish).outfits) == proposed
    assert ways_to_wear(vault, vault[1].id, wish).outfits
    vault[1] = vault[1].model_copy(update={"seasons": ["summer", "autumn"]})
    assert propose(vault, wish).outfits


def test_what_is_not_placed_is_said() -> None:
    vault = [item(1, "shirt"), item(2, "spacesuit"), item(3, "pyjamas"), item(4, "other", status="archived")]
    assert propose(vault, Wish(today=TODAY)).unplaced == tuple(sorted([vault[1].id, vault[2].id]))


def test_core_slots_are_those_of_the_forms() -> None:
    wish = Wish(today=TODAY, temperature=5)
    assert {slot for form in forms(wish) for slot in form} == set(CORE)
