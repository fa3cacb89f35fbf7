"""Every branch of the taste job's flow, driven by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from durabletask.task import TaskFailedError
from hypothesis import given as examples
from hypothesis import strategies as st

from core.jobs.backoff import RetryPolicy, delay
from orchestrations import attempts
from orchestrations import taste_job as module
from tests.driving import Asked, Context, drive, failed, orchestrator_of

START = datetime(2026, 11, 22, 12)
taste_job = orchestrator_of(module.taste_job)


def given(**changes: Any) -> dict[str, Any]:
    settings = {"max_attempts": 4, "base": 5.0, "cap": 12.0, "jitter": 2.0}
    return {"user_id": "u", "job_id": "j", "run": 0, "attempts": 0, "not_before": None, **settings, **changes}


def outcome(state: str, attempt: int = 1, error: str | None = None, retry_after: float | None = None) -> Any:
    return {"state": state, "attempt": attempt, "error": error, "retry_after": retry_after}


def run(answers: list[Any], **changes: Any) -> tuple[Any, list[Asked], Context]:
    context = Context("j", START)
    output, asked = drive(taste_job, context, given(**changes), answers)
    return output, asked, context


def waits(asked: list[Asked]) -> list[float]:
    """Seconds between an attempt's end (7 ms after its start) and the next one's timer."""
    found, clock = [], START.replace(tzinfo=UTC)
    for step in asked:
        if step.what == "timer":
            found.append((step.given - clock).total_seconds())
            clock = max(clock, step.given)
        else:
            clock += timedelta(milliseconds=7)
    return found


def formula(*attempts: int, **policy: float) -> list[float]:
    settings: dict[str, Any] = {"max_attempts": 4, "base": 5.0, "cap": 12.0, "jitter": 2.0, **policy}
    return [delay(RetryPolicy(**settings), "j", n).total_seconds() for n in attempts]


def test_an_attempt_that_succeeds_ends_it() -> None:
    output, asked, context = run([outcome("completed")])
    assert output == outcome("completed")
    assert [step.what for step in asked] == ["attempt_taste_job"]
    assert context.statuses == [{"state": "running", "attempt": 1}, {"state": "completed", "attempt": 1}]


def test_failed_attempts_are_tried_again_after_the_waits_of_the_formula() -> None:
    answers = [outcome("retry", 1, "busy"), outcome("retry", 2, "busy"), outcome("completed", 3)]
    output, asked, context = run(answers)
    assert output["state"] == "completed"
    assert waits(asked) == pytest.approx(formula(1, 2))
    assert 5 < waits(asked)[0] < 7
    assert 10 < waits(asked)[1] < 12
    waiting = [status for status in context.statuses if status["state"] == "waiting"]
    dues = [step.given.isoformat() for step in asked if step.what == "timer"]
    assert waiting == [
        {"state": "waiting", "attempt": n + 1, "next_attempt_at": due} for n, due in enumerate(dues)
    ]


def test_a_server_that_says_when_is_waited_for() -> None:
    _, asked, _ = run([outcome("retry", 1, "throttled", retry_after=90.0), outcome("completed", 2)])
    assert waits(asked) == [90.0]


def test_used_up_attempts_are_buried_with_their_reason() -> None:
    answers = [
        *(outcome("retry", n, f"busy {n}") for n in (1, 2, 3, 4)),
        outcome("dead_lettered", 4, "busy 4"),
    ]
    output, asked, context = run(answers)
    assert output["state"] == "dead_lettered"
    assert asked[-1].what == "bury_taste_job"
    assert asked[-1].given == {**given(), "reason": "busy 4"}
    assert asked[-1].options["retry_policy"] is attempts.BURIAL
    assert len(waits(asked)) == 3
    assert context.statuses[-1] == {"state": "dead_lettered", "attempt": 4}


def test_a_long_job_goes_on_piece_by_piece_and_every_piece_has_all_attempts() -> None:
    failing = [outcome("retry", n, "busy") for n in (1, 2, 3)]
    answers = [*failing, outcome("paused", 0, retry_after=30.0), *failing, outcome("completed", 4)]
    output, asked, context = run(answers)
    assert output["state"] == "completed"
    assert waits(asked) == pytest.approx([*formula(1, 2, 3), 30.0, *formula(1, 2, 3)])
    assert {"state": "running", "attempt": 1} in context.statuses[5:]


def test_what_is_hopeless_is_buried_at_once() -> None:
    output, asked, _ = run([outcome("hopeless", 1, "no such card"), outcome("dead_lettered", 1)])
    assert [step.what for step in asked] == ["attempt_taste_job", "bury_taste_job"]
    assert asked[1].given["reason"] == "no such card"
    assert output["state"] == "dead_lettered"


def test_a_burial_that_finds_the_work_done_ends_as_completed() -> None:
    output, _, context = run([outcome("hopeless", 1, "lost the answer"), outcome("completed", 1)])
    assert output["state"] == "completed"
    assert context.statuses[-1]["state"] == "completed"


def test_an_activity_that_cannot_even_report_counts_as_a_failed_attempt() -> None:
    answers = [failed("worker lost"), failed("worker lost"), outcome("completed", 1)]
    output, asked, _ = run(answers)
    assert output["state"] == "completed"
    assert waits(asked) == pytest.approx(formula(1, 2))


def test_activities_that_never_report_are_buried_after_as_many_attempts() -> None:
    output, asked, _ = run([*(failed("worker lost") for _ in range(4)), outcome("dead_lettered", 0)])
    assert [step.what for step in asked if step.what != "timer"] == ["attempt_taste_job"] * 4 + [
        "bury_taste_job"
    ]
    assert asked[-1].given["reason"] == "worker lost"
    assert output["state"] == "dead_lettered"


@pytest.mark.parametrize("state", ["completed", "dead_lettered", "failed", "superseded", "gone"])
def test_a_job_that_is_settled_elsewhere_is_left_alone(state: str) -> None:
    output, asked, _ = run([outcome(state, 2)])
    assert len(asked) == 1
    assert output["state"] == state


def test_a_new_instance_goes_on_from_the_attempts_in_the_record() -> None:
    answers = [outcome("retry", 3, "busy"), outcome("retry", 4, "busy"), outcome("dead_lettered", 4)]
    _, asked, context = run(answers, attempts=2)
    assert context.statuses[0] == {"state": "running", "attempt": 3}
    assert waits(asked) == pytest.approx(formula(3))


def test_a_new_instance_on_used_up_attempts_buries_without_waiting() -> None:
    _, asked, context = run([outcome("retry", 4, "silent"), outcome("dead_lettered", 4)], attempts=4)
    assert [step.what for step in asked] == ["attempt_taste_job", "bury_taste_job"]
    assert context.statuses[0] == {"state": "running", "attempt": 4}


def test_a_new_instance_waits_out_what_the_lost_one_waited_for() -> None:
    due = (START + timedelta(minutes=3)).replace(tzinfo=UTC)
    _, asked, context = run([outcome("completed", 2)], attempts=1, not_before=due.isoformat())
    assert [step.what for step in asked] == ["timer", "attempt_taste_job"]
    assert asked[0].given == due
    assert context.statuses[0] == {"state": "waiting", "attempt": 1, "next_attempt_at": due.isoformat()}


def test_a_burial_that_fails_fails_the_instance_for_the_reconciler_to_find() -> None:
    with pytest.raises(TaskFailedError):
        run([outcome("hopeless", 1, "bad"), failed("database down")])


@examples(
    st.lists(st.sampled_from(["retry", "raise"]), max_size=3),
    st.floats(0, 100),
    st.floats(0, 100),
    st.floats(0, 10),
)
def test_a_replay_asks_for_the_same_things_at_the_same_moments(
    failures: list[str], base: float, cap: float, jitter: float
) -> None:
    answers = [outcome("retry", n + 1, "x") if f == "retry" else failed("x") for n, f in enumerate(failures)]
    policy = {"base": base, "cap": cap, "jitter": jitter}
    first, again = (run([*answers, outcome("completed", 4)], **policy) for _ in range(2))
    assert first[0] == again[0]
    assert [(s.what, s.given) for s in first[1]] == [(s.what, s.given) for s in again[1]]
    assert first[2].statuses == again[2].statuses
    assert waits(first[1]) == pytest.approx(formula(*range(1, len(failures) + 1), **policy), abs=2e-6)
