"""What `make` makes first: a `.venv` that can install, whatever an earlier try left behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

from devstack.process import REPOSITORY

type Eventually = Callable[[Callable[[], bool], str], None]

_MADE = "mkdir -p .venv/bin && ln -s /bin/true .venv/bin/python && ln -s /bin/true .venv/bin/uv"
_STUCK = "mkdir -p .venv/bin && exec sleep 60"


@pytest.fixture
def setup(tmp_path: Path) -> Callable[[str], subprocess.Popen[str]]:
    """Start setup.sh in a folder of its own, where the Python it finds makes a `.venv` by a command."""
    (tmp_path / "devstack").mkdir()
    for script in ("setup.sh", "find-python.sh"):
        shutil.copy(REPOSITORY / "devstack" / script, tmp_path / "devstack")
    (tmp_path / "requirements-dev.txt").write_text("uv==1\n")

    def start(makes: str) -> subprocess.Popen[str]:
        base = tmp_path / "python"
        base.write_text(f'#!/bin/sh\n[ "$1" = -c ] && echo "$0" && exit\n{makes}\n')
        base.chmod(0o755)
        return subprocess.Popen(
            ["sh", "devstack/setup.sh", ".venv/.installed-1"],
            cwd=tmp_path,
            env={**os.environ, "PYTHON": str(base)},
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    return start


def test_a_venv_without_pip_is_made_again(
    setup: Callable[[str], subprocess.Popen[str]], tmp_path: Path
) -> None:
    venv.create(tmp_path / ".venv", symlinks=True)  # what a kill in the middle of it leaves
    started = setup(_MADE)
    said, _ = started.communicate(timeout=30)
    assert started.returncode == 0, said
    assert "making .venv" in said
    assert (tmp_path / ".venv" / ".installed-1").exists()


def test_a_venv_whose_install_was_cut_is_made_again(
    setup: Callable[[str], subprocess.Popen[str]], tmp_path: Path
) -> None:
    cut = _MADE.replace("/bin/true .venv/bin/uv", "/bin/false .venv/bin/uv") + " && touch .venv/torn"
    cut = cut.replace("/bin/true .venv/bin/python", '"$PWD/once" .venv/bin/python')
    (tmp_path / "once").write_text('#!/bin/sh\n[ "$1" = -c ]\n')  # runs, and its pip installs nothing
    (tmp_path / "once").chmod(0o755)
    with setup(cut) as failed:
        failed.communicate(timeout=30)
    assert failed.returncode != 0
    assert (tmp_path / ".venv" / "torn").exists()
    with setup(_MADE) as again:
        said, _ = again.communicate(timeout=30)
    assert again.returncode == 0, said
    assert not (tmp_path / ".venv" / "torn").exists()


def test_an_interrupt_leaves_no_half_made_venv(
    setup: Callable[[str], subprocess.Popen[str]], tmp_path: Path, eventually: Eventually
) -> None:
    with setup(_STUCK) as started:
        eventually((tmp_path / ".venv" / "bin").exists, "the venv is being made")
        os.killpg(started.pid, signal.SIGTERM)  # Ctrl-C's SIGINT is ignored by what runs in the background
        assert started.wait(30) != 0
    assert not (tmp_path / ".venv").exists()


def test_a_venv_that_can_install_stays(setup: Callable[[str], subprocess.Popen[str]], tmp_path: Path) -> None:
    subprocess.run(["sh", "-c", _MADE], cwd=tmp_path, check=True)
    said, _ = setup("exit 1").communicate(timeout=30)
    assert "making" not in said
