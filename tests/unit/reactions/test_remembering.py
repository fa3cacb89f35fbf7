"""What is remembered of reactions, whatever the thumb does: the last counts, and taste is told once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from core.reactions import NewReaction, Reaction, Subject
from core.reactions.remembering import begun, changed, event
from core.taste import Evidence

START = datetime(2026, 5, 1, tzinfo=UTC)
ANSWERS = get_args(NewReaction.model_fields["answer"].annotation)
COAT = Subject(
    kind="item",
    id="coat",
    evidence=Evidence(subject="item:coat", label="Coat", answer="skip", facets={"formality": 0.5}),
)
answers = st.lists(st.sampled_from(ANSWERS), min_size=1, max_size=12)


def thumbed(said: list[str], subject: Subject = COAT) -> list[Reaction]:
    """Every state of the reaction, one second apart."""
    found = [begun("ada", subject, NewReaction(answer=said[0]), START)]
    for second, answer in enumerate(said[1:], 1):
        now = START + timedelta(seconds=second)
        found.append(changed(found[-1], subject, NewReaction(answer=answer), now))
    return found


@given(answers)
def test_the_last_answer_counts_and_undo_takes_it_back(said: list[str]) -> None:
    states = thumbed(said)
    assert states[-1].answer == (None if said[-1] == "undo" else said[-1])
    assert {state.id for state in states} == {states[0].id}


@given(answers)
def test_taste_is_told_each_opinion_once_with_its_first_moment(said: list[str]) -> None:
    events = [told for state in thumbed(said) if (told := event(state)) is not None]
    opinions = [answer for answer in said if answer not in {"undo", "skip"}]
    assert {told.evidence[0].answer for told in events} == set(opinions)
    assert len({told.model_dump_json() for told in events}) == len(set(opinions))
    for told in events:
        first = said.index(told.evidence[0].answer)
        assert told.occurred_at == START + timedelta(seconds=first)
        assert told.kind == "item_reaction"


@given(answers)
def test_the_same_again_is_the_same_object(said: list[str]) -> None:
    last = thumbed(said)[-1]
    again = changed(last, COAT, NewReaction(answer=said[-1]), START + timedelta(days=9))
    assert again is last


@given(answers)
def test_a_skip_and_an_undo_tell_nothing(said: list[str]) -> None:
    for state in thumbed([*said, "skip"])[-1:] + thumbed([*said, "undo"])[-1:]:
        assert event(state) is None


def test_what_the_thing_was_when_it_was_judged_is_what_taste_is_told() -> None:
    first = thumbed(["like"])[0]
    changed_coat = COAT.model_copy(update={"evidence": COAT.evidence.model_copy(update={"label": "Cloak"})})
    again = changed(first, changed_coat, NewReaction(answer="undo"), START + timedelta(hours=1))
    again = changed(again, changed_coat, NewReaction(answer="like"), START + timedelta(hours=2))
    assert event(again) == event(first)


def test_after_the_profile_forgot_everything_it_is_told_again() -> None:
    first = thumbed(["love"])[0]
    later = START + timedelta(days=2)
    again = changed(first, COAT, NewReaction(answer="love"), later, forgotten_at=START + timedelta(days=1))
    told = event(again)
    assert told is not None
    assert told.occurred_at == later
    assert told.key != getattr(event(first), "key", None)
    assert (
        changed(first, COAT, NewReaction(answer="love"), later, forgotten_at=START - timedelta(days=1))
        is first
    )
