"""Cold start: import and index ``function_app``, against importing the two Azure libraries alone.

Each measurement is a fresh process, all kinds in turn, with compiled bytecode. Counted is processor time
from the first import to the last function's bindings, without the interpreter's own start; the files are
in the system's cache, so the disk does not count.

Indexing loads no domain and not pydantic (docs/adr/0013-models-load-with-the-first-call.md). Where that cost
went is shown by the last two rows: what the first call of a process pays besides, for a person who asks for
their wardrobe, from a dict in the place of the database, and what pydantic alone would have taken of a start.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping

from bench.rows import Row, Target
from devstack import appsettings
from devstack.process import REPOSITORY

COLD = Target(
    "cold start: import and index `function_app`",
    "importing `azure.functions` and `azure.durable_functions` alone",
    most=1.5,
)
FIRST = Target("cold start: the same, and the first signed-in call answered", COLD.against)
PYDANTIC = Target("cold start: the same libraries and pydantic, without the app", COLD.against)
TARGETS = (COLD, FIRST, PYDANTIC)
_TIMED = "import time; began = time.process_time()\n{}\nprint(time.process_time() - began)"
_OURS = "import function_app; found = function_app.app.get_functions(); [f.get_bindings() for f in found]"
_THEIRS = "import azure.functions, azure.durable_functions"
_WITH_PYDANTIC = f"{_THEIRS}; from pydantic import BaseModel; type('Empty', (BaseModel,), {{}})"
_ANSWERED = f"""{_OURS}
import asyncio, os
from azure.functions import HttpRequest
from bench import memory
memory.install()
functions = {{f.get_function_name(): f.get_user_function() for f in found}}
headers = {{"authorization": f"Bearer {{os.environ['BENCH_TOKEN']}}"}}
asked = HttpRequest("GET", "http://localhost/api/vault/items", headers=headers, body=b"")
assert asyncio.run(functions["list_vault_items"](asked)).status_code == 200
"""
_TOKEN = """
from uuid import uuid4
from core.identity import authority
from core.platform import clock
user = str(uuid4())
print(authority.access_tokens().issue(user_id=user, email=None, session_id=user, now=clock.now()))
"""


def measure(quick: bool) -> list[Row]:
    """Return the rows."""
    times: dict[str, list[float]] = {_OURS: [], _ANSWERED: [], _WITH_PYDANTIC: [], _THEIRS: []}
    with tempfile.TemporaryDirectory() as compiled:
        environment = _environment(compiled)
        for statement in times:
            _seconds(statement, environment)
        for number in range(1, (rounds := 3 if quick else 15) + 1):
            for statement, found in times.items():
                found.append(_seconds(statement, environment))
            app, first, pydantic, libraries = (found[-1] * 1e3 for found in times.values())
            shown = (
                f"app {app:.0f} ms, with its first answer {first:.0f} ms, libraries alone {libraries:.0f} ms"
            )
            print(f"  round {number}/{rounds}: {shown}, with pydantic {pydantic:.0f} ms", flush=True)
    ours, answered, with_pydantic, alone = times.values()
    return [Row.ratio(COLD, ours, alone), Row.ratio(FIRST, answered, alone),
            Row.ratio(PYDANTIC, with_pydantic, alone)]  # fmt: skip


def _environment(compiled: str) -> Mapping[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment = {**inherited, **appsettings.fresh(REPOSITORY), "PYTHONPYCACHEPREFIX": compiled}
    return {**environment, "BENCH_TOKEN": _run(_TOKEN, environment)}


def _seconds(statement: str, environment: Mapping[str, str]) -> float:
    return float(_run(_TIMED.format(statement), environment))


def _run(script: str, environment: Mapping[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=REPOSITORY,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout.strip()
