"""What is taken for a fact, and which fact replaces which."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.chat.facts import Fact, FactKind, Statement, fact_id, place, relevant, replaces, supported, surplus

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def statement(quote: str, subject: str, kind: FactKind = "likes", confidence: float = 0.9) -> Statement:
    return Statement(kind=kind, subject=subject, quote=quote, confidence=confidence)


def fact(subject: str, minutes: int = 0, kind: FactKind = "likes") -> Fact:
    return Fact(
        id=fact_id("anna", kind, subject),
        user_id="anna",
        kind=kind,
        subject=subject,
        text=f"I love {subject}",
        confidence=0.9,
        stated_at=NOON + timedelta(minutes=minutes),
        source_turn_id="t",
        source_conversation_id="c",
    )


@pytest.mark.parametrize(
    ("quote", "subject"),
    [
        ("I love green", "green"),
        ("i love GREEN", "Green"),
        ("I love  green,", "green"),
        ("love green, don't you", "green"),
    ],
)
def test_what_the_message_says_is_taken(quote: str, subject: str) -> None:
    assert supported([statement(quote, subject)], "Well, I love green, don't you?")


@pytest.mark.parametrize(
    "proposed",
    [
        statement("I love red", "red"),
        statement("I love green", "red"),
        statement("love gree", "gree"),
        statement("", "green"),
        statement("I love green", ""),
        statement("I love green", "green", confidence=0.4),
        statement("I love green", "green", confidence=1.5),
        statement("I love green", "green", confidence=float("nan")),
    ],
    ids=lambda proposed: f"{proposed.quote}/{proposed.subject}/{proposed.confidence}",
)
def test_what_the_message_does_not_say_is_not_taken(proposed: Statement) -> None:
    assert supported([proposed], "Well, I love green, don't you?") == []


def letters(text: str) -> str:
    """Return the letters and digits of ``text`` whatever their form: ``²`` and ``2`` are one."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()).casefold() if c.isalnum())


@given(st.text(max_size=80), st.text(max_size=30), st.text(max_size=20))
@example("²", "2", "2")
def test_whatever_is_proposed_only_quotes_are_taken(message: str, quote: str, subject: str) -> None:
    for taken in supported([statement(quote, subject)], message):
        assert letters(taken.quote) in letters(message)


def test_of_two_about_one_thing_the_last_said_is_taken() -> None:
    message = "I hate green. No: I love green"
    proposed = [statement("I love green", "green"), statement("I hate green", "green", "dislikes")]
    assert [one.kind for one in supported(proposed, message)] == ["likes"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("likes", "green"), ("dislikes", "Green"), True),
        (("likes", "skinny jeans"), ("dislikes", "skinny jean"), True),
        (("likes", "the green dresses"), ("likes", "green dresses"), True),
        (("likes", "green"), ("likes", "greenish"), False),
        (("likes", "dress"), ("likes", "dre"), False),
        (("size", "shoe size"), ("size", "size"), False),
        (("likes", "work"), ("about", "work"), False),
    ],
)
def test_a_subject_has_one_place(one: tuple[FactKind, str], other: tuple[FactKind, str], same: bool) -> None:
    assert (place(*one) == place(*other)) is same
    assert (fact_id("anna", *one) == fact_id("anna", *other)) is same
    assert fact_id("anna", *one) != fact_id("bert", *one)


def test_only_what_was_said_later_replaces() -> None:
    assert replaces(fact("green", 1), fact("green", 0))
    assert not replaces(fact("green", 0), fact("green", 0))
    assert not replaces(fact("green", 0), fact("green", 1))


def test_the_oldest_are_surplus() -> None:
    facts = [fact(subject, minutes) for minutes, subject in enumerate(("green", "navy", "camel"))]
    assert [one.subject for one in surplus(facts[::-1], 1)] == ["green", "navy"]
    assert surplus(facts, 3) == []


def test_what_the_message_is_about_comes_first_then_the_newest() -> None:
    facts = [fact(subject, minutes) for minutes, subject in enumerate(("green", "navy", "camel"))]
    assert [one.subject for one in relevant(facts, "Something GREEN please", 2)] == ["green", "camel"]
