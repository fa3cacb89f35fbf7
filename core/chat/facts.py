"""Which facts are worth remembering, and which fact replaces which.

Pure rules. A model proposes statements; only what the person's own message bears out is taken: the quote must
stand in the message, word for word, and speak of the subject. What is stored is that quote, never the model's
words. One subject has one place, so "I now love green" takes the place of "I hate green".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from core.platform.ids import stable_id
from core.platform.models import Document

type FactKind = Literal["likes", "dislikes", "size", "about"]

SURE = 0.5
"""Confidence from which on a statement is taken."""
LONGEST = 300
MOST_OF_ONE_MESSAGE = 8
_PLACES: dict[FactKind, str] = {"likes": "taste", "dislikes": "taste", "size": "size", "about": "about"}
_ARTICLES = frozenset({"a", "an", "the", "my", "all", "any", "some"})


class Statement(BaseModel):
    """One thing the model says the person said about themselves."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    kind: FactKind
    subject: str
    quote: str
    confidence: float


class Statements(BaseModel):
    """All of them; most messages have none."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    statements: list[Statement]


class Fact(Document):
    """A remembered fact; its id is that of its place. ``text`` are the person's own words.

    ``edited`` facts were put right by the person and need no source.
    """

    kind: FactKind
    subject: str
    text: str
    confidence: float
    stated_at: datetime
    source_turn_id: str
    source_conversation_id: str
    edited: bool = False


def supported(statements: Iterable[Statement], message: str) -> list[Statement]:
    """Return what the message bears out, in its order; of several for one place the last."""
    said = _folded(message)
    found = [statement for statement in statements if _is_supported(statement, said)]
    found.sort(key=lambda statement: said.find(_folded(statement.quote)))
    latest = {place(statement.kind, statement.subject): statement for statement in found}
    return list(latest.values())[-MOST_OF_ONE_MESSAGE:]


def place(kind: FactKind, subject: str) -> str:
    """Return what a fact is about: facts with one place replace each other."""
    return f"{_PLACES[kind]}:{' '.join(map(_singular, _subject(subject)))}"


def fact_id(user_id: str, kind: FactKind, subject: str) -> str:
    """Return the id of a person's fact: that of its place."""
    return stable_id("fact", user_id, place(kind, subject))


def speaks_of(text: str, subject: str) -> bool:
    """Tell whether ``text`` has every word of ``subject``, in the singular or not."""
    said = {_singular(word) for word in _words(text)}
    return said.issuperset(_singular(word) for word in _subject(subject))


def replaces(new: Fact, old: Fact) -> bool:
    """Tell whether ``new`` takes the place of ``old``: it was said later."""
    return new.stated_at > old.stated_at


def surplus(facts: Sequence[Fact], most: int) -> list[Fact]:
    """Return the facts beyond ``most``: those said longest ago."""
    return sorted(facts, key=lambda fact: (fact.stated_at, fact.id))[: max(0, len(facts) - most)]


def relevant(facts: Sequence[Fact], message: str, most: int) -> list[Fact]:
    """Return at most ``most`` facts: those that share words with the message first, then the newest."""
    said = {_singular(word) for word in _words(message)}

    def rank(fact: Fact) -> tuple[int, float, str]:
        shared = len(said & {_singular(word) for word in _subject(fact.subject)})
        return (-shared, -fact.stated_at.timestamp(), fact.id)

    return sorted(facts, key=rank)[:most]


def _is_supported(statement: Statement, said: str) -> bool:
    quote, subject = _folded(statement.quote), _subject(statement.subject)
    if not (SURE <= statement.confidence <= 1) or not quote or len(statement.quote) > LONGEST or not subject:
        return False
    return f" {quote} " in f" {said} " and set(subject) <= set(quote.split())


def _subject(subject: str) -> list[str]:
    words = _words(subject)
    return [word for word in words if word not in _ARTICLES] or words


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold())


def _folded(text: str) -> str:
    return " ".join(_words(text))


def _singular(word: str) -> str:
    """Fold the plain English plural; a word that is no plural is folded alike wherever it stands."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
