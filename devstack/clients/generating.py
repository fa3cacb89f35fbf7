"""Runs the generators, which are pinned with everything else a developer needs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from devstack.node import MODULES, executable
from devstack.openapi import TARGET
from devstack.process import StackError

HERE = Path(__file__).parent


def typescript(target: Path) -> None:
    """Write ``schema.ts`` for ``openapi-fetch`` into ``target``, and beside it the way to what it imports.

    Raises:
        StackError: the generator could not read the document.
    """
    target.mkdir(parents=True, exist_ok=True)
    modules = target / "node_modules"
    if not modules.is_symlink():
        modules.symlink_to(MODULES, target_is_directory=True)
    script = MODULES / ".pluckit-types.mjs"  # where Node finds what it imports
    script.write_bytes((HERE / "typescript.mjs").read_bytes())
    _run(executable(), script, TARGET, target / "schema.ts")


def python(target: Path) -> None:
    """Write the package ``pluckit_client`` into ``target``.

    Raises:
        StackError: the generator could not read the document.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    generator = Path(sys.executable).with_name("openapi-python-client")
    _run(
        *(generator, "generate", "--path", TARGET, "--config", HERE / "python.yml"),
        *("--output-path", target, "--overwrite"),
    )


def _run(*command: str | Path) -> None:
    done = subprocess.run(
        [str(part) for part in command],
        env={**os.environ, "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise StackError(f"{Path(command[0]).name} failed:\n{done.stdout[-4000:]}")
