"""Judges of mutants: the tests that run a mutant's lines, in a process forked for it.

The process that forks has loaded every library but nothing that is mutated, so a child only loads the app.
The emulators run once; each place at work has a database and queues of its own, which its children share.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import coverage
import hypothesis
import pytest
from hypothesis import Phase

import devstack.stack
from devstack.process import REPOSITORY
from devstack.stack import Stack
from tests.mutation.mutants import Mutant

OURS = ("blueprints", "core", "devstack", "function_app", "orchestrations", "tests", "bench")
QUIET = (
    *("-x", "-q", "-p", "no:cacheprovider", "--no-header"),
    *("--assert=plain", "--hypothesis-profile=judging"),
)


class _Source(SourceFileLoader):
    """Loads given source in place of a file's, and leaves no bytecode of it."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutated = str(REPOSITORY / mutant.path)
        self._source = mutant.source.encode()
        super().__init__(mutant.module, self._mutated)

    def path_stats(self, path: Any) -> Mapping[str, Any]:
        raise OSError

    def get_data(self, path: str) -> bytes:
        return self._source if path == self._mutated else super().get_data(path)


@dataclass(frozen=True)
class Mutated(MetaPathFinder):
    """Finds the mutant where its module is imported."""

    mutant: Mutant

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self.mutant.module:
            return None
        file = REPOSITORY / self.mutant.path
        search = [str(file.parent)] if file.name == "__init__.py" else None
        return spec_from_file_location(
            fullname, file, loader=_Source(self.mutant), submodule_search_locations=search
        )


@dataclass(frozen=True)
class Place:
    """The emulators as one place at work sees them: ``number`` keeps its data apart."""

    stack: Stack
    number: int
    settings: Mapping[str, str] = field(default_factory=dict)

    def with_settings(self, values: Mapping[str, str]) -> Place:
        """Return the place as tests see it that ask for a stack with ``values``."""
        apart = f"judged{self.number}"
        own = {
            "COSMOS_DB_DATABASE": apart,
            "TASTE_JOB_QUEUE_NAME": f"{apart}-jobs",
            "TASTE_JOB_DEAD_LETTER_QUEUE_NAME": f"{apart}-dead",
        }
        return replace(self, settings={**values, **self.stack.settings, **own})

    def furnish(self) -> Place:
        """Make the place's database, containers and queues; return the place."""
        environment = {**os.environ, **self.with_settings({}).settings}
        subprocess.run(
            [sys.executable, "-m", "devstack.provision"], cwd=REPOSITORY, env=environment, check=True
        )
        return self

    def url(self, name: str) -> str:
        """Return the base URL of an emulator."""
        return self.stack.url(name)

    def check(self) -> None:
        """Nothing: who started the emulators looks after them."""


@dataclass(frozen=True)
class Bench:
    """What the tests do on the untouched code: which of them run a line, and how long each takes."""

    seconds: Mapping[str, float]
    by_line: Mapping[str, Mapping[int, frozenset[str]]]

    def of(self, mutant: Mutant) -> list[str]:
        """Return the tests to ask, quickest first; for what runs at import all that use the module."""
        lines = self.by_line.get(mutant.path, {})
        found = frozenset[str]().union(*(lines.get(line, frozenset()) for line in mutant.lines))
        return sorted(found or frozenset().union(*lines.values()), key=lambda test: self.seconds[test])


class _Recorder:
    """Notes each test's time, and has coverage tell the tests apart."""

    def __init__(self, measured: coverage.Coverage) -> None:
        self._measured = measured
        self.seconds: defaultdict[str, float] = defaultdict(float)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._measured.switch_context(nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            self.seconds[report.nodeid] += report.duration


def _run(arguments: Sequence[str], place: Place, *plugins: object) -> int:
    hypothesis.settings.register_profile(
        "judging", deadline=None, database=None, derandomize=True, phases=[Phase.explicit, Phase.generate]
    )
    devstack.stack.Stack = _attaching(place)  # type: ignore[misc]  # what the fixtures start a stack with
    return int(pytest.main([*QUIET, *arguments], plugins=list(plugins)))


def _attaching(place: Place) -> Any:
    @contextmanager
    def attach(*_: Any, values: Mapping[str, str], **__: Any) -> Iterator[Place]:
        yield place.with_settings(values)

    return attach


def _mute() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def start(mutant: Mutant, tests: Sequence[str], place: Place) -> int:
    """Fork a process that judges; its id. It exits with 0 where the mutant survived."""
    if child := os.fork():
        return child
    try:
        os.setpgid(0, 0)
        _mute()
        sys.meta_path.insert(0, Mutated(mutant))
        code = _run(tests, place)
    except BaseException:  # noqa: BLE001 - whatever happens to the judge, happened because of the mutant
        code = 1
    os._exit(code)


def end(child: int) -> None:
    """Kill a judge and whatever it started."""
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)


def measure(judges: Sequence[str], packages: Sequence[str], place: Place, notes: Path) -> Bench:
    """Run the judges on the untouched code, in a child; load what libraries they need in this process.

    Raises:
        RuntimeError: they do not pass.
    """
    child = os.fork()
    if not child:
        measured = coverage.Coverage(data_file=None, source=list(packages), branch=False, config_file=False)
        recorder = _Recorder(measured)
        measured.start()
        code = _run(judges, place, recorder)
        measured.stop()
        if code == 0:
            notes.write_text(json.dumps(_noted(measured, recorder)))
        sys.stdout.flush()
        os._exit(code)
    if os.waitpid(child, 0)[1] != 0:
        raise RuntimeError("The judges do not pass on the untouched code.")
    noted = json.loads(notes.read_text())
    _load(noted["libraries"])
    by_line = {
        path: {int(line): frozenset(tests) for line, tests in lines.items()}
        for path, lines in noted["by_line"].items()
    }
    return Bench(noted["seconds"], by_line)


def _noted(measured: coverage.Coverage, recorder: _Recorder) -> dict[str, Any]:
    data = measured.get_data()
    by_line = {
        str(Path(file).relative_to(REPOSITORY)): {
            line: [test for test in contexts if test]
            for line, contexts in data.contexts_by_lineno(file).items()
        }
        for file in data.measured_files()
    }
    libraries = [name for name in sys.modules if not name.startswith(OURS)]
    return {"seconds": recorder.seconds, "by_line": by_line, "libraries": libraries}


def _load(libraries: Iterable[str]) -> None:
    for name in libraries:
        with suppress(Exception):
            importlib.import_module(name)
