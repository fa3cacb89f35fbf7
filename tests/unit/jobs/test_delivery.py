"""Reading queue messages: ours in either encoding, and nothing else."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.jobs.delivery import read
from core.jobs.models import JobMessage

OURS = JobMessage(job_id="6f2d1dee-4096-5bb6-a83a-7c1bc71563c8", user_id="anna")


def test_a_message_is_read_plain_and_in_base64() -> None:
    plain = OURS.model_dump_json().encode()
    assert read(plain) == OURS
    assert read(base64.b64encode(plain)) == OURS


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_but_never_fatal(body: bytes) -> None:
    assert read(body) is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
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
