"""A job's life against its table: nothing else can happen, and no attempt is forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from core.jobs.models import Attempt, Job, JobStatus
from core.jobs.transitions import (
    OVER,
    TRANSITIONS,
    ImpossibleMove,
    begin,
    complete,
    first_attempt,
    give_up,
    pause,
    replay,
    wait,
)

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def job(status: JobStatus = "queued", attempts: int = 0) -> Job:
    tried = [Attempt(number=n + 1, started_at=NOW) for n in range(attempts)]
    return Job(
        id="j",
        user_id="anna",
        kind="taste",
        status=status,
        payload={},
        attempts=tried,
        created_at=NOW,
        updated_at=NOW,
    )


MOVES = {
    "running": lambda j: begin(j, NOW),
    "waiting": lambda j: wait(j, NOW, "busy", timedelta(seconds=5)),
    "completed": lambda j: complete(j, NOW, {"ok": True}, 60),
    "dead_lettered": lambda j: give_up(j, NOW, "hopeless"),
    "queued": lambda j: replay(j, NOW),
}


@pytest.mark.parametrize("status", TRANSITIONS)
@pytest.mark.parametrize("to", MOVES)
def test_only_the_moves_of_the_table_are_possible(status: JobStatus, to: JobStatus) -> None:
    one = job(status, attempts=1)
    if to in TRANSITIONS[status]:
        assert MOVES[to](one).status == to
    else:
        with pytest.raises(ImpossibleMove):
            MOVES[to](one)


def test_a_pause_keeps_what_was_reached_and_counts_attempts_anew() -> None:
    paused = pause(job("running", attempts=3), NOW, {"files": 7}, timedelta(seconds=5))
    assert (paused.status, paused.attempt, paused.progress) == ("waiting", 0, {"files": 7})
    assert paused.next_attempt_at == NOW + timedelta(seconds=5)
    with pytest.raises(ImpossibleMove):
        pause(job("completed"), NOW, {}, timedelta())


@pytest.mark.parametrize("to", MOVES)
def test_a_job_that_moves_was_heard_of_and_was_not_nudged_in_vain(to: JobStatus) -> None:
    status = next(status for status, moves in TRANSITIONS.items() if to in moves)
    before = NOW - timedelta(hours=1)
    nudged = {"nudges": 3, "nudged_at": before, "updated_at": before}
    moved = MOVES[to](job(status, attempts=1).model_copy(update=nudged))
    assert (moved.nudges, moved.nudged_at, moved.updated_at) == (0, None, NOW)


def test_a_replay_is_a_new_run_with_nothing_of_the_last_one() -> None:
    ended = {"error": "The model is down.", "buried": True, "ttl": 60}
    again = replay(job("dead_lettered", attempts=2).model_copy(update=ended), NOW)
    assert again == job().model_copy(update={"run": 1})


def test_a_failure_is_noted_with_the_attempt_that_failed() -> None:
    tried = job("running", attempts=3)
    for ended in (wait(tried, NOW, "busy", timedelta(seconds=5)), give_up(tried, NOW, "busy")):
        assert [attempt.error for attempt in ended.attempts] == [None, None, "busy"]
        assert ended.error == "busy"
    over = give_up(job("waiting", attempts=1), NOW, "too often")
    assert ([attempt.error for attempt in over.attempts], over.error) == ([None], "too often")


def test_a_job_done_in_the_end_says_nothing_of_the_failure_before() -> None:
    failed = wait(job("running", attempts=1), NOW, "busy", timedelta(seconds=5))
    done = complete(begin(failed, NOW), NOW, {"ok": True}, 60)
    assert (done.error, done.result, done.ttl) == (None, {"ok": True}, 60)


def test_what_is_over_goes_nowhere_but_to_a_replay() -> None:
    assert {to for status in OVER for to in TRANSITIONS[status]} == {"queued"}


def test_the_first_attempt_begins_unread_as_it_does_in_a_record_that_was_read() -> None:
    untouched = job().model_copy(update={"updated_at": NOW - timedelta(seconds=9)})
    stored = {**untouched.model_dump(mode="json", exclude_none=True), **first_attempt(NOW)}
    assert Job.model_validate(stored) == begin(untouched, NOW)


class Life(RuleBasedStateMachine):
    """Any sequence of moves, against a plain count of what happened."""

    def __init__(self) -> None:
        super().__init__()
        self.job = job()
        self.begun = 0
        self.runs = 0

    @rule(to=st.sampled_from(sorted(MOVES)))
    def move(self, to: JobStatus) -> None:
        allowed = to in TRANSITIONS[self.job.status]
        try:
            moved = MOVES[to](self.job)
        except ImpossibleMove:
            assert not allowed
            return
        assert allowed
        if to == "running":
            self.begun += 1
        if to == "queued":
            self.begun, self.runs = 0, self.runs + 1
        self.job = moved

    @invariant()
    def attempts_and_runs_are_what_happened(self) -> None:
        assert self.job.attempt == self.begun
        assert [a.number for a in self.job.attempts] == list(range(1, self.begun + 1))
        assert self.job.instance_id == ("j" if self.runs == 0 else f"j:{self.runs}")

    @invariant()
    def only_a_waiting_job_has_a_next_attempt(self) -> None:
        assert (self.job.next_attempt_at is not None) == (self.job.status == "waiting")

    @invariant()
    def only_a_completed_job_expires(self) -> None:
        assert (self.job.ttl is not None) == (self.job.status == "completed")


TestLife = Life.TestCase
