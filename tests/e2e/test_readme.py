"""The README's walk-through, pasted into a shell as a newcomer would."""

from __future__ import annotations

import asyncio
import json
import os
import re
from pathlib import Path

from tests.fixtures.app import FunctionsHost

ROOT = Path(__file__).parents[2]


async def test_the_walk_through_works_to_the_end(functions_host: FunctionsHost, tmp_path: Path) -> None:
    found = re.search(r"<!-- walk-through -->\n```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert found
    for name in (".venv", "tests"):
        (tmp_path / name).symlink_to(ROOT / name)
    shell = await asyncio.create_subprocess_exec(
        "bash",
        "-euo",
        "pipefail",
        "-c",
        found[1],
        cwd=tmp_path,
        env={**os.environ, "PLUCKIT": functions_host.url},
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await shell.communicate()
    assert shell.returncode == 0
    worn, listed = (json.loads(line) for line in printed.decode().replace("}{", "}\n{").splitlines())
    assert worn["wear_count"] == 1
    assert [item["name"] for item in listed["items"]] == ["Flight suit"]
    assert (tmp_path / "cutout.webp").read_bytes()[8:12] == b"WEBP"
