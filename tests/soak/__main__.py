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
    shutil.rmtree(FOLDER, ignore_errors=True)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        verdicts = asyncio.run(soak(Plan(asked.seconds, seed, asked.people), FOLDER, _say))
    except KeyboardInterrupt:
        print("\nstopped; nothing is left running")
        return 130
    broken = [verdict.name for verdict in verdicts if not verdict.holds]
    print(f"\nlogs of all services: {FOLDER / 'logs'}")
    print(f"{len(verdicts) - len(broken)} of {len(verdicts)} invariants hold", flush=True)
    return 1 if broken else 0


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
