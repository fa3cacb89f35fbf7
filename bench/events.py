"""A made-up crowd and what it does: events with known seeds for the benchmark and the chaos tests."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from core.platform.ids import stable_id
from core.taste.deck import Card, deck
from core.taste.events import Declaration, Evidence, TasteEvent

SAID = (
    "I love minimal, formal clothes in muted colours.",
    "No more leopard print, please. I really like navy and linen.",
    "Bright, vivid colours make me happy, and wide loose trousers.",
    "I never want to see neon again.",
)
"""Statements the model has to read."""
_ANSWERS = ("like", "dislike", "love", "skip")
_KINDS = ("item_reaction", "mood_reaction", "wear")


def reactions(count: int, people: int, *, seed: int, said: float = 0.0) -> Iterator[TasteEvent]:
    """Yield ``count`` events of ``people``, person by person in turn; ``said`` is the share of statements."""
    chance = random.Random(seed)
    start = datetime.now(UTC) - timedelta(hours=2)
    cards = deck()
    for n in range(count):
        user_id = stable_id("crowd", str(seed), str(n % people))
        happened = start + timedelta(seconds=n)
        yield _event(chance, cards, user_id, f"{seed}-{n}", happened, chance.random() < said)


def _event(
    chance: random.Random, cards: tuple[Card, ...], user_id: str, key: str, at: datetime, spoken: bool
) -> TasteEvent:
    if spoken:
        return TasteEvent(
            key=key, user_id=user_id, kind="statement", occurred_at=at, text=chance.choice(SAID)
        )
    card = chance.choice(cards)
    seen = Evidence(
        subject=f"card:{card.card_id}",
        label=card.title,
        answer=chance.choices(_ANSWERS, (4, 4, 1, 1))[0],
        facets=card.facets,
        colours=tuple(card.colour_families[:8]),
        categories=tuple(card.kinds[:8]),
    )
    avoided = (Declaration(subject="colour", word="neon"),) if chance.random() < 0.02 else ()
    return TasteEvent(
        key=key,
        user_id=user_id,
        kind=chance.choice(_KINDS),
        occurred_at=at,
        evidence=(seen,),
        declarations=avoided,
    )
