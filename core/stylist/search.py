"""The best outfit of a form, exactly: depth first over its slots, cut off by bounds that are never too low.

An outfit is one garment per slot; its worth is the sum of the garments' own values, of their pairs' values,
and of a term in the total insulation. Choosing the best is MAP inference in a small complete graph, which
branch and bound (A. H. Land, A. G. Doig, 1960) solves without trying all combinations: for every garment
that may come next the bound adds, slot by slot, the best that could still be joined to it. Each maximum is
taken on its own, so the bound is at least the worth of every outfit containing the garment. A branch is cut
only if its bound is not above an outfit already found; hence nothing better is ever lost, and a larger
vault never has a worse best outfit. A beam would be simpler and would have neither property.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from core.stylist.compatibility import Floats, Indices
from core.stylist.problem import Choice, Insulation, Problem

_EPSILON = 1e-12
_SWEEPS = 4
_STARTS = 3


def best(
    problem: Problem,
    *,
    above: float = -np.inf,
    barred: Collection[Choice] = (),
    seed: Choice | None = None,
) -> Choice | None:
    """Return the best choice worth more than ``above`` that is not ``barred``; ``None`` if there is none.

    ``seed`` is the choice ``climb`` found, if it is known already. Of equally good choices one is taken by
    the order of candidates and bounds, never by chance.
    """
    if any(len(values) == 0 for values in problem.own):
        return None
    seed = climb(problem) if seed is None else seed
    floor = max(above, worth_of(problem, seed, barred))
    problem = problem.leaning(seed)
    kept = _candidates(problem, floor)
    if any(len(places) == 0 for places in kept):
        return None
    better = _climb_by_two(problem, kept)
    floor = max(floor, worth_of(problem, better, barred))
    problem = problem.leaning(better)
    kept = _candidates(problem, floor, kept)
    if any(len(places) == 0 for places in kept):
        return None
    order = sorted(problem.slots, key=lambda slot: (len(kept[slot]), slot))
    small = problem.narrowed(kept).reordered(order)
    places = [kept[slot] for slot in order]
    closed = {_translated(choice, places, order) for choice in barred}
    _, found = _descend(small, floor, {choice for choice in closed if choice is not None})
    if found is None:
        return None
    original = {slot: int(places[at][found[at]]) for at, slot in enumerate(order)}
    return tuple(original[slot] for slot in problem.slots)


def ceiling(problem: Problem, seed: Choice) -> float:
    """Return a worth that no choice exceeds, the lower the better ``seed`` is."""
    leaning = problem.leaning(seed)
    return min(float(leaning.bounds(slot).max()) for slot in leaning.slots)


def worth_of(problem: Problem, choice: Choice, barred: Collection[Choice] = ()) -> float:
    """Return a worth just below that of ``choice``; minus infinity if it is barred or impossible."""
    return -np.inf if choice in barred else problem.worth(choice) - 2 * _EPSILON


def _climb_by_two(problem: Problem, kept: tuple[Indices, ...]) -> Choice:
    """Return a good choice among ``kept``, from several starts, improving two slots at a time."""
    inside = problem.narrowed(kept)
    first = inside.bounds(0)
    starts = [int(place) for place in np.argsort(-first, kind="stable")[:_STARTS]]
    found = max((_improved(inside, start) for start in starts), key=inside.worth)
    return tuple(int(kept[slot][place]) for slot, place in enumerate(found))


def _improved(problem: Problem, start: int) -> Choice:
    choice = [start, *(int(np.argmax(problem.own[slot])) for slot in problem.slots[1:])]
    for _ in range(_SWEEPS):
        before = list(choice)
        for slot in problem.slots[1:] if choice == before else problem.slots:
            choice[slot] = int(np.argmax(_conditional(problem, choice, slot)))
        for one in problem.slots:
            for other in problem.slots[one + 1 :]:
                choice[one], choice[other] = _best_two(problem, choice, one, other)
        if choice == before:
            break
    return tuple(choice)


def _best_two(problem: Problem, choice: list[int], one: int, other: int) -> tuple[int, int]:
    """Return the best candidates of two slots while the others stay."""
    values = {one: problem.own[one], other: problem.own[other]}
    clo = 0.0
    for slot in problem.slots:
        if slot not in values:
            clo += float(problem.clo[slot][choice[slot]])
            for each in (one, other):
                values[each] = values[each] + problem.pair(each, slot)[:, choice[slot]]
    grid = values[one][:, None] + values[other][None, :] + problem.pair(one, other)
    now, warm = (choice[one], choice[other]), (problem.clo[one] + clo, problem.clo[other])
    worth = float(grid[now])
    if problem.insulation is not None:
        worth += float(problem.insulation.worth(warm[0][now[0]] + warm[1][now[1]]))
    found = _greatest(grid, warm, problem.insulation, worth)
    return now if found is None else (found[1][0], found[1][1])


def _candidates(
    problem: Problem, floor: float, kept: tuple[Indices, ...] | None = None
) -> tuple[Indices, ...]:
    """Return the candidates of each slot whose bound is above ``floor``, narrowing until nothing changes."""
    inside = problem if kept is None else problem.narrowed(kept)
    kept = kept or tuple(np.arange(len(values)) for values in problem.own)
    while True:
        keep = tuple(np.flatnonzero(inside.bounds(slot) > floor + _EPSILON) for slot in inside.slots)
        kept = tuple(places[chosen] for places, chosen in zip(kept, keep, strict=True))
        unchanged = all(len(chosen) == len(inside.own[slot]) for slot, chosen in enumerate(keep))
        if unchanged or any(len(places) == 0 for places in kept):
            return kept
        inside = inside.narrowed(keep)


def _descend(problem: Problem, floor: float, barred: set[Choice]) -> tuple[float, Choice | None]:
    if len(problem.own) <= 2:
        return _last(problem, floor, barred)
    bounds = problem.bounds(0)
    found: Choice | None = None
    for place in np.argsort(-bounds, kind="stable"):
        if bounds[place] <= floor + _EPSILON:
            break
        chosen = int(place)
        closed = {choice[1:] for choice in barred if choice[0] == chosen}
        worth, rest = _descend(problem.without_first(chosen), floor, closed)
        if rest is not None:
            floor, found = worth, (chosen, *rest)
    return floor, found


def _last(problem: Problem, floor: float, barred: set[Choice]) -> tuple[float, Choice | None]:
    """Return the best of one or two slots by looking at all of them that can be above ``floor``."""
    grid = problem.own[0] + problem.constant
    if len(problem.own) == 2:
        grid = grid[:, None] + problem.own[1][None, :] + problem.pairs[0, 1]
    for choice in barred:
        grid[choice] = -np.inf
    return _greatest(grid, problem.clo, problem.insulation, floor + _EPSILON) or (floor, None)


def _greatest(
    grid: Floats, clo: Sequence[Floats], insulation: Insulation | None, floor: float
) -> tuple[float, Choice] | None:
    """Return the greatest sum above ``floor`` of ``grid`` and the term in its axes' ``clo``, and its place.

    The term is worked out for those alone that would be above ``floor`` with the most of it.
    """
    promising = np.flatnonzero(grid > floor - (0.0 if insulation is None else insulation.peak))
    if len(promising) == 0:
        return None
    places, worths = np.unravel_index(promising, grid.shape), grid.ravel()[promising]
    if insulation is not None:
        warm = np.sum([axis[at] for axis, at in zip(clo, places, strict=True)], axis=0)
        worths = worths + insulation.worth(warm)
    best = int(np.argmax(worths))
    return (float(worths[best]), tuple(int(at[best]) for at in places)) if worths[best] > floor else None


def climb(problem: Problem) -> Choice:
    """Return a good choice quickly, so that much is cut early: improve one slot at a time."""
    choice = [int(np.argmax(problem.bounds(slot))) for slot in problem.slots]
    for _ in range(_SWEEPS):
        before = list(choice)
        for slot in problem.slots:
            choice[slot] = int(np.argmax(_conditional(problem, choice, slot)))
        if choice == before:
            break
    return tuple(choice)


def _conditional(problem: Problem, choice: list[int], slot: int) -> Floats:
    values = problem.own[slot].copy()
    clo = problem.clo[slot].copy()
    for other in problem.slots:
        if other != slot:
            values = values + problem.pair(slot, other)[:, choice[other]]
            clo = clo + problem.clo[other][choice[other]]
    if problem.insulation is None:
        return values
    # Out of reach is worse the farther, rather than impossible, so that the climb finds its way back.
    return values - problem.insulation.curvature * (clo - problem.insulation.centre) ** 2


def _translated(choice: Choice, places: list[Indices], order: list[int]) -> Choice | None:
    """Return a choice in the narrowed, reordered problem; ``None`` if it is not in it any more."""
    found = [np.flatnonzero(places[at] == choice[slot]) for at, slot in enumerate(order)]
    return None if any(len(at) == 0 for at in found) else tuple(int(at[0]) for at in found)
