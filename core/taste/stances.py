"""What a person has declared: things never to be shown again, until they take it back.

The last word counts, by when it was said and not by when it arrived. A taken-back avoid stays on record as
such, or the avoid it revokes could arrive late and win. Only the newest ``MOST_STANCES`` are kept; as a
stance's moment only ever grows, what leaves that list cannot be owed a place in it later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from pydantic import BaseModel, ConfigDict

from core.taste.events import Declaration, Moment, Subject

MOST_STANCES: Final = 300


class Stance(BaseModel):
    """The latest word on one thing. ``said_in`` is the job it came with and decides between equal moments."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    avoid: bool
    said_at: Moment
    said_in: str

    @property
    def order(self) -> tuple[datetime, str, bool]:
        """Later stances compare greater; within one event, avoiding wins."""
        return (self.said_at, self.said_in, self.avoid)


def declared(
    stances: Mapping[str, Stance], declarations: Iterable[Declaration], said_at: datetime, said_in: str
) -> dict[str, Stance]:
    """Return ``stances`` (by ``subject:word``) after ``declarations``."""
    merged = dict(stances)
    for declaration in declarations:
        key = f"{declaration.subject}:{declaration.word}"
        new = Stance(avoid=declaration.avoid, said_at=said_at, said_in=said_in)
        merged[key] = max(new, merged.get(key, new), key=lambda stance: stance.order)
    newest = sorted(merged, key=lambda key: (merged[key].order, key), reverse=True)[:MOST_STANCES]
    return {key: merged[key] for key in sorted(newest)}


def avoided(stances: Mapping[str, Stance]) -> list[tuple[Subject, str]]:
    """Return what is avoided now, as (subject, word), sorted."""
    keys = (key.split(":", 1) for key, stance in sorted(stances.items()) if stance.avoid)
    return [(subject, word) for subject, word in keys]  # type: ignore[misc]  # keys are made by declared() alone
