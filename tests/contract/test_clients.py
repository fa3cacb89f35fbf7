"""Clients generated from docs/openapi.json compile, and do what people do with the running app."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from devstack import node
from devstack.clients import generating
from tests.contract.walking import DOCS
from tests.fixtures.app import FunctionsHost

HERE = Path(__file__).parent / "clients"
JOURNEY = [
    "wears 1",
    "quiz completed, opinions some",
    "chat done, words",
    "digest read",
    "problem /problems/item-not-found",
]


async def run(*command: str | Path, folder: Path) -> str:
    """Run a stranger's program to its end; return what it printed, which is its complaint where it failed.

    It is no part of this project, so where coverage is measured it is not: it could not load our plugin.
    """
    ours = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    started = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env={**ours, "NODE_NO_WARNINGS": "1", "PYTHONPATH": str(folder)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed = (await started.communicate())[0].decode()
    assert started.returncode == 0, printed
    return printed


@pytest.fixture
def journey(functions_host: FunctionsHost) -> list[str]:
    """What a journey is told: where the app is, who goes, and with which photo."""
    return [functions_host.url, f"{uuid4()}@example.org", str(DOCS / "examples" / "shirt.jpg")]


async def test_a_typescript_client_compiles_strictly_and_completes_the_journey(
    tmp_path: Path, journey: list[str]
) -> None:
    await asyncio.to_thread(generating.typescript, tmp_path)
    for name in ("journey.ts", "main.mjs", "tsconfig.json"):
        shutil.copy(HERE / name, tmp_path)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    await run(node.executable(), node.MODULES / "typescript" / "bin" / "tsc", "-p", ".", folder=tmp_path)
    printed = await run(node.executable(), "main.mjs", *journey, folder=tmp_path)
    assert printed.splitlines() == JOURNEY


async def test_a_python_client_imports_and_completes_the_journey(tmp_path: Path, journey: list[str]) -> None:
    await asyncio.to_thread(generating.python, tmp_path / "client")
    printed = await run(sys.executable, HERE / "journey.py", *journey, folder=tmp_path / "client")
    assert printed.splitlines() == JOURNEY
