"""How good the feed is: of the first 20 things, how many a simulated person likes, against newest first.

``python -m bench.feed [--people 200] [--quick]``. Every person has a taste of their own (the populations of
``bench.quiz``), answers the taste quiz, and is then shown the same 600 things of 14 simulated shops twice:
ranked by their profile, and by time alone. The profile knows only what the quiz taught it, and the scraper's
rules read titles that leave out words, while the person sees the thing itself and has likings for kinds of
garment that no facet knows. Figures are medians over people, of one run. Exit status 1 if a target is missed:
liked share at least 1.8 times that of newest first, and not fewer distinct sources or categories.

How choosy people are decides what a ratio can be: who likes half of everything cannot like twice as many. The
target is held where a person likes about a third of what shops post; the other rows show how it varies.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from math import inf, sumprod

from bench import pools
from bench.quiz import Person, person
from bench.rows import Row as Measured
from bench.rows import Target
from bench.shops import NOW, Thing, things
from core.feed.candidates import candidate
from core.feed.ranking import rank
from core.taste import Taste, apply, empty
from core.taste.belief import Answer, prior
from core.taste.deck import Card, deck
from core.taste.facets import coordinates
from core.taste.quiz import GivenAnswer, QuizSession, event
from core.taste.selection import next_card
from devstack.asking import count

SHOWN = 20
THINGS = 600
OPINIONS = 20
"""Answers given in the quiz."""
_NEWEST = "newest first"
GAIN = Target("feed: liked of the first 20, for people who like a third of everything", _NEWEST, least=1.8)
VARIETY = {
    "sources": Target("feed: distinct sources among them", _NEWEST, least=1),
    "categories": Target("feed: distinct categories among them", _NEWEST, least=1),
}
TARGETS = (GAIN, *VARIETY.values())
CHOOSY = {"easy (likes about half)": 0.0, "usual (about a third)": 1.2, "choosy (about a fifth)": 2.2}
"""Worth that a thing needs above that of a look in the quiz, where one need not want to have it."""
HELD = "usual (about a third)"
_PULL = 0.7
"""Spread of the likings for kinds of garment that no facet knows."""


@dataclass(frozen=True)
class Row:
    """What one person made of one list: liked share, distinct sources, distinct categories."""

    liked: float
    sources: int
    categories: int


@dataclass(frozen=True)
class Seen:
    """One person: both lists, the liked share of everything, and how many of the first were experiments."""

    ranked: Row
    newest: Row
    base: float
    experiments: int


def learnt(who: Person, index: int) -> Taste:
    """Return what a quiz teaches of a person."""
    chance, belief = random.Random(f"quiz {index}"), prior()
    shown: list[Card] = []
    answers: list[GivenAnswer] = []
    while len(answers) < OPINIONS and (card := next_card(belief, deck(), shown, str(index))) is not None:
        shown.append(card)
        said: Answer = who.answers(card.vector, 0.05, chance)
        belief = belief.observe(card.facets, said)
        if said != "skip":
            answers.append(GivenAnswer(card_id=card.card_id, answer=said, answered_at=NOW))
    session = QuizSession(
        id=f"quiz-{index}", user_id="someone", seed=str(index), answers=tuple(answers), status="completed",
        card_id=None, opened_at=NOW, completed_at=NOW,
    )  # fmt: skip
    return Taste(apply(empty("someone"), event(session), session.id), NOW)


def likes(who: Person, index: int, choosy: float, posted: Sequence[Thing]) -> set[str]:
    """Return the things the person would like, whichever list they come in."""
    chance = random.Random(f"likes {index}")
    pulls = {name: chance.gauss(0, _PULL) for name in sorted({thing.category for thing in posted})}
    worth = {
        thing.item.id: sumprod(who.taste, coordinates(thing.looks))
        + who.ease
        + pulls[thing.category]
        + chance.gauss(0, 1)
        for thing in posted
    }
    return {name for name, value in worth.items() if value > choosy}


def seen_by(index: int, choosy: float) -> Seen:
    """Show person number ``index`` both lists."""
    who, posted = person(index), things(index % 10, THINGS)
    taste, liked = learnt(who, index), likes(who, index, choosy, posted)
    ranking = rank([candidate(thing.item, taste, NOW, ()) for thing in posted], seed=str(index), count=SHOWN)
    by_id = {thing.item.id: thing for thing in posted}
    newest = sorted(posted, key=lambda thing: thing.item.first_seen_at, reverse=True)[:SHOWN]
    return Seen(
        ranked=_row([by_id[place.id] for place in ranking], liked),
        newest=_row(newest, liked),
        base=len(liked) / len(posted),
        experiments=sum(place.experiment for place in ranking),
    )


def _row(shown: Sequence[Thing], liked: set[str]) -> Row:
    return Row(
        liked=sum(thing.item.id in liked for thing in shown) / len(shown),
        sources=len({thing.shop for thing in shown}),
        categories=len({thing.category for thing in shown}),
    )


def ratio(seen: Seen) -> float:
    """Return how many times the liked share of newest first the ranked list's is."""
    return seen.ranked.liked / seen.newest.liked if seen.newest.liked else inf


def _batch(job: tuple[range, float]) -> list[Seen]:
    people, choosy = job
    return [seen_by(index, choosy) for index in people]


def simulate(people: int, choosy: float, pool: ProcessPoolExecutor) -> list[Seen]:
    """Return what everybody made of it; prints progress to stderr."""
    step, found = 10, list[Seen]()
    jobs = [(range(start, min(start + step, people)), choosy) for start in range(0, people, step)]
    for part in pool.map(_batch, jobs):
        found += part
        print(f"\r  {len(found)} of {people} people", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return found


def spread(values: Sequence[float]) -> str:
    """Return median and quartiles in words."""
    low, middle, high = statistics.quantiles(values, n=4)
    return f"{middle:.2f} ({low:.2f} to {high:.2f})"


def measure(quick: bool) -> list[Measured]:
    """Return the rows; spread are the quartiles of the people."""
    return compared(*((20, (HELD,)) if quick else (200, tuple(CHOOSY))), processes=2)


def rows(found: Sequence[Seen]) -> list[Measured]:
    """Return the rows of one population."""
    low, middle, high = statistics.quantiles([ratio(seen) for seen in found], n=4)
    return [Measured(GAIN, middle, low, high, len(found)), *(_varied(found, what) for what in VARIETY)]


def _varied(found: Sequence[Seen], what: str) -> Measured:
    ours, theirs = (
        [getattr(row, what) for row in rows]
        for rows in zip(*((s.ranked, s.newest) for s in found), strict=True)
    )
    low, _, high = statistics.quantiles([one / other for one, other in zip(ours, theirs, strict=True)], n=4)
    return Measured(VARIETY[what], statistics.median(ours) / statistics.median(theirs), low, high, len(found))


def report(name: str, found: Sequence[Seen]) -> None:
    """Print one population."""
    print(f"{name}: likes {statistics.median(seen.base for seen in found):.0%} of everything")
    print(f"  liked of the first {SHOWN}: ranked {spread([seen.ranked.liked for seen in found])}, "
          f"newest first {spread([seen.newest.liked for seen in found])}")  # fmt: skip
    print(f"  ratio {spread([ratio(seen) for seen in found])}, target >= {GAIN.least}")
    for what in VARIETY:
        pairs = [(getattr(seen.ranked, what), getattr(seen.newest, what)) for seen in found]
        ours, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
        less = sum(one < other for one, other in pairs) / len(pairs)
        print(f"  distinct {what}: ranked {ours:g}, newest first {theirs:g}; fewer for {less:.0%} of people")
    print(f"  experiments among them: {statistics.mean(seen.experiments for seen in found):.1f}")


def compared(people: int, kinds: Sequence[str], processes: int) -> list[Measured]:
    """Show both lists to some populations; print them all, return the rows of the one that is held."""
    print(
        f"feed: {people} simulated tastes, {OPINIONS} quiz answers each, {THINGS} things; median (quartiles)"
    )
    held: list[Measured] = []
    with pools.pool(processes) as pool:
        for name in kinds:
            report(name, found := simulate(people, CHOOSY[name], pool))
            if name == HELD:
                held = rows(found)
    return held


def main() -> int:
    """Run the benchmark and print its table; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--people", type=count, default=200)
    parser.add_argument("--quick", action="store_true", help="40 people")
    parser.add_argument("--processes", type=count, default=2)
    options = parser.parse_args()
    met = all(
        row.met for row in compared(40 if options.quick else options.people, tuple(CHOOSY), options.processes)
    )
    print("target met" if met else "TARGET MISSED")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
