"""What the ranking knows of a thing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from core.taste import Outlook


@dataclass(frozen=True, slots=True)
class Candidate:
    """One thing that may be shown.

    ``age`` is how long ago it came, or became news again. ``groups`` are what it must share the list with
    others of: its source, its category, its look; each a word that says which kind of group it is.
    """

    id: str
    outlook: Outlook
    age: timedelta
    groups: tuple[str, ...]
