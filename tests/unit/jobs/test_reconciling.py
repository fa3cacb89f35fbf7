"""When nothing was heard of a job for too long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from core.jobs.models import Job
from core.jobs.reconciling import is_silent

NOW = datetime(2026, 11, 22, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def job(
    *, ago: timedelta, nudges: int = 0, nudged_ago: timedelta | None = None, next_in: timedelta | None = None
) -> Job:
    due = None if next_in is None else NOW + next_in
    return Job(
        id="j",
        user_id="anna",
        kind="taste",
        status="waiting" if due else "running",
        payload={},
        nudges=nudges,
        nudged_at=None if nudged_ago is None else NOW - nudged_ago,
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


@pytest.mark.parametrize(("nudges", "minutes"), [(1, 2), (2, 4), (3, 8), (4, 16), (5, 16), (50, 16)])
def test_patience_doubles_with_each_message_sent_in_vain_up_to_a_limit(nudges: int, minutes: int) -> None:
    limit, day = minutes * MINUTE, timedelta(days=1)
    assert not is_silent(job(ago=day, nudges=nudges, nudged_ago=limit), NOW, MINUTE)
    assert is_silent(job(ago=day, nudges=nudges, nudged_ago=limit + timedelta(seconds=1)), NOW, MINUTE)


def test_a_job_nobody_can_help_is_sent_a_few_times_an_hour_and_not_at_every_look() -> None:
    looks = [NOW + n * MINUTE for n in range(600)]
    lost, sent = job(ago=MINUTE), []
    for now in looks:
        if is_silent(lost, now, MINUTE):
            sent.append(now)
            lost = lost.model_copy(update={"nudges": lost.nudges + 1, "nudged_at": now})
    assert [(b - a) // MINUTE for a, b in pairwise(sent)][:5] == [3, 5, 9, 17, 17]
    assert len(sent) < 40
