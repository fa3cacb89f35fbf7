"""The deck covers the space, and its pictures are sound."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from itertools import combinations
from statistics import correlation

import numpy as np
import pytest

from core import vault
from core.media import taxonomy
from core.taste.deck import Card, by_id, deck
from core.taste.drawing import description, draw
from core.taste.facets import NAMES
from core.taste.gaussian import cosine
from core.taste.palette import families
from core.taste.reading import facets_of
from core.taste.wardrobe import PATTERN_STRENGTH, shape_of
from core.vault.colours import FAMILIES

SVG = "{http://www.w3.org/2000/svg}"


def test_there_are_enough_cards_with_their_own_ids_and_titles() -> None:
    assert len(deck()) >= 60
    assert len(by_id()) == len(deck()) == len({card.title for card in deck()})


@pytest.mark.parametrize("name", NAMES)
def test_every_facet_has_clear_cards_on_both_sides(name: str) -> None:
    values = [card.facets[name] for card in deck()]
    assert sum(v >= 0.4 for v in values) >= 15
    assert sum(v <= -0.4 for v in values) >= 15


def test_the_facets_can_be_told_apart() -> None:
    """Singular values of the design: no direction of taste is left without contrast."""
    values = np.linalg.svd(np.array([card.vector for card in deck()]), compute_uv=False)
    assert values[0] / values[-1] < 5
    columns = list(zip(*(card.vector for card in deck()), strict=True))
    assert max(abs(correlation(a, b)) for a, b in combinations(columns, 2)) < 0.7


def test_no_two_cards_are_nearly_the_same() -> None:
    closest = max(combinations(deck(), 2), key=lambda pair: cosine(pair[0].vector, pair[1].vector))
    assert cosine(closest[0].vector, closest[1].vector) < 0.97, [card.title for card in closest]


def test_every_card_has_something_to_say() -> None:
    assert min(float(np.linalg.norm(card.vector)) for card in deck()) > 0.8


def test_the_wardrobe_is_of_many_places() -> None:
    traditional = [card for card in deck() if any(_category(g.kind) == "traditional" for g in card.garments)]
    covered = [card for card in deck() if "modest" in card.tags]
    assert len(traditional) >= 25
    assert len({g.kind for c in traditional for g in c.garments if _category(g.kind) == "traditional"}) >= 25
    assert len(covered) >= 5


def _category(kind: str) -> str | None:
    return taxonomy.category_of(kind) if kind in taxonomy.subtypes() else None


def test_garments_are_called_what_the_taxonomy_calls_them() -> None:
    kinds = {garment.kind for card in deck() for garment in card.garments}
    assert kinds - set(taxonomy.subtypes()) == set()


def test_patterns_have_a_strength() -> None:
    assert {g.pattern for c in deck() for g in c.garments} <= set(PATTERN_STRENGTH)


def test_an_unknown_kind_says_where_to_add_it() -> None:
    with pytest.raises(ValueError, match="wardrobe"):
        shape_of("space-suit")


@pytest.mark.parametrize(
    "name", ["formality", "trend", "structure", "fabric", "coverage", "accessories", "richness"]
)
def test_the_rules_read_a_look_as_its_judge_did(name: str) -> None:
    """Rules that read words and the people who judged the cards agree on what they both speak of."""
    pairs = [(card.facets[name], facets_of(_words(card))) for card in deck()]
    both = [(judged, read[name]) for judged, read in pairs if name in read]
    assert len(both) >= 20
    assert correlation(*zip(*both, strict=True)) > 0.5


def _words(card: Card) -> list[str]:
    return [
        card.title,
        *card.tags,
        *(word for g in card.garments for word in (g.kind, g.pattern, g.material or "")),
    ]


@pytest.mark.parametrize("card", deck(), ids=lambda card: card.card_id)
def test_a_picture_is_well_formed_describes_itself_and_holds_only_shapes(card: Card) -> None:
    picture = draw(card)
    root = ET.fromstring(picture)
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == card.title
    assert root.findtext(f"{SVG}desc") == description(card)
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags <= {"svg", "title", "desc", "defs", "pattern", "rect", "path", "circle", "ellipse", "g"}
    named = {element.get("id") for element in root.iter()}
    assert set(re.findall(r"url\(#([^)]+)\)", picture)) <= named
    assert set(root.get("aria-labelledby", "").split()) <= named
    assert "nan" not in picture
    assert len(picture) < 12_000
    assert draw(card) == picture


def test_a_title_with_markup_is_escaped() -> None:
    card = deck()[0].model_copy(update={"title": "<script>alert('x') & more"})
    assert ET.fromstring(draw(card)).findtext(f"{SVG}title") == card.title


def test_colours_have_one_family_in_taste_and_wardrobe() -> None:
    hexes = [value for members in FAMILIES.values() for value in members.values()]
    assert families(hexes) == sorted(FAMILIES)
    for card in deck():
        assert card.colour_families == sorted({vault.colour_family(colour) for colour in card.palette})


def test_words_and_colours_are_read_by_rule() -> None:
    raincoat = facets_of("Oversized technical raincoats in neon yellow, waterproof")
    assert raincoat["fabric"] > 0.5 > 0 > raincoat["fit"]
    assert raincoat["vividness"] > 0.3
    assert facets_of(["sari", "silk"], [("#c8102e", 1.0)])["warmth"] > 0.5
    assert facets_of("") == {} == facets_of("xyzzy 12")
    assert facets_of("wide-leg trousers")["fit"] < 0 < facets_of("bodycon mini dress")["fit"]
