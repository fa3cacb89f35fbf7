"""Writes the opening words of a digest from its facts: what a model does when asked for paragraphs.

A schema asks for that if its only property is ``paragraphs``. The facts are JSON: outfits with their pieces,
a sleeping piece, an insight, finds, advice. Every name and figure is taken from them.
"""

import json
from collections.abc import Iterator
from typing import Any

_LEADS = ("Let the week begin with", "When you want a change, reach for", "And keep in mind")
_OPENINGS = {
    "warm": "It is good to see a week with so much to wear.",
    "brisk": "Here is the plan.",
    "playful": "Somebody in your wardrobe has been waiting for this week.",
}


def wanted(schema: dict[str, Any]) -> bool:
    """Tell whether the schema asks for paragraphs."""
    return set(schema.get("properties", {})) == {"paragraphs"}


def paragraphs(text: str) -> list[str]:
    """Return two to four paragraphs on the facts in ``text``, whose first line is JSON."""
    facts = _facts(text)
    parts = [list(part) for part in (_week(facts), _sleeper(facts), _rest(facts))]
    return [" ".join(part) for part in parts if part] or ["There is nothing to tell this week."]


def _facts(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text.splitlines()[0])
    except (ValueError, IndexError):
        return {}
    return found if isinstance(found, dict) else {}


def _week(facts: dict[str, Any]) -> Iterator[str]:
    outfits = facts.get("outfits", [])
    if outfits:
        yield _OPENINGS.get(facts.get("tone", ""), "This is what your wardrobe offers this week.")
    for lead, outfit in zip(_LEADS, outfits, strict=False):
        yield f"{lead} {_listed(outfit['pieces'])}."


def _sleeper(facts: dict[str, Any]) -> Iterator[str]:
    if sleeper := facts.get("sleeping_piece"):
        yield f"And then there is {sleeper['name']}, {sleeper['rested']}: it deserves an outing."


def _rest(facts: dict[str, Any]) -> Iterator[str]:
    if insight := facts.get("insight"):
        yield insight
    yield from facts.get("advice", ())
    titles = [find["title"] for find in facts.get("new_finds", ())]
    if titles:
        yield f"Fresh from what you follow: {_listed(titles)}."


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
