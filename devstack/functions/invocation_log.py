"""The last invocations of every function, remembered for the console.

Bounded per function, not over all: a timer of every second would push the one failure of an hour ago out.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from statistics import median
from typing import Any, Literal
from urllib.parse import urlsplit

from devstack.functions.bindings import Function
from devstack.functions.worker import Datum, Outcome

KEPT = 25
"""Invocations kept of each function."""
_MOST_TEXT = 8_000  # characters of an error and of its trace

type Status = Literal["running", "succeeded", "failed", "cancelled"]


@dataclass
class Entry:
    """One invocation. ``milliseconds`` is null while it runs; ``target`` and ``http_status`` are of HTTP.

    The target has no query: links carry signatures in it.
    """

    started_at: str
    reason: str
    target: str | None = None
    status: Status = "running"
    invocation_id: str | None = None
    milliseconds: float | None = None
    http_status: int | None = None
    error: str | None = None
    trace: str | None = None


@dataclass
class _Tally:
    runs: int = 0
    failures: int = 0
    last: deque[Entry] = field(default_factory=lambda: deque(maxlen=KEPT))


class InvocationLog:
    """What ran, function by function, newest first."""

    def __init__(self) -> None:
        self._tallies: dict[str, _Tally] = {}

    @contextmanager
    def following(self, function: Function, trigger: Datum, reason: str) -> Iterator[list[Outcome]]:
        """Remember one invocation; its outcome is put into the list that the block is given."""
        tally = self._tallies.setdefault(function.name.lower(), _Tally())
        entry = Entry(datetime.now(UTC).isoformat(), reason, _target(trigger))
        tally.runs += 1
        tally.last.appendleft(entry)
        began, outcomes = time.perf_counter(), list[Outcome]()
        try:
            yield outcomes
        finally:
            entry.milliseconds = round((time.perf_counter() - began) * 1000, 1)
            _settle(entry, outcomes[-1] if outcomes else None)
            tally.failures += entry.status == "failed"

    def summary(self, name: str) -> dict[str, Any]:
        """Counts of one function since the host started, and its kept invocations in brief."""
        tally = self._tallies.get(name.lower(), _Tally())
        took = [entry.milliseconds for entry in tally.last if entry.milliseconds is not None]
        return {
            "name": name,
            "runs": tally.runs,
            "failures": tally.failures,
            "median_milliseconds": round(median(took), 1) if took else None,
            "last": [
                {"started_at": e.started_at, "status": e.status, "milliseconds": e.milliseconds}
                for e in tally.last
            ],
        }

    def entries(self, name: str) -> list[dict[str, Any]]:
        """The kept invocations of one function, newest first, with errors and traces."""
        return [asdict(entry) for entry in self._tallies.get(name.lower(), _Tally()).last]


def _settle(entry: Entry, outcome: Outcome | None) -> None:
    if outcome is None:
        entry.status = "cancelled"
        return
    entry.invocation_id = outcome.invocation_id
    entry.status = "failed" if outcome.error else "succeeded"
    entry.error = outcome.error and outcome.error[:_MOST_TEXT]
    entry.trace = outcome.trace and outcome.trace[-_MOST_TEXT:]
    value = outcome.return_value
    if entry.target and isinstance(value, dict) and isinstance(value.get("status_code"), int):
        entry.http_status = value["status_code"]


def _target(trigger: Datum) -> str | None:
    if trigger.type != "http":
        return None
    return f"{trigger.value['method'].value} {urlsplit(trigger.value['url'].value).path}"
