"""docs/feed.md and docs/moods.md say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from core.feed import service, viewing
from core.feed.ranking import EVERY, FIRST
from core.feed.ranking.relevance import HALF_LIFE, TIMELESS
from core.feed.ranking.variety import WEIGHTS
from core.moods import drafting, fitting, generating

DOCS = Path(__file__).parents[3] / "docs"


def told(page: str) -> str:
    return re.sub(r"\s+", " ", (DOCS / page).read_text())


def test_the_feeds_figures_are_documented() -> None:
    text = told("feed.md")
    assert f"`{TIMELESS} + {1 - TIMELESS:.1f} · 2^(-age / {HALF_LIFE.days} days)`" in text
    assert (
        "source ({source}), category ({category}) and look, that is category and colour ({look})".format(
            **WEIGHTS
        )
        in text
    )
    assert (EVERY, FIRST) == (8, 4)
    assert "Every eighth place, first the fifth" in text
    assert f"(up to {service.MOST_RANKED} places)" in text
    assert f"(up to {viewing.MOST_SOURCES}), paused ones too" in text
    assert f"{viewing.MOST_COMPETING} compete" in text
    assert f"of one at most {viewing.PER_SOURCE}" in text


def test_the_moods_figures_are_documented() -> None:
    text = told("moods.md")
    weights = (fitting._DIRECTION, fitting._COLOUR, fitting._KIND, fitting._CLOTH)
    rows = re.findall(r"\| (?:direction|colour|kind|cloth) \| ([\d.]+) \|", text)
    assert tuple(map(float, rows)) == weights
    assert sum(weights) == 1
    assert f"A garment fits from {fitting.FITS}" in text
    assert f"{generating.MOST_ITEMS:,} items first seen in the last {generating.LOOKS_BACK.days} days" in text
    assert f"at least {drafting.FEWEST_ITEMS} items of at least {drafting.FEWEST_SOURCES} sources" in text
    assert f"(cosine {drafting.THERE_ALREADY})" in text
    assert f"lasts {drafting.KEPT_DAYS} days" in text
