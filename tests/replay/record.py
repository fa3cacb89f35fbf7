"""``python tests/replay/record.py VERSION [FLOW ...]``: record histories of orchestrators as ``VERSION``.

Run it when a version ships, or with a new way through a flow: what is committed is what runs out there, so a
history that is there already is left as it is. Without ``FLOW`` it records all of them.
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
        "again": ({**JOB, "run": 1}, {attempt: [outcome("completed", 1)]}),
        "exhausted": (
            {**JOB, "attempts": 2, "not_before": "2026-01-01T00:00:00+00:00"},
            {
                attempt: [outcome("retry", 3, "busy")],
                bury: [RuntimeError("down"), outcome("dead_lettered", 3, "busy")],
            },
        ),
    }


SWEEP = {
    "until": "2026-11-29T17:00:00+00:00",
    "phase": "requeue",
    "after": "",
    "page": 0,
    "in_flight": 2,
    "counts": {},
}
IDS = [f"{n}f2d1dee-4096-5bb6-a83a-7c1bc71563c8" for n in range(5)]


def due(*people: str, after: str | None = None) -> dict[str, Any]:
    return {"people": list(people), "after": after}


def ways_of_a_long_job(attempt: str, bury: str) -> dict[str, Way]:
    """Return the ways through it of a job that goes on in pieces."""
    pieces = [outcome("paused", 0, retry_after=0.1), BUSY, outcome("paused", 0, retry_after=0.0)]
    paused: Way = (JOB, {attempt: [*pieces, outcome("completed", 1)]})
    return {**ways_of_a_job(attempt, bury), "paused": paused}


def swept(state: str, new: int) -> Any:
    return {"state": state, "seen": new, "new": new, "changed": 0, "error": None}


WAYS: dict[str, dict[str, Way]] = {
    "taste_job": ways_of_a_job("attempt_taste_job", "bury_taste_job"),
    "digest_job": ways_of_a_job("attempt_digest_job", "bury_digest_job"),
    "weekly_digest": {
        "swept": (
            SWEEP,
            {
                "requeue_failed_digests": [due(IDS[0])],
                "enrol_digest_readers": [RuntimeError("down"), {"enrolled": 2, "more": False}],
                "list_due_digests": [due(*IDS[:2], after="2026-11-29T17:00:00 1"), due(IDS[2])],
                "weekly_digest_page": [{"made": 1, "failed": 1}, {"there": 1}],
            },
        ),
        "broken": (
            {**SWEEP, "phase": "deliver"},
            {
                "list_due_digests": [due(*IDS[:2])],
                "weekly_digest_page": [RuntimeError("terminated")],
            },
        ),
    },
    "weekly_digest_page": {
        "nobody": ({"people": [], "in_flight": 2}, {}),
        "made": (
            {"people": IDS, "in_flight": 2},
            {"make_due_digest": ["made", "made", RuntimeError("lost"), "failed", "not_due"]},
        ),
    },
    "moods_job": ways_of_a_job("attempt_moods_job", "bury_moods_job"),
    "account_export": ways_of_a_long_job("attempt_account_export", "bury_account_export"),
    "account_erasure": ways_of_a_long_job("attempt_account_erasure", "bury_account_erasure"),
    "scrape_sweep": {
        "idle": (
            JOB,
            {
                "list_due_sources": [{"sources": [], "at_once": 2}],
                "note_scrape_sweep": [outcome("completed", 1)],
            },
        ),
        "buried": (
            JOB,
            {
                "list_due_sources": [{"sources": [], "at_once": 2}],
                "note_scrape_sweep": [outcome("hopeless", 1, "no such job")],
                "bury_scrape_sweep": [outcome("dead_lettered", 1, "no such job")],
            },
        ),
        "swept": (
            JOB,
            {
                "list_due_sources": [
                    RuntimeError("down"),
                    {"sources": IDS[:3], "at_once": 2},
                    {"sources": [], "at_once": 2},
                ],
                "sweep_source": [
                    swept("more", 250),
                    swept("failed", 0),
                    RuntimeError("lost"),
                    swept("done", 300),
                ],
                "note_scrape_sweep": [outcome("paused", 0, None, 0.0), outcome("completed", 1)],
            },
        ),
    },
}


def main(version: str, flows: list[str]) -> None:
    """Write one file per way through each flow."""
    found = orchestrators()
    for flow in flows or WAYS:
        for name, (given, answers) in WAYS[flow].items():
            histories = record(found[flow], given, answers)
            for number, history in enumerate(histories, 1):
                part = f"-{number}" if len(histories) > 1 else ""
                target = HISTORIES / f"{flow}.{version}.{name}{part}.json"
                if target.exists():
                    continue
                history.save(target)
                sys.stdout.write(f"wrote {target.name}\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
