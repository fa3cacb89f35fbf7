"""Every benchmark, one after the other, compared with its targets: ``make bench`` and ``make bench-quick``.

Each runs in a process of its own (``bench.alone``); when one fails, the others still run. ``make bench``
then writes ``docs/benchmarks.md``, but only from a whole run in which everything could be measured;
``--write`` writes it from what there is. Exit status 1 if a target is missed or a row could not be
measured; which, is said below the table. The quick forms leave out ``call`` with the emulator, which only
informs. Figures of a machine that does other work at the same time are worth little.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

import psutil

from bench import page
from bench.alone import BENCHES, bench
from bench.rows import Result, restored, table
from devstack.process import REPOSITORY

LONGEST = {True: 300.0, False: 2400.0}
"""Seconds after which a benchmark counts as hung, quick and in full."""
_GRACE = 40.0
"""Seconds an interrupted benchmark has to stop what it started."""


def run(name: str, quick: bool) -> Result:
    """Run one benchmark in a process of its own."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder) / "rows.json"
        failure = _ended(name, quick, rows)
        targets = bench(name).TARGETS
        found = () if failure else restored(json.loads(rows.read_text()), targets)
    return Result(name, targets, found, failure, time.monotonic() - began)


def _ended(name: str, quick: bool, rows: Path) -> str | None:
    """Run a benchmark to its end; return what went wrong."""
    command = [sys.executable, "-m", "bench.alone", name, "--rows", str(rows)]
    running = subprocess.Popen(
        [*command, *(["--quick"] if quick else [])],
        cwd=REPOSITORY,
        start_new_session=True,  # Ctrl-C reaches this process alone, which then stops the other once
    )
    try:
        status = running.wait(LONGEST[quick])
    except subprocess.TimeoutExpired:
        return f"took more than {LONGEST[quick]:.0f} s"
    finally:
        _stop(running)
    return f"ended with status {status}, see above" if status else None


def _stop(running: subprocess.Popen[bytes]) -> None:
    """Let a benchmark that still runs stop what it started; then kill what is left of it."""
    if running.poll() is not None:
        return
    below = psutil.Process(running.pid).children(recursive=True)
    running.send_signal(signal.SIGINT)
    with contextlib.suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
        running.wait(_GRACE)
    running.kill()
    for process in below:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    running.wait()


def _interrupted(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def conclude(results: Sequence[Result], asked: argparse.Namespace) -> int:
    """Print the table and what is wrong, write the page where that is due; return the exit status."""
    print(f"\n{table(results)}\n")
    wrong = [line for result in results for line in result.wrong]
    print("\n".join(["Missed:", *wrong]) if wrong else "Every target is met.")
    whole = [result.bench for result in results] == [*BENCHES] and all(result.complete for result in results)
    if asked.write or (whole and not asked.quick):
        page.PAGE.write_text(page.rendered(results))
        print(f"wrote {page.PAGE.relative_to(REPOSITORY)}")
    elif not asked.quick:
        print(
            f"{page.PAGE.relative_to(REPOSITORY)} is left as it is: this was no whole run (--write to force)."
        )
    return 1 if wrong else 0


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "--quick", action="store_true", help="smaller forms, under two minutes in all; writes nothing"
    )
    parser.add_argument(
        "--only", nargs="+", choices=BENCHES, metavar="NAME", help=f"some of: {', '.join(BENCHES)}"
    )
    parser.add_argument(
        "--write", action="store_true", help="write the page even if not everything was measured"
    )
    asked = parser.parse_args()
    if asked.quick and asked.write:
        parser.error("the page is not written from the quick forms")
    for stopped_by in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stopped_by, _interrupted)
    chosen = [name for name in BENCHES if not asked.only or name in asked.only]
    results: list[Result] = []
    try:
        for number, name in enumerate(chosen, 1):
            print(f"[{number}/{len(chosen)}] {name}", flush=True)
            results.append(run(name, asked.quick))
            print(f"  {name} took {results[-1].seconds:.0f} s", flush=True)
    except KeyboardInterrupt:
        print("\nstopped; nothing is left running")
        return 130
    return conclude(results, asked)


if __name__ == "__main__":
    sys.exit(main())
