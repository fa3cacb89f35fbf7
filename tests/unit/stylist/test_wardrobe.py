"""The stylist knows every garment the media taxonomy can name, and says what it does not know."""

from __future__ import annotations

from typing import Any

import pytest

from core.media import taxonomy
from core.stylist import warmth
from core.stylist.avoiding import allowed
from core.stylist.garments import garments, kind_of_item
from core.stylist.wardrobe import APART, LEVELS, is_garment, kind_of, kinds
from core.vault import VaultItem
from tests.unit.stylist.wardrobes import item


def test_every_word_of_the_taxonomy_is_placed_or_set_apart() -> None:
    words = {*taxonomy.categories(), *taxonomy.subtypes()}
    assert words == set(kinds()) | APART
    assert set(kinds()) & APART == set()


@pytest.mark.parametrize("word", ["sandals", "slides", "geta", "zori", "huaraches", "kolhapuris"])
def test_open_shoes_are_for_no_cold_day(word: str) -> None:
    kind = kinds()[word]
    assert warmth.worn_at(kind.slot, kind.clo, 25)
    assert not warmth.worn_at(kind.slot, kind.clo, 10)


def test_values_are_in_range() -> None:
    assert all(0 <= kind.clo < 1 and 0 <= kind.level < len(LEVELS) for kind in kinds().values())


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("sari", "sari"), ("Saree", "sari"), ("Shirts", "shirt"), ("linen-shirt", "shirt"),
        ("jumper", "sweater"), ("Sneaker", "sneakers"),
        ("wide leg trousers", "wide-leg-trousers"), ("Wide_Leg-trousers", "wide-leg-trousers"),
        ("trainers", "sneakers"),
        ("skirt", "skirts"), ("spacesuit", None),
        ("pyjamas", None), ("", None), ("-", None), ("traditional", None),
    ],
)  # fmt: skip
def test_free_text_finds_its_kind(word: str, kind: str | None) -> None:
    found = kind_of(word)
    assert (found and found.word) == kind


@pytest.mark.parametrize("word", ["shirt", "Sneaker", "linen-shirt", "pyjamas", "swimwear", "bikini"])
def test_a_garment_is_one_though_it_may_never_be_proposed(word: str) -> None:
    assert is_garment(word)


@pytest.mark.parametrize("word", ["traditional", "other", "garment", "accessory", "spacesuit", ""])
def test_a_word_that_names_no_garment_is_none(word: str) -> None:
    assert not is_garment(word)


@pytest.mark.parametrize(
    ("attributes", "kind"),
    [
        ({"category": "tops", "subtype": "henley"}, "henley"),
        ({"category": "trousers", "name": "Black jeans"}, "jeans"),
        ({"category": "tops", "name": "Burgundy cardigan"}, "cardigan"),
        ({"category": "shoes", "name": "Shirt-white loafers"}, "loafers"),
        ({"category": "shoes", "name": "My old shirt"}, "shoes"),
        ({"category": "traditional", "name": "Teal silk sari"}, "sari"),
        ({"category": "traditional", "name": "From grandmother"}, None),
        ({"category": "kurta"}, "kurta"),
        ({"category": "swimwear", "subtype": "bikini"}, None),
    ],
)
def test_an_item_is_of_the_kind_its_words_say(attributes: dict[str, Any], kind: str | None) -> None:
    found = kind_of_item(item(1, "other", **attributes))
    assert (found and found.word) == kind


def left(items: list[VaultItem], *words: str) -> list[str]:
    return sorted(garment.item.category for garment in allowed(garments(items), words, frozenset()))


def test_an_avoid_is_matched_generously_but_not_beyond_its_words() -> None:
    vault = [
        item(1, "sweater", materials=["Merino wool"]),
        item(2, "t-shirt", materials=["cotton"]),
        item(3, "loafers", materials=["faux-leather"]),
        item(4, "pleated-skirt", materials=["polyester"], colours=[0xFF0000]),
        item(5, "shirt", materials=["cotton"], pattern="floral"),
    ]
    assert left(vault, "Wool") == ["loafers", "pleated-skirt", "shirt", "t-shirt"]
    assert left(vault, "leather") == left(vault)
    assert left(vault, "faux leather") == ["pleated-skirt", "shirt", "sweater", "t-shirt"]
    assert left(vault, "skirts") == ["loafers", "shirt", "sweater", "t-shirt"]
    assert left(vault, "shirt") == ["loafers", "pleated-skirt", "sweater", "t-shirt"]
    assert left(vault, "RED", "floral") == ["loafers", "sweater", "t-shirt"]
    assert left(vault, "", "  ") == left(vault)
