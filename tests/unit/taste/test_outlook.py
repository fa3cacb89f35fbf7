"""What is believed of one thing: its outlook, and what speaks for it in words."""

from __future__ import annotations

from datetime import UTC, datetime
from math import inf, sqrt
from statistics import NormalDist

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.taste import FACETS, Outlook, Taste, TasteEvent, apply, empty, speaking_for
from core.taste.arguments import _facets, _words
from core.taste.belief import NOISE_VARIANCE
from core.taste.events import Subject
from core.taste.facets import NAMES
from core.taste.selection import _NODES

NOW = datetime(2026, 5, 1, tzinfo=UTC)
places = st.dictionaries(st.sampled_from(NAMES), st.floats(-1, 1, allow_nan=False), max_size=12)
POLES = {facet.low: (facet.name, -1) for facet in FACETS} | {facet.high: (facet.name, 1) for facet in FACETS}


def taste_of(*opinions: tuple[str, dict[str, float], dict[str, list[str]]]) -> Taste:
    pieces = [
        {"subject": str(n), "label": "Thing", "answer": answer, "facets": facets, **words}
        for n, (answer, facets, words) in enumerate(opinions)
    ]
    event = TasteEvent.model_validate(
        {"key": "k", "user_id": "ada", "kind": "quiz", "occurred_at": NOW, "evidence": pieces}
    )
    return Taste(apply(empty("ada"), event, "job"), NOW)


opinions = st.lists(
    st.tuples(st.sampled_from(["like", "love", "dislike"]), places, st.just({"colours": ["navy"]})),
    min_size=1,
    max_size=6,
)


@given(st.floats(-4, 4), st.floats(0, 3))
def test_the_chance_is_the_average_over_what_the_taste_may_be(mean: float, sd: float) -> None:
    outlook = Outlook(mean, sd)
    average = sum(weight * outlook.chance_if(node) for node, weight in _NODES)
    assert average == pytest.approx(outlook.chance, abs=0.04)
    assert outlook.chance_if(1) >= outlook.chance_if(0) >= outlook.chance_if(-1)


@given(st.floats(-4, 4), st.floats(0, 3), st.floats(-3, 3))
def test_where_a_taste_is_supposed_nothing_is_left_unsure(mean: float, sd: float, deviation: float) -> None:
    supposed = Outlook(mean + deviation * sd, 0.0)
    assert Outlook(mean, sd).chance_if(deviation) == pytest.approx(supposed.chance)
    assert supposed.chance == pytest.approx(chances_without_slips(supposed.mean))


def chances_without_slips(worth: float) -> float:
    return NormalDist(worth, sqrt(NOISE_VARIANCE)).cdf(inf) - NormalDist(worth, sqrt(NOISE_VARIANCE)).cdf(0)


@settings(max_examples=40, deadline=None)
@given(opinions, places, st.lists(st.sampled_from(["navy", "teal", "red"]), unique=True))
def test_the_arguments_are_what_the_outlook_is_the_sum_of(
    said: list[tuple[str, dict[str, float], dict[str, list[str]]]],
    facets: dict[str, float],
    colours: list[str],
) -> None:
    taste = taste_of(*said, ("like", {}, {"colours": ["red"]}))
    words: dict[Subject, list[str]] = {"colour": colours}
    worths = [worth for worth, _ in (*_facets(taste, facets), *_words(taste, words))]
    assert sum(worths) == pytest.approx(taste.outlook(facets, words).mean)
    assert len(worths) == len(NAMES) + len(set(colours) & {"navy", "red"})


@settings(max_examples=40, deadline=None)
@given(opinions, places)
def test_what_speaks_for_a_thing_is_where_thing_and_taste_lie_on_one_side(
    said: list[tuple[str, dict[str, float], dict[str, list[str]]]], facets: dict[str, float]
) -> None:
    taste = taste_of(*said)
    found = speaking_for(taste, facets, {"colour": ["navy"]}, most=20)
    assert found[:2] == speaking_for(taste, facets, {"colour": ["navy"]}, most=2)
    for word in set(found) - {"navy"}:
        name, side = POLES[word]
        assert facets[name] * side > 0
        assert taste.belief.position[NAMES.index(name)] * side > 0
    if "navy" in found:
        assert taste.scores({"colour": ["navy"]})[0][1] > 0


def test_the_strongest_is_said_first_and_indifference_not_at_all() -> None:
    taste = taste_of(*[("love", {"vividness": 0.9, "formality": 0.3}, {"colours": ["red"]})] * 5)
    found = speaking_for(taste, {"vividness": 1.0, "formality": 0.5, "fit": 1.0}, {"colour": ["red", "teal"]})
    assert found[0] == "vivid"
    assert "red" in found
    assert {"fitted", "loose", "teal"}.isdisjoint(found)
    assert speaking_for(taste_of(("like", {}, {})), {"vividness": 1.0}) == ()
