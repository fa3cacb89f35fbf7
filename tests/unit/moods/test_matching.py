"""A mood in a wardrobe: what fits, what is worn, and what is missing."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import stylist
from core.moods.fitting import FITS, MoodTaste
from core.moods.matching import Matched, imagined, matched
from core.moods.models import Mood, MoodPiece
from core.moods.seeds import seeds
from core.taste import Taste, TasteEvent, apply, empty
from core.vault import VaultItem

TODAY = date(2026, 5, 1)
NOW = datetime(2026, 5, 1, tzinfo=UTC)
MOODS = list(seeds().values())
NOBODY = Taste(empty("ada"), NOW)
moods = st.sampled_from(MOODS)


def owned(*pieces: MoodPiece) -> list[VaultItem]:
    return [imagined(piece).model_copy(update={"id": f"item-{n:03}"}) for n, piece in enumerate(pieces)]


def match(items: list[VaultItem], mood: Mood, person: Taste = NOBODY) -> Matched:
    return matched(items, mood.look, person, TODAY)


def named(name: str) -> Mood:
    return next(mood for mood in MOODS if mood.name == name)


def avoiding(subject: str, word: str) -> Taste:
    event = TasteEvent.model_validate(
        {
            "key": "k",
            "user_id": "ada",
            "kind": "statement",
            "occurred_at": NOW,
            "declarations": [{"subject": subject, "word": word}],
        }
    )
    return Taste(apply(empty("ada"), event, "job"), NOW)


@pytest.mark.parametrize("mood", MOODS, ids=lambda mood: mood.name)
def test_its_own_pieces_fit_make_an_outfit_and_leave_nothing_missing(mood: Mood) -> None:
    found = match(owned(*mood.look.pieces), mood)
    assert found.outfit is not None, found.note
    assert found.missing is None
    fitting = {one.item.id for one in found.fitting}
    assert len(fitting) >= len(mood.look.pieces) - 1
    assert set(found.outfit.item_ids) <= {item.id for item in owned(*mood.look.pieces)}


@settings(max_examples=25, deadline=None)
@given(moods, st.data())
def test_one_piece_less_and_that_piece_is_what_is_missing(mood: Mood, data: st.DataObject) -> None:
    gone = data.draw(st.sampled_from(mood.look.pieces))
    kinds = [piece.kind for piece in mood.look.pieces]
    rest = [piece for piece in mood.look.pieces if piece.kind != gone.kind]
    found = match(owned(*rest), mood)
    assert found.missing is not None
    assert found.missing.piece.kind == gone.kind
    assert found.missing.completes == (found.outfit is None and _dresses(found.missing.piece, rest, mood))
    assert kinds.count(gone.kind) >= 1


def _dresses(piece: MoodPiece, rest: list[MoodPiece], mood: Mood) -> bool:
    return match(owned(*rest, piece), mood).outfit is not None


@settings(max_examples=25, deadline=None)
@given(
    moods, st.lists(st.sampled_from([p for m in MOODS for p in m.look.pieces]), max_size=12), st.integers()
)
def test_any_order_of_items_gives_the_same(mood: Mood, pieces: list[MoodPiece], seed: int) -> None:
    items = owned(*pieces)
    shuffled = random.Random(seed).sample(items, len(items))
    assert match(items, mood) == match(shuffled, mood)


def test_an_empty_wardrobe_is_told_where_to_begin() -> None:
    found = match([], named("Weekend denim"))
    assert (found.fitting, found.outfit) == ((), None)
    assert found.note
    assert found.missing is not None
    assert not found.missing.completes
    assert "begin" in found.missing.sentence


def test_what_a_person_avoids_neither_fits_nor_is_worn() -> None:
    mood = named("Weekend denim")
    items = owned(*mood.look.pieces)
    jeans = {item.id for item in items if item.category == "jeans"}
    found = match(items, mood, avoiding("category", "jeans"))
    assert jeans.isdisjoint(one.item.id for one in found.fitting)
    assert found.outfit is None or jeans.isdisjoint(found.outfit.item_ids)


def test_archived_things_do_not_count() -> None:
    mood = named("Weekend denim")
    stored = [item.model_copy(update={"status": "archived"}) for item in owned(*mood.look.pieces)]
    found = match(stored, mood)
    assert (found.fitting, found.outfit) == ((), None)
    assert found.missing is not None


def test_a_garment_fits_its_mood_better_than_the_opposite_one() -> None:
    quiet, loud = (MoodTaste(named(name).look, NOBODY) for name in ("One colour at a time", "Neon and mesh"))
    for mood, other in ((quiet, loud), (loud, quiet)):
        for piece in mood.look.pieces:
            item = imagined(piece)
            facets, words = stylist.facets_of(item), stylist.words_of(item)
            assert facets is not None
            fit = mood.appeal(facets, words)
            assert 0 <= other.appeal(facets, words) < fit <= 1
            assert fit >= FITS - 0.1
            assert list(mood.why(facets, words))
