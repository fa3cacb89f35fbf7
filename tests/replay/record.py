"""``python tests/replay/record.py VERSION``: record histories of the current orchestrators as ``VERSION``.

Run it when a version ships, and never again for that version: what is committed is what runs out there.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from orchestrations.taste_job import taste_job
from tests.replaying import HISTORIES, record

GIVEN = {
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
RECORDED: dict[str, tuple[dict[str, Any], dict[str, list[Any]]]] = {
    "completed": (GIVEN, {"attempt_taste_job": [outcome("completed", 1)]}),
    "retried": (GIVEN, {"attempt_taste_job": [BUSY, RuntimeError("lost"), outcome("completed", 3)]}),
    "hopeless": (
        GIVEN,
        {
            "attempt_taste_job": [outcome("hopeless", 1, "no such card")],
            "bury_taste_job": [outcome("dead_lettered", 1, "no such card")],
        },
    ),
    "exhausted": (
        {**GIVEN, "attempts": 2, "not_before": "2026-01-01T00:00:00+00:00"},
        {
            "attempt_taste_job": [outcome("retry", 3, "busy")],
            "bury_taste_job": [RuntimeError("down"), outcome("dead_lettered", 3, "busy")],
        },
    ),
}


def main(version: str) -> None:
    """Write one file per way through the flow."""
    orchestrator = taste_job._function.get_user_function().orchestrator_function
    for name, (given, answers) in RECORDED.items():
        target = HISTORIES / f"taste_job.{version}.{name}.json"
        if target.exists():
            raise SystemExit(f"{target.name} is there already; a shipped history does not change")
        record(orchestrator, given, answers).save(target)
        sys.stdout.write(f"wrote {target.name}\n")


if __name__ == "__main__":
    main(sys.argv[1])
