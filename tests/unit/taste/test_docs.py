"""docs/taste.md says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from core.taste import quiz
from core.taste.belief import SLIP
from core.taste.deck import deck
from core.taste.events import WEIGHTS
from core.taste.facets import FACETS

TEXT = (Path(__file__).parents[3] / "docs" / "taste.md").read_text()


def rows(heading: str) -> list[list[str]]:
    section = TEXT.split(f"# {heading}\n")[1].split("\n#")[0]
    found = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if "|" in line
    ]
    return found[2:]


def test_the_facets_are_documented() -> None:
    assert [row[:3] for row in rows("Style space")] == [[f.name, f.low, f.high] for f in FACETS]


def test_the_weights_are_documented() -> None:
    assert {row[0]: float(row[1]) for row in rows("Evidence")} == WEIGHTS


def test_the_quiz_is_documented() -> None:
    text = re.sub(r"\s+", " ", TEXT)
    assert f"{len(deck())} looks in" in text
    assert f"{quiz.FEWEST_ANSWERS} to {quiz.MOST_ANSWERS} opinions" in text
    assert f"reaches {quiz.CERTAIN}" in text
    assert f"{quiz.MOST_CARDS} cards at most" in text
    assert f"{SLIP:.0%}".replace("%", " %") + " of answers taken for slips" in text
