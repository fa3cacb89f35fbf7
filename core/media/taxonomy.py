"""What garments are called here: broad categories, their subtypes, and Google's product category of each.

The words are in ``taxonomy.json``, with the source of Google's numbers beside them. Vocabularies of clothing
tend to know thirty kinds of shirt and one "ethnic wear"; this one names what people of many places wear, and
every field of an answer can still be overridden by its owner. A model's answer is looked up here; a number
it makes up is never used.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict


class GoogleCategory(BaseModel):
    """An entry of Google's product taxonomy."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: int
    path: str


class _Category(BaseModel):
    model_config = ConfigDict(defer_build=True)

    google: int
    subtypes: dict[str, int]


class _Taxonomy(BaseModel):
    model_config = ConfigDict(defer_build=True)

    google: dict[int, str]
    categories: dict[str, _Category]


@cache
def categories() -> tuple[str, ...]:
    """Return all categories."""
    return tuple(_document().categories)


@cache
def subtypes() -> tuple[str, ...]:
    """Return all subtypes, each of exactly one category."""
    return tuple(sub for entry in _document().categories.values() for sub in entry.subtypes)


@cache
def category_of(subtype: str) -> str:
    """Return the category ``subtype`` (one of ``subtypes()``) belongs to."""
    return {sub: name for name, entry in _document().categories.items() for sub in entry.subtypes}[subtype]


def google_category(category: str, subtype: str | None = None) -> GoogleCategory:
    """Return the most specific entry of Google's taxonomy; ``KeyError`` for a word that is not ours."""
    entry = _document().categories[category]
    number = entry.google if subtype is None else entry.subtypes[subtype]
    return GoogleCategory(id=number, path=_document().google[number])


@cache
def _document() -> _Taxonomy:
    return _Taxonomy.model_validate_json((Path(__file__).parent / "taxonomy.json").read_bytes())
