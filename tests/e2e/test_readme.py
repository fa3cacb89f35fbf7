"""The README's walk-through, pasted into a shell as a newcomer would."""

from __future__ import annotations

import asyncio
import json
import os
import re
from pathlib import Path

from devstack import ports
from tests.fixtures.app import FunctionsHost

ROOT = Path(__file__).parents[2]


async def _pasted(folder: Path, url: str, *options: str) -> tuple[asyncio.subprocess.Process, str, str]:
    """Run the walk-through in ``folder``; the shell that ended, what it printed and what it complained of."""
    found = re.search(r"<!-- walk-through -->\n```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert found
    for name in (".venv", "tests"):
        (folder / name).symlink_to(ROOT / name)
    shell = await asyncio.create_subprocess_exec(
        "bash",
        *options,
        "-c",
        found[1],
        cwd=folder,
        env={**os.environ, "PLUCKIT": url},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, complaints = await shell.communicate()
    return shell, printed.decode(), complaints.decode()


async def test_the_walk_through_works_to_the_end(functions_host: FunctionsHost, tmp_path: Path) -> None:
    shell, printed, complaints = await _pasted(tmp_path, functions_host.url, "-euo", "pipefail")
    assert shell.returncode == 0, complaints
    worn, listed = (json.loads(line) for line in printed.replace("}{", "}\n{").splitlines())
    assert worn["wear_count"] == 1
    assert [item["name"] for item in listed["items"]] == ["Flight suit"]
    assert (tmp_path / "cutout.webp").read_bytes()[8:12] == b"WEBP"


async def test_a_walk_without_a_stack_says_so_in_sentences(tmp_path: Path) -> None:
    url = f"http://{ports.HOST}:{ports.spare()}"
    _, printed, complaints = await _pasted(tmp_path, url)
    assert printed.startswith(f"Nothing answers at {url}.")
    assert 'No ["access_token"] in the answer: there is none' in complaints
    assert "Traceback" not in complaints
