"""Cold start: import and index ``function_app``, against importing the two Azure libraries alone.

Each measurement is a fresh process, both kinds in turn, with compiled bytecode. Counted is processor time
from the first import to the last function's bindings, without the interpreter's own start; the files are
in the system's cache, so the disk does not count.
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
TARGETS = (COLD,)
_TIMED = "import time; began = time.process_time(); {}; print(time.process_time() - began)"
_OURS = "import function_app; [f.get_bindings() for f in function_app.app.get_functions()]"
_THEIRS = "import azure.functions, azure.durable_functions"


def measure(quick: bool) -> list[Row]:
    """Return the row."""
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as compiled:
        for statement in (_OURS, _THEIRS):
            _seconds(statement, compiled)
        for number in range(1, (rounds := 5 if quick else 15) + 1):
            ours.append(_seconds(_OURS, compiled))
            theirs.append(_seconds(_THEIRS, compiled))
            shown = f"app {ours[-1] * 1e3:.0f} ms, libraries alone {theirs[-1] * 1e3:.0f} ms"
            print(f"  round {number}/{rounds}: {shown}", flush=True)
    return [Row.ratio(COLD, ours, theirs)]


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
