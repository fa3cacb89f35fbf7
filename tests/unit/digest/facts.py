"""A digest of the sample wardrobe with its facts, for tests of what may be said of it."""

from __future__ import annotations

from datetime import UTC, datetime

from bench.wardrobes import TODAY, sample
from core.digest.composing import compose
from core.digest.facts import Facts, facts_of
from core.digest.models import Contents
from core.taste import Taste, empty

ITEMS = sample()
NOTHING_KNOWN = Taste(empty("u"), datetime(2026, 10, 14, tzinfo=UTC))


def sample_contents(zone: str = "Europe/Berlin") -> Contents:
    return compose(ITEMS, NOTHING_KNOWN, TODAY, zone, []).contents


def sample_facts() -> Facts:
    return facts_of(sample_contents(), {item.id: item for item in ITEMS}, "warm")
