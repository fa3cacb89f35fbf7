"""``make mutation``: of small mistakes in the core, how many its tests notice; a sample, and what was missed.

Each package's judges are its unit tests, and where it keeps data its tests against the emulators.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from math import sqrt
from pathlib import Path

from devstack import appsettings, asking, ports
from devstack.process import REPOSITORY
from devstack.stack import Stack
from tests.mutation import judging
from tests.mutation.judging import Bench, Place
from tests.mutation.mutants import Mutant, sample

JUDGES = {
    "core/taste": ["tests/unit/taste", "tests/integration/reactions"],
    "core/stylist": ["tests/unit/stylist"],
    "core/jobs": ["tests/unit/jobs", "tests/unit/orchestrations", "tests/integration/jobs"],
    "core/platform/http": [
        "tests/unit/platform",
        "tests/integration/platform/test_replay.py",
        "tests/integration/platform/test_rates.py",
    ],
}
TARGET = 0.85


@dataclass
class Tally:
    """What became of a package's mutants."""

    package: str
    there: int
    killed: int = 0
    late: int = 0
    survivors: list[Mutant] = field(default_factory=list)

    @property
    def judged(self) -> int:
        """How many were tried."""
        return self.killed + self.late + len(self.survivors)

    def row(self) -> str:
        """The package in one line, with the 95 % interval (Wilson) of what all its mutants would give."""
        low, high = interval(self.killed + self.late, self.judged)
        return (
            f"{self.package:<20}{self.there:>8}{self.judged:>8}{self.killed:>8}{self.late:>8}"
            f"{len(self.survivors):>10}{(self.killed + self.late) / max(1, self.judged):>9.1%}"
            f"   {low:.1%} to {high:.1%}"
        )


def interval(hits: int, tries: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share (Wilson 1927)."""
    if not tries:
        return 0.0, 1.0
    z, share = 1.96, hits / tries
    middle = share + z * z / (2 * tries)
    spread = z * sqrt(share * (1 - share) / tries + z * z / (4 * tries * tries))
    whole = 1 + z * z / tries
    return (middle - spread) / whole, (middle + spread) / whole


@dataclass
class Judging:
    """A mutant being judged in process ``child``, until ``deadline`` at the latest."""

    mutant: Mutant
    tally: Tally
    child: int
    deadline: float

    def over(self) -> bool:
        """Whether it has ended; then it is counted."""
        ended, status = os.waitpid(self.child, os.WNOHANG)
        if not ended and time.monotonic() < self.deadline:
            return False
        judging.end(self.child)
        if not ended:
            os.waitpid(self.child, 0)
            self.tally.late += 1
        elif status:
            self.tally.killed += 1
        else:
            self.tally.survivors.append(self.mutant)
        return True


def judge(drawn: Iterator[tuple[Mutant, Tally]], bench: Bench, places: list[Place], seconds: float) -> None:
    """Judge mutants, one in each place at a time, for as long as ``seconds`` last."""
    began, told = time.monotonic(), time.monotonic()
    at_work: list[tuple[Place, Judging]] = []
    free, done = list(places), 0
    while True:
        while free and time.monotonic() - began < seconds and (following := next(drawn, None)):
            mutant, tally = following
            if not (tests := bench.of(mutant)):
                tally.survivors.append(mutant)
                continue
            place = free.pop()
            limit = 30 + 5 * sum(bench.seconds[test] for test in tests)
            child = judging.start(mutant, tests, place)
            at_work.append((place, Judging(mutant, tally, child, time.monotonic() + limit)))
        if not at_work:
            return
        ended = [place for place, one in at_work if one.over()]
        at_work = [(place, one) for place, one in at_work if place not in ended]
        free += ended
        done += len(ended)
        if time.monotonic() - told > 10:
            told = time.monotonic()
            print(f"  {done} judged in {told - began:.0f} s", flush=True)
        time.sleep(0.02)


def wanted(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--mutants", type=asking.count, default=150, help="how many of each package")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=asking.seconds, default=1800, help="no new one is begun after that")
    parser.add_argument("--places", type=asking.count, default=os.cpu_count() or 1, help="how many at once")
    parser.add_argument("--package", choices=JUDGES, action="append", help="only this one; may be repeated")
    return parser.parse_args(arguments)


def report(tallies: list[Tally]) -> bool:
    """Print what was missed and how many; return whether enough were noticed."""
    for tally in tallies:
        for mutant in tally.survivors:
            print(mutant.told())
    print(
        f"\n{'package':<20}{'mutants':>8}{'judged':>8}{'killed':>8}{'endless':>8}{'survived':>10}{'score':>9}"
        "   of all, 95 %"
    )
    print(*(tally.row() for tally in tallies), sep="\n")
    noticed, judged = (
        sum(tally.killed + tally.late for tally in tallies),
        sum(tally.judged for tally in tallies),
    )
    print(f"in all {noticed} of {judged} noticed: {noticed / max(1, judged):.1%}; wanted {TARGET:.0%}")
    return noticed >= TARGET * judged > 0


def main() -> int:
    """Draw, judge and report; 0 where enough were noticed."""
    asked = wanted()
    packages = asked.package or list(JUDGES)
    drawn = {package: sample(package, asked.mutants, asked.seed) for package in packages}
    tallies = {package: Tally(package, there) for package, (_, there) in drawn.items()}
    print(f"{sum(there for _, there in drawn.values())} mutants; seed {asked.seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        values = appsettings.fresh(REPOSITORY)
        only = ("azurite", "cosmos", "openai")
        with Stack(Path(folder), asked=ports.spares(), only=only, values=values, say=print) as stack:
            judges = [test for package in packages for test in JUDGES[package]]
            places = [Place(stack, number).furnish() for number in range(asked.places)]
            notes = Path(folder) / "bench.json"
            bench = judging.measure(judges, packages, places[0], notes)
            print(f"{len(bench.seconds)} tests judge, {sum(bench.seconds.values()):.0f} s in all", flush=True)
            rounds = zip_longest(
                *([(m, tallies[name]) for m in mutants] for name, (mutants, _) in drawn.items())
            )
            one_by_one = (one for each in rounds for one in each if one is not None)
            judge(one_by_one, bench, places, asked.seconds)
    return 0 if report(list(tallies.values())) else 1


if __name__ == "__main__":
    raise SystemExit(main())
