"""``python -m tests.soak [--seconds N] [--seed N] [--people N]``: the long form; 1 if something is broken."""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import signal
import sys
from collections.abc import Sequence

from devstack import asking
from devstack.process import REPOSITORY
from tests.soak.invariants import Verdict
from tests.soak.plan import Plan
from tests.soak.run import soak

FOLDER = REPOSITORY / ".devstack" / "soak"
"""Data and logs of the last run, to look into when it has failed."""


def wanted(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument(
        "--seconds", type=asking.seconds, default=600, help="of traffic (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, help="of a run that is to be repeated")
    parser.add_argument("--people", type=asking.count, default=6, help="at a time (default: %(default)s)")
    return parser.parse_args(arguments)


def main() -> int:
    """Run it."""
    asked = wanted()
    seed = random.randrange(10**6) if asked.seed is None else asked.seed
    print(f"soaking for {asked.seconds:g} s of traffic, SEED={seed}", flush=True)
    try:
        shutil.rmtree(FOLDER, ignore_errors=True)
        verdicts = asyncio.run(_soaked(Plan(asked.seconds, seed, asked.people)))
    except (KeyboardInterrupt, asyncio.CancelledError):
        print("\nstopped; nothing is left running")
        return 130
    broken = [verdict.name for verdict in verdicts if not verdict.holds]
    print(f"\nlogs of all services: {FOLDER / 'logs'}")
    print(f"{len(verdicts) - len(broken)} of {len(verdicts)} invariants hold", flush=True)
    return 1 if broken else 0


async def _soaked(plan: Plan) -> list[Verdict]:
    """Soak until the end or until stopped, which lets the stack stop too."""
    soaking = asyncio.ensure_future(soak(plan, FOLDER, _say))
    for stopped_by in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(stopped_by, soaking.cancel)
    return await soaking


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
