"""How long to wait before trying again: exponential with a cap, and jitter that a replay draws again.

``min(max, base · 2^(attempt-1)) + jitter``, raised to a server's ``Retry-After`` where that is longer.
Jitter spreads retries that failed together (Brooker, "Exponential Backoff And Jitter", AWS, 2015). It is
drawn from a hash of instance and attempt, because an orchestrator must compute the same delay on replay.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Attempts at most, and seconds: first wait, cap, and most that jitter adds."""

    max_attempts: int
    base: float
    cap: float
    jitter: float


def delay(policy: RetryPolicy, instance_id: str, attempt: int, retry_after: float | None = None) -> timedelta:
    """Return the wait after failed attempt ``attempt`` (from 1); ``retry_after`` in seconds."""
    exponential = policy.base * 2.0 ** min(attempt - 1, 1000)
    wait = min(policy.cap, exponential) + policy.jitter * _share(instance_id, attempt)
    return timedelta(seconds=max(wait, retry_after or 0.0))


def _share(instance_id: str, attempt: int) -> float:
    """Return a number in [0, 1] that only depends on instance and attempt."""
    digest = sha256(f"{instance_id}/{attempt}".encode()).digest()
    return int.from_bytes(digest[:8]) / (2**64 - 1)
