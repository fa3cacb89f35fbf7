"""When somebody who polls a job is told to come again."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

import pytest

from core import jobs
from core.jobs.errors import JobFailed
from core.jobs.models import Attempt, Job, JobStatus, JobView
from core.platform import clock


def job(status: JobStatus, wait: float | None = None) -> Job:
    now = clock.now()
    due = None if wait is None else now + timedelta(seconds=wait)
    return Job(
        id="a",
        user_id="b",
        kind="k",
        status=status,
        payload={},
        next_attempt_at=due,
        created_at=now,
        updated_at=now,
    )


@pytest.mark.parametrize("status", get_args(JobStatus.__value__))
def test_a_job_is_polled_until_it_is_over(status: JobStatus) -> None:
    over = status in {"completed", "dead_lettered", "failed"}
    assert jobs.retry_after(job(status)) == (None if over else 1)


@pytest.mark.parametrize(("wait", "told"), [(-5, 1), (0.5, 1), (7.5, 8), (600, 30)])
def test_a_wait_is_waited_out_up_to_half_a_minute(wait: float, told: int) -> None:
    with clock.frozen(clock.now()):
        assert jobs.retry_after(job("waiting", wait)) == told
        assert jobs.polled(job("waiting", wait)).retry_after == told


def test_a_view_holds_what_the_record_holds() -> None:
    now = clock.now()
    record = job("waiting", 5).model_copy(
        update={
            "progress": {"done": 1},
            "result": {"of": "before"},
            "error": "The model is down.",
            "attempts": [Attempt(number=1, started_at=now)],
            "nudges": 3,
            "payload": {"n": 1},
            "run": 4,
            "updated_at": now + timedelta(seconds=1),
        }
    )
    shown = jobs.admin_view(record, None, {"purge": "url"})
    same = shown.model_dump(exclude={"job_id", "instance", "management"})
    assert same == {name: getattr(record, name) for name in same} | {"attempts": same["attempts"]}
    assert (shown.job_id, shown.attempts, shown.management) == ("a", record.attempts, {"purge": "url"})
    assert jobs.polled(record).view.model_dump() == {
        name: getattr(shown, name) for name in JobView.model_fields
    }


@pytest.mark.parametrize("status", ["dead_lettered", "failed"])
def test_polling_what_was_given_up_says_why(status: JobStatus) -> None:
    given_up = job(status).model_copy(
        update={"attempts": [Attempt(number=1, started_at=clock.now())], "error": "The model is down."}
    )
    with pytest.raises(JobFailed, match="after attempt 1: The model is down"):
        jobs.polled(given_up)
