"""Items as the stylist is told of them, and which of them a search is about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from core.platform.texts import folded
from core.vault import VaultItem

_NOTES = 300
_WORD = re.compile(r"\w+")


def described(item: VaultItem) -> dict[str, Any]:
    """Return what the model may know of an item: data, never instruction; what is unknown is left out."""
    known = {
        "id": item.id,
        "name": item.name,
        "category": item.category,
        "subtype": item.subtype,
        "colours": [colour.name or colour.hex for colour in item.colours],
        "brand": item.brand,
        "materials": item.materials,
        "pattern": item.pattern,
        "fit": item.fit,
        "formality": item.formality,
        "warmth": item.warmth,
        "seasons": item.seasons,
        "style_tags": item.style_tags,
        "notes": (item.notes or "")[:_NOTES],
        "wear_count": item.wear_count,
        "last_worn_on": None if item.last_worn_on is None else item.last_worn_on.isoformat(),
    }
    return {name: value for name, value in known.items() if value not in (None, "", [])}


def ranked(items: Sequence[VaultItem], query: str) -> list[VaultItem]:
    """Return the items that share a word with the query, those with most first; all of them for no words.

    Whole words count, and words that begin alike ("shirts", "shirt"); equals stay in their order.
    """
    wanted = words(query)
    if not wanted:
        return list(items)
    scored = [(_shared(wanted, _told(item)), item) for item in items]
    return [item for score, item in sorted(scored, key=lambda pair: -pair[0]) if score > 0]


def words(text: str) -> set[str]:
    """Return the words of a text without case and accents."""
    return set(_WORD.findall(folded(text)))


def _told(item: VaultItem) -> set[str]:
    texts = (
        item.name,
        item.category.replace("-", " "),
        item.subtype,
        item.brand,
        item.pattern,
        item.formality,
        item.warmth,
        item.notes,
        *item.colour_terms,
        *item.materials,
        *item.seasons,
        *item.style_tags,
    )
    return words(" ".join(text for text in texts if text))


def _shared(wanted: set[str], told: set[str]) -> float:
    return sum(1.0 if word in told else 0.5 if _alike(word, told) else 0.0 for word in wanted)


def _alike(word: str, told: set[str]) -> bool:
    return len(word) > 3 and any(
        other.startswith(word) or word.startswith(other) for other in told if len(other) > 3
    )
