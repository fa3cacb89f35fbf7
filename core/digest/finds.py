"""New things from sources a person follows: the place in a digest that the scraper fills.

There are no sources yet, so there is nothing to rank and the part is absent from every digest (``None``,
which is not the same as nothing new, ``()``). Once ``core.scraper`` exists, ``latest`` asks its public module
for what is new in this person's feed since ``since``, ranked by taste, with the traits that feedback needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.digest.models import Find, Traits
from core.taste import Taste

MOST: Final = 3


@dataclass(frozen=True)
class Found:
    """A find, and what judging it says of taste."""

    find: Find
    traits: Traits


async def latest(user_id: str, known: Taste, since: datetime | None) -> tuple[Found, ...] | None:
    """Return up to ``MOST`` finds, the most to the person's taste first; ``None`` without sources."""
    return None
