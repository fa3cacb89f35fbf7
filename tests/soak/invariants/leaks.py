"""Memory stays flat, and at rest the host holds no more than it held at rest before the second stretch.

Both are of one process, the last: the stretch after the kills. Memory is compared between the median of the
first third of its samples and of the last.
"""

from __future__ import annotations

import statistics

from tests.soak.host import Holding, Host
from tests.soak.invariants.verdict import Verdict

MOST_GROWTH = 0.10
"""Share by which memory may grow."""
_SLACK = 24 * 2**20
"""Bytes by which it may grow besides: caches fill, and the task hub of the devstack forgets no history."""


def verdicts(host: Host, since: float, before: Holding, after: Holding) -> list[Verdict]:
    """Judge the last process from moment ``since``."""
    return [
        memory(host.samples, since),
        Verdict("flat: connections, files, tasks", after.total(), after.more_than(before)),
    ]


def memory(samples: list[tuple[float, int, int]], since: float) -> Verdict:
    """Judge the memory of the process that was there last, by its samples."""
    last = samples[-1][1]
    sizes = [size for moment, process, size in samples if process == last and moment >= since]
    third = max(1, len(sizes) // 3)
    first, end = statistics.median(sizes[:third]), statistics.median(sizes[-third:])
    wrong = []
    if end > first * (1 + MOST_GROWTH) + _SLACK:
        wrong.append(f"{first / 2**20:.0f} MB grew to {end / 2**20:.0f} MB")
    name = f"flat: memory, {first / 2**20:.0f} then {end / 2**20:.0f} MB"
    return Verdict(name, len(sizes), wrong)
