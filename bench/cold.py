"""Cold start: import and index ``function_app``, against importing the two Azure libraries alone.

Each measurement is a fresh process, both kinds in turn, with compiled bytecode. Counted is processor time
from the first import to the last function's bindings, without the interpreter's own start; the files are
in the system's cache, so the disk does not count.

The target is missed. The second row shows what pydantic takes of it, of which every request and answer is
made. The rest is spread thin: declaring a route names its models, so that indexing makes the classes of
all domains, about 250 models and 100 dataclasses in 180 modules. Their schemas are not built before their
first use, and no SDK is imported. To make the classes later as well, routes would have to name their
models without importing them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from bench.rows import Row, Target
from devstack.process import REPOSITORY

COLD = Target(
    "cold start: import and index `function_app`",
    "importing `azure.functions` and `azure.durable_functions` alone",
    most=1.5,
)
PYDANTIC = Target("cold start: the same libraries and pydantic, without the app", COLD.against)
TARGETS = (COLD, PYDANTIC)
_TIMED = "import time; began = time.process_time(); {}; print(time.process_time() - began)"
_OURS = "import function_app; [f.get_bindings() for f in function_app.app.get_functions()]"
_THEIRS = "import azure.functions, azure.durable_functions"
_WITH_PYDANTIC = f"{_THEIRS}; from pydantic import BaseModel; type('Empty', (BaseModel,), {{}})"


def measure(quick: bool) -> list[Row]:
    """Return the rows."""
    times: dict[str, list[float]] = {_OURS: [], _WITH_PYDANTIC: [], _THEIRS: []}
    with tempfile.TemporaryDirectory() as compiled:
        for statement in times:
            _seconds(statement, compiled)
        for number in range(1, (rounds := 3 if quick else 15) + 1):
            for statement, found in times.items():
                found.append(_seconds(statement, compiled))
            app, pydantic, alone = (found[-1] * 1e3 for found in times.values())
            shown = f"app {app:.0f} ms, with pydantic {pydantic:.0f} ms, libraries alone {alone:.0f} ms"
            print(f"  round {number}/{rounds}: {shown}", flush=True)
    alone = times[_THEIRS]
    return [Row.ratio(COLD, times[_OURS], alone), Row.ratio(PYDANTIC, times[_WITH_PYDANTIC], alone)]


def _seconds(statement: str, compiled: str) -> float:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-c", _TIMED.format(statement)],
        cwd=REPOSITORY,
        env={**environment, "PYTHONPYCACHEPREFIX": compiled},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return float(done.stdout)
