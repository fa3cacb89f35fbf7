"""Throughput of taste jobs, queue message to completed, against an empty flow with as many activities.

``python -m bench.jobs [--jobs 400] [--people 120] [--rounds 3]``: records and messages are laid out first,
then the functions host is started on them, so nothing but the work itself is measured: from the first job
begun to the last one ended. Both sides run on the same queue, host and Durable backend, with the same limits;
the empty one (``bench/empty_app``) reads no record, updates no profile, and writes nothing. People
take turns, and there are more of them than a worker remembers profiles of, so each job reads its profile.
Exit status 1 if its target is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bench.events import reactions
from bench.rows import Row, Target
from core.platform import connections, settings
from core.taste.repository import MOST_WRITTEN
from devstack import appsettings, ports
from devstack.asking import count
from devstack.process import REPOSITORY
from devstack.stack import Stack

JOBS = Target(
    "taste jobs: throughput, queue message to completed",
    "an empty flow with as many activities, same queue, host and backend",
    least=0.5,
)
TARGETS = (JOBS,)
PEOPLE = 120
EMPTY_APP = Path(__file__).parent / "empty_app"
_LONGEST = 300.0

type Run = Callable[[Stack, int, int], float]


def taste_jobs(stack: Stack, count: int, people: int) -> float:
    """Return taste jobs completed per second."""
    asyncio.run(_submit(count, people))
    stack.start_service("functions")
    return asyncio.run(_completed(count))


async def _submit(count: int, people: int) -> None:
    from core import taste

    try:
        for event in reactions(count, people, seed=1):
            await taste.submit(event)
    finally:
        await connections.close_all()


async def _completed(count: int) -> float:
    """Wait until every job is completed; the times are those in the records."""
    from core.jobs import repository

    try:
        async with asyncio.timeout(_LONGEST):
            while True:
                await asyncio.sleep(0.5)
                jobs = [job async for job in repository.jobs().everyone(where="c.status = 'completed'")]
                if len(jobs) == count:
                    break
    finally:
        await connections.close_all()
    begun = min(job.attempts[0].started_at for job in jobs)
    return count / (max(job.updated_at for job in jobs) - begun).total_seconds()


def empty_flows(stack: Stack, count: int, people: int) -> float:
    """Return empty flows ended per second."""
    asyncio.run(_send(count))
    stack.start_service("functions")
    return asyncio.run(_ended(stack, count))


async def _send(count: int) -> None:
    from core.platform.storage import Queue

    queue = Queue(settings.get(settings.JobSettings).queue)
    try:
        for n in range(count):
            await queue.send(json.dumps({"n": n}))
    finally:
        await connections.close_all()


async def _ended(stack: Stack, count: int) -> float:
    async with asyncio.timeout(_LONGEST):
        while True:
            await asyncio.sleep(0.5)
            counted = await asyncio.to_thread(_counted, stack.url("functions"))
            if counted["count"] >= count:
                return count / (counted["last"] - counted["first"])


def _counted(url: str) -> Mapping[str, float]:
    with urllib.request.urlopen(f"{url}/api/health", timeout=10) as answer:
        counted: dict[str, float] = json.load(answer)
        return counted


def measured(run: Run, app_dir: Path, count: int, people: int) -> float:
    """Run once on a stack of its own."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Stack(
            Path(folder),
            asked=ports.spares(),
            only=("azurite", "cosmos"),
            app_dir=app_dir,
            values=_job_settings(),
        ) as stack,
    ):
        os.environ.update(stack.settings)
        for cached in _caches():
            cached.cache_clear()
        return run(stack, count, people)


def _job_settings() -> dict[str, str]:
    """Return the example's settings of jobs, and secrets; where the services are, the stack itself says."""
    first = appsettings.fresh(REPOSITORY)
    return {
        **{name: value for name, value in first.items() if "TASTE_JOB" in name},
        **{name: first[name] for name in appsettings.GENERATED},
        "TASTE_JOB_RECONCILE_AFTER_SECONDS": "600",
    }


def _caches() -> tuple[Any, ...]:
    from core.jobs import repository

    return (settings.get, repository.jobs, repository.dead_letters)


def measure(quick: bool) -> list[Row]:
    """Return the row."""
    return [Row.ratio(JOBS, *compared(2 * PEOPLE if quick else 400, PEOPLE, 1 if quick else 5))]


def compared(jobs: int, people: int, rounds: int) -> tuple[list[float], list[float]]:
    """Return taste jobs and empty flows per second, of rounds that took turns."""
    taste, empty = [], []
    for number in range(1, rounds + 1):
        empty.append(measured(empty_flows, EMPTY_APP, jobs, people))
        taste.append(measured(taste_jobs, REPOSITORY, jobs, people))
        print(f"  round {number}/{rounds}: {taste[-1]:.1f} jobs/s, {empty[-1]:.1f} empty flows/s", flush=True)
    return taste, empty


def main() -> int:
    """Print the table; 1 if the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=count, default=400)
    parser.add_argument("--people", type=count, default=PEOPLE)
    parser.add_argument("--rounds", type=count, default=3)
    asked = parser.parse_args()
    if asked.people <= MOST_WRITTEN:
        parser.error(f"with {MOST_WRITTEN} people or fewer no profile is ever read")
    taste, empty = compared(asked.jobs, asked.people, asked.rounds)
    print(f"empty flows per second   {statistics.median(empty):8.1f}   {[round(x, 1) for x in empty]}")
    print(f"taste jobs per second    {statistics.median(taste):8.1f}   {[round(x, 1) for x in taste]}")
    row = Row.ratio(JOBS, taste, empty)
    print(f"ratio                    {row.value:8.2f}   target >= {JOBS.least}: {row.verdict}")
    return 0 if row.met else 1


if __name__ == "__main__":
    sys.exit(main())
