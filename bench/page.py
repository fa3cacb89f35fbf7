"""``docs/benchmarks.md``: written from a run, so that no figure in it is anybody's claim."""

from __future__ import annotations

import inspect
import platform
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

from bench.alone import BENCHES, bench
from bench.rows import HEADINGS, Result, cells
from devstack.process import REPOSITORY

PAGE = REPOSITORY / "docs" / "benchmarks.md"
_LIBRARIES = (
    "azure-functions",
    "azure-functions-durable",
    "azure-functions-runtime",
    "durabletask",
    "pydantic",
    "fastapi",
)


def rendered(results: Sequence[Result]) -> str:
    """Return the page of a run; benchmarks that did not run have their rows, without figures."""
    ran = {result.bench: result for result in results}
    every = [ran.get(name, Result(name, bench(name).TARGETS)) for name in BENCHES]
    return "\n".join([*_head(), "", *_rows(every), "", *_how()])


_INTRODUCTION = """# Benchmarks

Written by `make bench`; not edited by hand. Each number is a ratio to its comparator in the same run, or held
to a limit of its own; `median` is that of the runs, `spread` from the least to the most. `make bench-quick`
measures smaller forms in under two minutes, `python -m bench --only NAME` some, `python -m bench.alone NAME`
a single one."""


def _head() -> Iterator[str]:
    memory = psutil.virtual_memory().total / 2**30
    yield _INTRODUCTION
    yield "\n| | |\n| --- | --- |"
    yield f"| date | {datetime.now(UTC):%Y-%m-%d %H:%M} UTC |"
    yield f"| machine | {psutil.cpu_count()} cores, {_processor()}, {memory:.0f} GB memory |"
    yield f"| system | {platform.system()} {platform.release().split('-')[0]} |"
    yield f"| Python | {platform.python_version()} |"
    yield f"| libraries | {', '.join(f'{name} {version(name)}' for name in _LIBRARIES)} |"


def _processor() -> str:
    """Return the processor's model (Linux)."""
    information = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*:\s*(.+)", information.read_text() if information.exists() else "")
    return found[1].strip() if found else platform.machine()


def _rows(results: Sequence[Result]) -> Iterator[str]:
    yield f"| {' | '.join(HEADINGS)} |"
    yield f"| {' | '.join('---' for _ in HEADINGS)} |"
    for result in results:
        for target in result.targets:
            yield f"| {' | '.join(cells(result, target))} |"


def _how() -> Iterator[str]:
    yield "## How it is measured"
    for name in BENCHES:
        yield f"\n### {name}\n"
        yield inspect.cleandoc(bench(name).__doc__ or "").replace("``", "`")
    yield ""
