"""When somebody who polls a job is told to come again."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

import pytest

from core import jobs
from core.jobs.models import Job, JobStatus
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
