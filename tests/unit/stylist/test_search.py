"""The search alone, on problems made of numbers, against trying every choice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, product
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.stylist import search
from core.stylist.problem import Choice, Insulation, Problem
from core.stylist.search import best, ceiling, climb, worth_of

NEVER = -np.inf
eighths = st.integers(-40, 40).map(lambda n: n / 8)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Return a form of one to five slots with up to three candidates each; some pairs exclude each other.

    All numbers are eighths, so that sums are exact and equal worths frequent.
    """
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=5))
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))

    def numbers(low: int, high: int, *shape: int) -> np.ndarray:
        return chance.integers(low, high + 1, size=shape) / 8

    pairs = {(s, t): numbers(-40, 40, sizes[s], sizes[t]) for s, t in combinations(range(len(sizes)), 2)}
    return Problem(
        own=tuple(numbers(-40, 40, size) for size in sizes),
        pairs={at: np.where(chance.random(found.shape) < 0.2, NEVER, found) for at, found in pairs.items()},
        clo=tuple(numbers(0, 8, size) for size in sizes),
        insulation=draw(st.none() | insulations),
        constant=draw(eighths),
    )


insulations = st.builds(
    lambda wanted, reach, weight: Insulation.around(wanted / 8, reach / 8, weight),
    st.integers(0, 24),
    st.integers(1, 12),
    st.sampled_from([0.125, 1.0, 8.0]),
)


def choices(problem: Problem) -> Iterator[Choice]:
    return product(*(range(len(own)) for own in problem.own))


def worth(problem: Problem, choice: Choice) -> float:
    """Add up one choice by hand."""
    total = problem.constant + sum(problem.own[slot][place] for slot, place in enumerate(choice))
    for (s, t), matrix in problem.pairs.items():
        total += matrix[choice[s], choice[t]]
    term = problem.insulation
    if term is not None:
        clo = sum(problem.clo[slot][place] for slot, place in enumerate(choice))
        reach = term.centre - term.low
        inside = abs(clo - term.centre) <= reach
        total += term.peak * (1 - ((clo - term.centre) / reach) ** 2) if inside else NEVER
    return float(total)


@given(problems(), st.none() | eighths, st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_the_best_is_the_best_of_all_that_is_allowed(
    problem: Problem, above: float | None, chance: Random
) -> None:
    everything = list(choices(problem))
    barred = {choice for choice in everything if chance.random() < 0.3}
    floor = NEVER if above is None else above
    allowed = {choice: worth(problem, choice) for choice in everything if choice not in barred}
    greatest = max(allowed.values(), default=NEVER)
    found = best(problem.prepared(), above=floor, barred=barred)
    if greatest > floor:
        assert found is not None
        assert allowed[found] == pytest.approx(greatest)
    else:
        assert found is None


@given(problems(), st.integers(0, 80))
@settings(max_examples=100, deadline=None)
def test_nothing_is_found_that_is_no_better_than_the_best(problem: Problem, more: int) -> None:
    greatest = max(worth(problem, choice) for choice in choices(problem))
    assert best(problem.prepared(), above=greatest + more / 8) is None


@given(problems())
@settings(max_examples=50, deadline=None)
def test_a_climb_that_is_cut_short_costs_time_and_not_the_best(problem: Problem) -> None:
    greatest = max(worth(problem, choice) for choice in choices(problem))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(search, "_SWEEPS", 1)
        found = best(problem.prepared())
    assert (NEVER if found is None else worth(problem, found)) == pytest.approx(greatest)


@given(problems())
@settings(max_examples=100, deadline=None)
def test_a_bound_is_never_below_what_it_bounds(problem: Problem) -> None:
    leaning = problem.leaning(climb(problem))
    for choice in choices(problem):
        value = worth(problem, choice)
        assert problem.worth(choice) == pytest.approx(value)
        assert leaning.worth(choice) == pytest.approx(value), "the same term, told otherwise"
        for slot, place in enumerate(choice):
            assert problem.bounds(slot)[place] >= value - 1e-9
            assert leaning.bounds(slot)[place] >= value - 1e-9


@given(problems(), st.data())
@settings(max_examples=100, deadline=None)
def test_a_ceiling_is_above_everything_whatever_it_is_told_about(
    problem: Problem, data: st.DataObject
) -> None:
    everything = list(choices(problem))
    greatest = max(worth(problem, choice) for choice in everything)
    assert ceiling(problem, data.draw(st.sampled_from(everything))) >= greatest - 1e-9


@given(problems(), st.data())
@settings(max_examples=60, deadline=None)
def test_what_is_closed_is_closed_and_nothing_else(problem: Problem, data: st.DataObject) -> None:
    count = data.draw(st.integers(1, min(2, len(problem.own))))
    places = st.tuples(*(st.integers(0, len(own) - 1) for own in problem.own[:count]))
    closed = data.draw(st.sets(places, max_size=3))
    before = {choice: problem.worth(choice) for choice in choices(problem)}
    left = problem.barring(closed)
    for choice in choices(problem):
        value = NEVER if choice[:count] in closed else worth(problem, choice)
        assert left.worth(choice) == pytest.approx(value)
        assert problem.worth(choice) == before[choice], "the problem itself is left as it was"


@given(problems(), st.data())
@settings(max_examples=60, deadline=None)
def test_what_is_known_of_a_prepared_problem_stays_true(problem: Problem, data: st.DataObject) -> None:
    count = data.draw(st.integers(1, min(2, len(problem.own))))
    closed = data.draw(st.sets(st.tuples(*(st.just(0) for _ in range(count)))))
    left = problem.prepared().barring(closed)
    deeper = [left.without_first(place) for place in range(len(left.own[0]))] if len(left.own) > 1 else []
    for known in (left, *deeper):
        anew = replace(known, known_partners=None, known_reach=None)
        np.testing.assert_equal(known._best_partner, anew._best_partner)
        assert known._reach == anew._reach


@given(problems(), st.none() | eighths)
@settings(max_examples=100, deadline=None)
def test_the_greatest_of_a_grid_is_found_among_those_above_the_floor(
    problem: Problem, above: float | None
) -> None:
    pairs = {at: matrix for at, matrix in problem.pairs.items() if at == (0, 1)}
    last = Problem(problem.own[:2], pairs, problem.clo[:2], problem.insulation)
    sums = {choice: worth(last, choice) for choice in choices(last)}
    grid = np.array([worth(replace(last, insulation=None), choice) for choice in choices(last)]).reshape(
        [len(own) for own in last.own]
    )
    floor = NEVER if above is None else above
    found = search._greatest(grid, last.clo, problem.insulation, floor)
    if found is None:
        assert max(sums.values()) <= floor + 1e-9
    else:
        assert found[0] == pytest.approx(max(sums.values()))
        assert sums[found[1]] == pytest.approx(found[0])
        assert found[0] > floor


def test_what_only_shows_once_the_insulation_is_told_about_a_good_choice_is_seen() -> None:
    """Separately two garments promise more than any two hold; about a good choice their bounds agree."""
    problem = Problem(
        own=(np.array([-2.0, 1.0]), np.array([1.0, 2.0])),
        pairs={(0, 1): np.array([[-1.0, 0.0], [4.0, -3.0]])},
        clo=(np.array([1.0, 3.0]), np.array([4.0, 0.0])),
        insulation=Insulation.around(2.0, 3.0, 7.0),
    )
    found = best(problem)
    assert found == (0, 1)
    assert best(problem, above=problem.worth(found)) is None


def test_a_form_with_nothing_for_a_slot_has_no_best() -> None:
    nobody = Problem(
        own=(np.array([1.0]), np.array([])),
        pairs={(0, 1): np.zeros((1, 0))},
        clo=(np.array([0.0]), np.array([])),
        insulation=None,
    )
    assert best(nobody) is None


def test_the_floor_a_choice_gives_does_not_shut_itself_out() -> None:
    problem = Problem(own=(np.array([1.0, 1.0]),), pairs={}, clo=(np.zeros(2),), insulation=None)
    floor = worth_of(problem, (0,))
    assert best(problem, above=floor) is not None
    assert worth_of(problem, (0,), barred={(0,)}) == NEVER
