"""The ranking against a brute-force greedy choice, and the properties the feed promises."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from datetime import timedelta
from itertools import combinations
from math import e, sqrt
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from core.feed.ranking import EVERY, FIRST, Candidate, Ranked, rank
from core.feed.ranking.exploration import deviation, drawn_chance
from core.feed.ranking.relevance import HALF_LIFE, TIMELESS, freshness
from core.feed.ranking.variety import WEIGHTS, Shown
from core.taste import Outlook

NOW = timedelta(0)


def relevance(candidate: Candidate) -> float:
    return candidate.outlook.chance * freshness(candidate.age)


def racks(*, sure: bool = False, most: int = 40) -> st.SearchStrategy[list[Candidate]]:
    one = st.builds(
        Candidate,
        id=st.uuids().map(str),
        outlook=st.builds(Outlook, st.integers(-12, 12).map(lambda n: n / 4), st.floats(0, 0 if sure else 3)),
        age=st.integers(0, 90).map(lambda days: timedelta(days=days)),
        groups=st.tuples(
            st.sampled_from("abc").map("source:{}".format),
            st.sampled_from("xyz").map("category:{}".format),
            st.sampled_from("pqrst").map("look:{}".format),
        ),
    )  # fmt: skip
    return st.lists(one, max_size=most, unique_by=lambda candidate: candidate.id)


def by_brute_force(candidates: list[Candidate], seed: str, count: int) -> list[Ranked]:
    left, shown, found = sorted(candidates, key=lambda c: c.id), Shown(), list[Ranked]()
    while left and len(found) < count:
        best = max(left, key=lambda c: shown.gain(c, relevance(c)))  # the first of equals
        chosen = best
        if len(found) % EVERY == FIRST:
            chosen = max(left, key=lambda c: shown.gain(c, drawn_chance(c, seed) * freshness(c.age)))
        left.remove(chosen)
        shown.take(chosen, relevance(chosen))
        found.append(Ranked(chosen.id, chosen is not best))
    return found


@settings(max_examples=60, deadline=None)
@given(racks(), st.text(max_size=3), st.integers(0, 45))
def test_it_is_the_greedy_choice(candidates: list[Candidate], seed: str, count: int) -> None:
    assert rank(candidates, seed=seed, count=count) == by_brute_force(candidates, seed, count)


@settings(max_examples=40, deadline=None)
@given(racks(), st.randoms(use_true_random=False))
def test_any_order_of_candidates_gives_the_same_and_a_shorter_list_is_its_beginning(
    candidates: list[Candidate], chance: Random
) -> None:
    whole = rank(candidates, seed="s", count=100)
    shuffled = list(candidates)
    chance.shuffle(shuffled)
    assert rank(shuffled, seed="s", count=100) == whole
    assert rank(candidates, seed="s", count=7) == whole[:7]
    assert sorted(place.id for place in whole) == sorted(c.id for c in candidates)


@settings(max_examples=40, deadline=None)
@given(racks(sure=True))
def test_nothing_is_tried_where_nothing_is_unsure(candidates: list[Candidate]) -> None:
    one, other = (rank(candidates, seed=seed, count=40) for seed in ("one", "two"))
    assert one == other
    assert not any(place.experiment for place in one)


@settings(max_examples=40, deadline=None)
@given(racks())
def test_experiments_stand_where_they_may_and_the_seed_moves_nothing_before_the_first(
    candidates: list[Candidate],
) -> None:
    one, other = (rank(candidates, seed=seed, count=40) for seed in ("one", "two"))
    assert {at % EVERY for at, place in enumerate(one) if place.experiment} <= {FIRST}
    assert one[:FIRST] == other[:FIRST]


@settings(max_examples=40, deadline=None)
@given(racks(sure=True, most=8), st.integers(1, 3))
def test_a_short_list_is_worth_nearly_as_much_as_the_best_there_is(
    candidates: list[Candidate], count: int
) -> None:
    """Nemhauser, Wolsey and Fisher: at least 1 - 1/e of the optimum."""
    best = max((worth(some) for some in combinations(candidates, min(count, len(candidates)))), default=0.0)
    by_id = {candidate.id: candidate for candidate in candidates}
    ours = [by_id[place.id] for place in rank(candidates, seed="s", count=count)]
    assert worth(ours) >= (1 - 1 / e) * best - 1e-9


def worth(chosen: Sequence[Candidate]) -> float:
    mass: dict[str, float] = {}
    for candidate in chosen:
        for group in candidate.groups:
            mass[group] = mass.get(group, 0.0) + relevance(candidate)
    alone = sum(relevance(candidate) for candidate in chosen)
    return alone + sum(WEIGHTS[group.partition(":")[0]] * sqrt(total) for group, total in mass.items())


@given(st.floats(-3, 3), st.floats(0.01, 2), st.integers(0, 60), st.integers(1, 60))
def test_better_liked_and_newer_things_come_first(mean: float, more: float, days: int, older: int) -> None:
    groups, age = ("source:a",), timedelta(days=days)
    good, liked = (
        Candidate("b", Outlook(mean, 1.0), age, groups),
        Candidate("z", Outlook(mean + more, 1.0), age, groups),
    )
    stale = Candidate("a", Outlook(mean, 1.0), age + timedelta(days=older), groups)
    assert [place.id for place in rank([good, liked, stale], seed="s", count=3)] in (
        ["z", "b", "a"],
        ["b", "z", "a"] if liked.outlook.chance == good.outlook.chance else ["z", "b", "a"],
    )


@given(st.integers(0, 1000))
def test_newness_fades_by_half_in_a_week_down_to_a_floor(hours: int) -> None:
    age = timedelta(hours=hours)
    now, later = freshness(age), freshness(age + HALF_LIFE)
    assert TIMELESS < now <= 1
    assert abs((later - TIMELESS) - (now - TIMELESS) / 2) < 1e-12
    assert freshness(-age) == 1


def test_draws_are_standard_normal_and_the_same_again() -> None:
    drawn = [deviation("seed", str(number)) for number in range(3000)]
    assert abs(statistics.mean(drawn)) < 0.06
    assert abs(statistics.stdev(drawn) - 1) < 0.05
    assert drawn[:5] == [deviation("seed", str(number)) for number in range(5)]
    assert drawn[:5] != [deviation("other", str(number)) for number in range(5)]


def test_a_shop_that_posts_everything_does_not_fill_the_list() -> None:
    flood = [
        Candidate(f"a{n:02}", Outlook(1.0, 0.0), NOW, ("source:big", "category:shirts")) for n in range(60)
    ]
    few = [
        Candidate(f"b{n}", Outlook(0.9, 0.0), NOW, (f"source:small{n}", "category:coats")) for n in range(3)
    ]
    first = [place.id for place in rank([*flood, *few], seed="s", count=6)]
    assert {"b0", "b1", "b2"} <= set(first)
