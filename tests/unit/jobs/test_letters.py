"""A dead letter holds what its job held, and its view what the letter holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.jobs import dead_letters
from core.jobs.models import Attempt, DeadLetter, DeadLetterView, Job

NOW = datetime(2026, 11, 22, tzinfo=UTC)
BURIED = Job(
    id="j",
    user_id="anna",
    kind="taste",
    status="dead_lettered",
    payload={"n": 1},
    run=2,
    attempts=[Attempt(number=1, started_at=NOW, error="busy")],
    error="busy",
    created_at=NOW,
    updated_at=NOW + timedelta(seconds=9),
)


def test_a_letter_holds_what_its_job_held_when_it_was_given_up() -> None:
    letter = dead_letters.letter_of(BURIED)
    for name in ("user_id", "kind", "run", "attempts", "payload"):
        assert getattr(letter, name) == getattr(BURIED, name)
    assert (letter.job_id, letter.reason, letter.created_at) == ("j", "busy", BURIED.updated_at)
    assert dead_letters.letter_of(BURIED.model_copy(update={"error": None})).reason


def test_each_run_has_one_letter_of_its_own() -> None:
    first, again, later, other = (
        dead_letters.letter_of(BURIED.model_copy(update=changed)).id
        for changed in ({}, {"error": "late"}, {"run": 3}, {"id": "k"})
    )
    assert first == again
    assert len({first, later, other}) == 3


@pytest.mark.parametrize(
    ("changed", "replayable"),
    [({}, True), ({"replayed_at": NOW}, False), ({"job_id": None, "body": "rubbish"}, False)],
)
def test_the_view_holds_what_the_letter_holds(changed: dict[str, object], replayable: bool) -> None:
    letter: DeadLetter = dead_letters.letter_of(BURIED).model_copy(update=changed)
    shown = dead_letters.view(letter)
    same = set(DeadLetterView.model_fields) - {"dead_letter_id", "replayable"}
    assert {name: getattr(shown, name) for name in same} == {name: getattr(letter, name) for name in same}
    assert (shown.dead_letter_id, shown.replayable) == (letter.id, replayable)
