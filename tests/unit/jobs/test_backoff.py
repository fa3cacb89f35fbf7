"""The wait before a retry against its formula, written out a second way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.jobs.backoff import RetryPolicy, delay

POLICIES = st.builds(
    RetryPolicy,
    max_attempts=st.just(5),
    base=st.floats(0, 100),
    cap=st.floats(0, 1000),
    jitter=st.floats(0, 50),
)


@given(POLICIES, st.text(max_size=40), st.integers(1, 100), st.none() | st.floats(0, 5000))
def test_a_wait_lies_between_the_capped_doubling_and_jitter_above_it(
    policy: RetryPolicy, instance: str, attempt: int, retry_after: float | None
) -> None:
    doubled = policy.base
    for _ in range(attempt - 1):
        doubled = min(doubled * 2, policy.cap)
    least = min(doubled, policy.cap)
    waited = delay(policy, instance, attempt, retry_after).total_seconds()
    assert waited >= max(least, retry_after or 0) - 1e-6
    assert waited <= max(least + policy.jitter, retry_after or 0) + 1e-6


@given(POLICIES, st.text(max_size=40), st.integers(1, 100))
def test_a_replay_waits_as_long(policy: RetryPolicy, instance: str, attempt: int) -> None:
    assert delay(policy, instance, attempt) == delay(policy, instance, attempt)


def test_without_jitter_the_waits_are_the_doublings_up_to_the_cap() -> None:
    policy = RetryPolicy(max_attempts=6, base=5, cap=60, jitter=0)
    assert [delay(policy, "job", n).total_seconds() for n in range(1, 7)] == [5, 10, 20, 40, 60, 60]


def test_jitter_spreads_jobs_evenly_over_its_range() -> None:
    policy = RetryPolicy(max_attempts=6, base=0, cap=0, jitter=10)
    waits = sorted(delay(policy, f"job-{n}", 1).total_seconds() for n in range(1000))
    assert [waits[n] for n in (100, 500, 900)] == pytest.approx([1, 5, 9], abs=0.6)
