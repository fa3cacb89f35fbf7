"""When nothing was heard of a job for too long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.jobs.models import Job
from core.jobs.reconciling import is_silent

NOW = datetime(2026, 11, 22, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def job(*, ago: timedelta, nudges: int = 0, next_in: timedelta | None = None) -> Job:
    due = None if next_in is None else NOW + next_in
    return Job(
        id="j",
        user_id="anna",
        kind="taste",
        status="waiting" if due else "running",
        payload={},
        nudges=nudges,
        next_attempt_at=due,
        created_at=NOW - ago,
        updated_at=NOW - ago,
    )


def test_a_job_that_moved_a_moment_ago_is_left_alone() -> None:
    assert not is_silent(job(ago=timedelta(seconds=59)), NOW, MINUTE)
    assert is_silent(job(ago=timedelta(seconds=61)), NOW, MINUTE)


def test_a_job_that_waits_is_not_missed_before_it_is_due() -> None:
    hour = timedelta(hours=1)
    assert not is_silent(job(ago=hour, next_in=timedelta(minutes=10)), NOW, MINUTE)
    assert not is_silent(job(ago=hour, next_in=timedelta(seconds=-59)), NOW, MINUTE)
    assert is_silent(job(ago=hour, next_in=timedelta(seconds=-61)), NOW, MINUTE)


@pytest.mark.parametrize(("nudges", "minutes"), [(0, 1), (1, 2), (2, 4), (3, 8), (4, 16), (5, 16), (50, 16)])
def test_patience_doubles_with_each_message_sent_in_vain_up_to_a_limit(nudges: int, minutes: int) -> None:
    limit = minutes * MINUTE
    assert not is_silent(job(ago=limit, nudges=nudges), NOW, MINUTE)
    assert is_silent(job(ago=limit + timedelta(seconds=1), nudges=nudges), NOW, MINUTE)
