"""What the app has acknowledged to one person: what must be there in the end, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Spoken:
    """A turn that ended in ``done``: its stream from the beginning of the run that counts."""

    conversation_id: str
    message: str
    stream: bytes


@dataclass
class Ledger:
    """By id, as it was answered last."""

    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    wears: dict[str, set[str]] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    photos: dict[str, bytes] = field(default_factory=dict)
    quizzes: dict[str, dict[str, str]] = field(default_factory=dict)
    handed_in: set[str] = field(default_factory=set)
    turns: dict[str, Spoken] = field(default_factory=dict)
    digests: set[str] = field(default_factory=set)
    feedback: dict[tuple[str, str], str] = field(default_factory=dict)
    preferences: dict[str, Any] = field(default_factory=dict)
    follows: dict[str, bool] = field(default_factory=dict)
    reactions: dict[str, str | None] = field(default_factory=dict)
    jobs: dict[str, str] = field(default_factory=dict)
    """Jobs and how they were seen last: ``asked``, ``completed`` or ``dead_lettered``."""
    tastes: set[str] = field(default_factory=set)
    """Those of the jobs that move the taste profile."""

    def writes(self) -> int:
        """Return how many acknowledged writes it holds."""
        kinds = (self.items, self.removed, self.photos, self.handed_in, self.turns, self.digests)
        more = (self.feedback, self.follows, self.reactions, self.jobs, self.preferences and [1])
        answers = sum(map(len, self.quizzes.values()))
        return sum(map(len, (*kinds, *more))) + sum(map(len, self.wears.values())) + answers
