"""What was sent and how it was answered, for the table at the end; and whatever nobody may ever answer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Traffic:
    """Counts over all people. ``surprises`` fail the run, as do requests that were answered twice in two ways
    (``doubled``), ``torn`` streams and ``incomplete`` exports.
    """

    outcomes: dict[str, Counter[str]] = field(default_factory=dict)
    surprises: Counter[str] = field(default_factory=Counter)
    doubled: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)
    incomplete: list[str] = field(default_factory=list)
    retried: int = 0
    checked: Counter[str] = field(default_factory=Counter)
    others: set[str] = field(default_factory=set)
    """Ids of accounts that people have besides, which are not erased."""
    erased: list[tuple[str, str]] = field(default_factory=list)
    """Ids and emails of people who are gone."""

    def note(self, doing: str, outcome: str) -> None:
        """Count one answer of a kind of traffic."""
        self.outcomes.setdefault(doing, Counter())[outcome] += 1

    @property
    def answers(self) -> int:
        """How many answers there were, those that never came included."""
        return sum(counter.total() for counter in self.outcomes.values())
