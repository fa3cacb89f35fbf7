"""Reading queue messages: ours in either encoding, and nothing else."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.jobs.delivery import read
from core.jobs.models import Attempt, Job, JobMessage, JobRef, Launch

OURS = JobMessage(job_id="6f2d1dee-4096-5bb6-a83a-7c1bc71563c8", user_id="anna")
NOW = datetime(2026, 11, 22, tzinfo=UTC)
UNTOUCHED = Job(
    id=OURS.job_id,
    user_id="anna",
    kind="taste",
    status="queued",
    payload={"secret": "words"},
    created_at=NOW,
    updated_at=NOW,
    etag="v1",
)


def test_a_message_is_read_plain_and_in_base64() -> None:
    plain = OURS.model_dump_json().encode()
    assert read(plain) == OURS
    assert read(base64.b64encode(plain)) == OURS


def test_the_message_of_an_untouched_job_says_how_to_start_it_and_nothing_it_is_about() -> None:
    message = JobMessage.of(UNTOUCHED)
    assert Launch.first(message) == Launch("taste", UNTOUCHED.ref.model_copy(update={"etag": "v1"}))
    assert "words" not in message.model_dump_json()


@given(run=st.integers(0, 5), etag=st.none() | st.just("v2"), kind=st.none() | st.just("digest"))
def test_an_unread_job_is_launched_in_the_run_its_message_names(
    run: int, etag: str | None, kind: str | None
) -> None:
    """A replay is a Durable instance of its own: launched as another run it would be taken for done."""
    launch = Launch.first(OURS.model_copy(update={"run": run, "etag": etag, "kind": kind}))
    if etag is None or kind is None:
        assert launch is None
        return
    assert launch == Launch("digest", JobRef(user_id="anna", job_id=OURS.job_id, run=run, etag="v2"))
    assert launch.ref.instance_id == (f"{OURS.job_id}:{run}" if run else OURS.job_id)


@pytest.mark.parametrize(
    "touched",
    [
        {"status": "running"},
        {"status": "waiting"},
        {"status": "completed"},
        {"status": "dead_lettered"},
        {"attempts": [Attempt(number=1, started_at=NOW)]},
        {"nudges": 1},
    ],
    ids=str,
)
def test_the_record_of_a_touched_job_has_to_be_read(touched: dict[str, Any]) -> None:
    message = JobMessage.of(UNTOUCHED.model_copy(update=touched))
    assert Launch.first(message) is None
    assert message == OURS


@given(st.integers(0, 5), st.none() | st.just(NOW))
def test_a_job_that_was_read_goes_on_after_the_attempts_it_has_had(begun: int, due: datetime | None) -> None:
    attempts = [Attempt(number=n + 1, started_at=NOW) for n in range(begun)]
    job = UNTOUCHED.model_copy(update={"run": 2, "attempts": attempts, "next_attempt_at": due})
    assert Launch.of(job) == Launch("taste", job.ref, begun, due)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_but_never_fatal(body: bytes) -> None:
    assert read(body) is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"*" + base64.b64encode(OURS.model_dump_json().encode()),
        b"{}",
        b'{"job_id": "6f2d1dee-4096-5bb6-a83a-7c1bc71563c8"}',
        b'{"job_id": "../other", "user_id": "anna"}',
        b'{"job_id": "6f2d1dee-4096-5bb6-a83a-7c1bc71563c8", "user_id": ""}',
        b'{"version": 2, "job_id": "6f2d1dee-4096-5bb6-a83a-7c1bc71563c8", "user_id": "anna"}',
        b'{"job_id": "6f2d1dee-4096-5bb6-a83a-7c1bc71563c8", "user_id": "anna", "more": 1}',
    ],
)
def test_what_only_looks_like_a_message_is_refused(body: bytes) -> None:
    assert read(body) is None
