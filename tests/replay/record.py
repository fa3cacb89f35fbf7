"""``python tests/replay/record.py VERSION [FLOW ...]``: record histories of orchestrators as ``VERSION``.

Run it when a version ships, and never again for that version: what is committed is what runs out there.
Without ``FLOW`` it records all of them.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.replaying import HISTORIES, orchestrators, record

type Way = tuple[dict[str, Any], dict[str, list[Any]]]
"""A way through a flow: its input, and what each activity answers in turn (``Exception``: it fails)."""

JOB = {
    "user_id": "6f2d1dee-4096-5bb6-a83a-7c1bc71563c8",
    "job_id": "0b0f3a52-6a0c-4b0e-9d6f-1df1c0a5a6a1",
    "run": 0,
    "attempts": 0,
    "not_before": None,
    "max_attempts": 3,
    "base": 0.05,
    "cap": 0.1,
    "jitter": 0.02,
}


def outcome(state: str, attempt: int, error: str | None = None, retry_after: float | None = None) -> Any:
    return {"state": state, "attempt": attempt, "error": error, "retry_after": retry_after}


BUSY = outcome("retry", 1, "busy", 0.2)


def ways_of_a_job(attempt: str, bury: str) -> dict[str, Way]:
    """Return the ways through ``orchestrations.attempts.run`` with these activities."""
    return {
        "completed": (JOB, {attempt: [outcome("completed", 1)]}),
        "retried": (JOB, {attempt: [BUSY, RuntimeError("lost"), outcome("completed", 3)]}),
        "hopeless": (
            JOB,
            {
                attempt: [outcome("hopeless", 1, "no such card")],
                bury: [outcome("dead_lettered", 1, "no such card")],
            },
        ),
        "exhausted": (
            {**JOB, "attempts": 2, "not_before": "2026-01-01T00:00:00+00:00"},
            {
                attempt: [outcome("retry", 3, "busy")],
                bury: [RuntimeError("down"), outcome("dead_lettered", 3, "busy")],
            },
        ),
    }


WAYS: dict[str, dict[str, Way]] = {"taste_job": ways_of_a_job("attempt_taste_job", "bury_taste_job")}


def main(version: str, flows: list[str]) -> None:
    """Write one file per way through each flow."""
    found = orchestrators()
    for flow in flows or WAYS:
        for name, (given, answers) in WAYS[flow].items():
            target = HISTORIES / f"{flow}.{version}.{name}.json"
            if target.exists():
                raise SystemExit(f"{target.name} is there already; a shipped history does not change")
            record(found[flow], given, answers).save(target)
            sys.stdout.write(f"wrote {target.name}\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
