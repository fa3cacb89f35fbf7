"""One benchmark by itself: ``python -m bench.alone NAME [--quick] [--rows FILE]``.

``python -m bench`` runs each so, in a process of its own: the worker library holds one app per process,
settings are read from the environment, and what one benchmark breaks the others do not see.
"""

from __future__ import annotations

import argparse
import importlib
import json
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, cast

from bench.rows import Row, Target, show

BENCHES = ("call", "cold", "chat", "jobs", "digest", "image", "quiz", "feed", "stylist", "telemetry")
"""All of them, in the order in which they run."""


class Bench(Protocol):
    """A module ``bench.<name>``; its docstring says how it measures."""

    __doc__: str | None
    TARGETS: Sequence[Target]
    measure: Callable[[bool], list[Row]]


def bench(name: str) -> Bench:
    """Return a benchmark's module."""
    return cast("Bench", importlib.import_module(f"bench.{name}"))


def main() -> int:
    """Measure, print, and keep the rows where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("name", choices=BENCHES)
    parser.add_argument("--quick", action="store_true", help="a smaller form")
    parser.add_argument("--rows", type=Path, help="write them into this file, as JSON, and print no table")
    asked = parser.parse_args()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored, where a shell started it with `&`
    try:
        rows = bench(asked.name).measure(asked.quick)
    except KeyboardInterrupt:
        return 130
    if asked.rows is None:
        return show(asked.name, rows)
    asked.rows.write_text(json.dumps([row.stored() for row in rows]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
