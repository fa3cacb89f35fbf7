"""What every benchmark hands back: rows, numbers against a comparator and maybe a limit.

A module ``bench.<name>`` declares its ``TARGETS`` and has ``measure(quick) -> list[Row]``, a row for each
of them. ``python -m bench`` runs them all and writes ``docs/benchmarks.md`` from the rows; a test keeps
the page and the declarations in step. Nothing here measures.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Target:
    """One row as it is declared: what is measured, against what, and within which limits (both inclusive).

    ``against`` is the comparator of a ratio, or what else the number is held to. Without limits the row
    informs only.
    """

    name: str
    against: str
    unit: str = "×"
    most: float | None = None
    least: float | None = None

    @property
    def limited(self) -> bool:
        """Whether there is something to miss."""
        return self.least is not None or self.most is not None

    def wanted(self, slack: float = 0.0) -> str:
        """Return the limits in words; ``slack`` is what a short run may miss them by."""
        limits = [
            f"{sign} {limit:g}" for sign, limit in (("≥", self.least), ("≤", self.most)) if limit is not None
        ]
        beside = f" ± {slack:.2g}" if slack else ""
        return f"{', '.join(limits)} {self.unit}{beside}" if limits else "none"


@dataclass(frozen=True)
class Row:
    """One number: ``value`` is the median of ``runs`` runs, ``low`` and ``high`` what they spread over."""

    target: Target
    value: float
    low: float
    high: float
    runs: int = 1
    slack: float = 0.0

    @classmethod
    def of(cls, target: Target, values: Sequence[float], *, slack: float = 0.0) -> Row:
        """Return the row of several runs' values."""
        return cls(target, statistics.median(values), min(values), max(values), len(values), slack)

    @classmethod
    def ratio(cls, target: Target, ours: Sequence[float], theirs: Sequence[float]) -> Row:
        """Return the row of rounds that took turns: the ratio of medians, spread over the rounds' ratios."""
        value = statistics.median(ours) / statistics.median(theirs)
        rounds = [one / other for one, other in zip(ours, theirs, strict=True)]
        return cls(target, value, min(*rounds, value), max(*rounds, value), len(rounds))

    @property
    def met(self) -> bool | None:
        """Whether the number is within the limits; ``None`` where there are none."""
        least, most = self.target.least, self.target.most
        if not self.target.limited:
            return None
        above = least is None or self.value >= least - self.slack
        return above and (most is None or self.value <= most + self.slack)

    @property
    def verdict(self) -> str:
        """``met``, ``MISSED``, or ``-`` where there is no target."""
        return {True: "met", False: "MISSED", None: "-"}[self.met]

    def stored(self) -> dict[str, Any]:
        """Return the row without what its target declares."""
        return {
            "name": self.target.name, "value": self.value, "low": self.low, "high": self.high,
            "runs": self.runs, "slack": self.slack,
        }  # fmt: skip


def restored(stored: Iterable[dict[str, Any]], targets: Iterable[Target]) -> list[Row]:
    """Return rows from ``Row.stored``; raises ``KeyError`` for a row that nobody declared."""
    declared = {target.name: target for target in targets}
    return [
        Row(declared[row["name"]], *(row[field] for field in ("value", "low", "high", "runs", "slack")))
        for row in stored
    ]


def number(value: float) -> str:
    """Return a value as the table shows it."""
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


@dataclass(frozen=True)
class Result:
    """What became of one benchmark: its rows, or why there are none, and the seconds it took."""

    bench: str
    targets: Sequence[Target]
    rows: Sequence[Row] = ()
    failure: str | None = None
    seconds: float = 0.0

    def row(self, target: Target) -> Row | None:
        """Return the row of a target, ``None`` where it was not measured."""
        return next((row for row in self.rows if row.target == target), None)

    @property
    def complete(self) -> bool:
        """Whether every declared row was measured."""
        return all(self.row(target) is not None for target in self.targets)

    @property
    def wrong(self) -> list[str]:
        """What was missed or not measured, a line each."""
        lines = []
        for target in self.targets:
            row = self.row(target)
            if row is None and (self.failure or target.limited):
                lines.append(f"{self.bench}: {target.name}: {self.failure or 'not measured'}")
            elif row is not None and row.met is False:
                found = f"{number(row.value)} {target.unit}"
                lines.append(f"{self.bench}: {target.name}: {found}, target {target.wanted(row.slack)}")
        return lines


HEADINGS = ("bench", "what", "against", "median", "spread", "runs", "target", "")


def cells(result: Result, target: Target) -> tuple[str, ...]:
    """Return the cells of one row under ``HEADINGS``."""
    row = result.row(target)
    if row is None:
        measured = ("-", "-", "-", target.wanted(), "FAILED" if result.failure else "not measured")
        return (result.bench, target.name, target.against, *measured)
    spread = f"{number(row.low)} to {number(row.high)}" if row.low != row.high else "-"
    median = f"{number(row.value)} {target.unit}"
    wanted = target.wanted(row.slack)
    return (result.bench, target.name, target.against, median, spread, str(row.runs), wanted, row.verdict)


def table(results: Iterable[Result]) -> str:
    """Return the rows as text in columns, without what they are measured against."""
    rows = [HEADINGS, *(cells(result, target) for result in results for target in result.targets)]
    shown = [(*row[:2], *row[3:]) for row in rows]
    widths = [max(len(row[at]) for row in shown) for at in range(len(shown[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in shown]
    return "\n".join(line.rstrip() for line in lines)


def show(name: str, rows: Sequence[Row]) -> int:
    """Print the table of one benchmark; return 1 if a target is missed."""
    result = Result(name, [row.target for row in rows], rows)
    print(f"\n{table([result])}")
    return 1 if result.wrong else 0
