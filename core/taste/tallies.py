"""How often a person liked or disliked things of a colour, a category, a brand; bounded, and in any order.

Words come from outside and are without number. Each table keeps the words whose hash is smallest, a choice
that depends on which words ever came and not on their order: a word that once has to leave can never come
back, because the smaller hashes that pushed it out stay (Z. Bar-Yossef et al., "Counting Distinct Elements
in a Data Stream", 2002, keep the smallest hashes for the same reason). The limits are far above what a person
meets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Final

from pydantic import BaseModel, ConfigDict

from core.taste.exact import Fixed, fixed, worth

LIMITS: Final = {"colours": 100, "categories": 400, "brands": 2000}
_PRIOR_EACH: Final = 1.0
"""Likes and dislikes assumed before any are seen: a uniform Beta(1, 1) prior on the share liked."""


class Tally(BaseModel):
    """Opinions on things with one word: faded sums of weights, and plain counts."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    liked: Fixed = 0
    disliked: Fixed = 0
    likes: int = 0
    dislikes: int = 0

    def plus(self, weight: float, occurred_at: datetime, *, liked: bool) -> Tally:
        """Return the tally with one more opinion of ``weight``."""
        amount = fixed(weight, occurred_at)
        if liked:
            return Tally(
                liked=self.liked + amount,
                disliked=self.disliked,
                likes=self.likes + 1,
                dislikes=self.dislikes,
            )
        return Tally(
            liked=self.liked, disliked=self.disliked + amount, likes=self.likes, dislikes=self.dislikes + 1
        )

    def score(self, as_of: datetime) -> float:
        """Return -1 (always disliked) .. 1 (always liked): twice the Beta posterior mean, less 1."""
        likes, dislikes = worth(self.liked, as_of), worth(self.disliked, as_of)
        return (likes - dislikes) / (likes + dislikes + 2 * _PRIOR_EACH)

    @property
    def evidence(self) -> int:
        """How many opinions it stands on."""
        return self.likes + self.dislikes


def counted(
    table: Mapping[str, Tally],
    words: Iterable[str],
    weight: float,
    occurred_at: datetime,
    *,
    liked: bool,
    limit: int,
) -> dict[str, Tally]:
    """Return ``table``, sorted, with one more opinion on each of ``words``; at most ``limit`` words."""
    new = {word: table.get(word, Tally()).plus(weight, occurred_at, liked=liked) for word in set(words)}
    return bounded({**table, **new}, limit)


def bounded(table: Mapping[str, Tally], limit: int) -> dict[str, Tally]:
    """Return ``table`` sorted by word, without the words beyond ``limit``."""
    kept = (
        sorted(table, key=lambda word: sha256(word.encode()).digest())[:limit]
        if len(table) > limit
        else table
    )
    return {word: table[word] for word in sorted(kept)}
