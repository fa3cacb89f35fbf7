"""The moods that ship: real words, broad, different, and each with something to wear."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import get_args

import pytest

from core import stylist
from core.media.attributes import Material, Pattern
from core.moods.models import Mood
from core.moods.seeds import seeds
from core.taste import FACETS, facets_of, similarity
from core.vault import colour_family

MOODS = list(seeds().values())
EACH = pytest.mark.parametrize("mood", MOODS, ids=lambda mood: mood.name)


@EACH
def test_a_mood_is_made_of_words_that_the_app_knows(mood: Mood) -> None:
    for piece in mood.look.pieces:
        kind = stylist.kind_of_word(piece.kind)
        assert kind is not None, piece
        assert kind.word == piece.kind, piece
        assert piece.pattern is None or piece.pattern in get_args(Pattern.__value__)
        assert piece.material is None or piece.material in get_args(Material.__value__)
    assert all(facets_of(word) for word in mood.keywords), mood.keywords
    assert set(mood.look.facets) == {facet.name for facet in FACETS}


@EACH
def test_a_mood_has_a_palette_and_enough_to_wear(mood: Mood) -> None:
    assert len(mood.look.palette) >= 4
    slots = {kind.slot for piece in mood.look.pieces if (kind := stylist.kind_of_word(piece.kind))}
    assert any(form <= slots for form in ({"top", "bottom"}, {"full"}, {"over", "top"}))
    assert {colour_family(piece.hex) for piece in mood.look.pieces} & set(mood.look.colours)
    assert len(mood.description) > 60


def test_moods_differ_and_have_ids_that_stay() -> None:
    assert len(MOODS) >= 16
    assert len({mood.name for mood in MOODS}) == len(MOODS)
    alike = [
        (one.name, other.name, round(similarity(one.look.facets, other.look.facets), 2))
        for one, other in combinations(MOODS, 2)
        if similarity(one.look.facets, other.look.facets) > 0.97
    ]
    assert alike == []
    assert [m.id for m in MOODS if m.name == "Wedding season"] == ["db34ec43-493c-5329-8e82-294fdd495d39"]


def test_moods_are_of_many_places_and_of_both_ends_of_every_facet() -> None:
    idioms = Counter(
        kind.idiom
        for mood in MOODS
        for piece in mood.look.pieces
        if (kind := stylist.kind_of_word(piece.kind)) is not None
    )
    assert len([idiom for idiom in idioms if idiom]) >= 9, idioms
    assert sum(count for idiom, count in idioms.items() if idiom) >= 50
    for facet in FACETS:
        places = [mood.look.facets[facet.name] for mood in MOODS]
        assert min(places) <= -0.4, facet.name
        assert max(places) >= 0.4, facet.name
        assert sum(place > 0.15 for place in places) >= 4, facet.name
        assert sum(place < -0.15 for place in places) >= 4, facet.name
