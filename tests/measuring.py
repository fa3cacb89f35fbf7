"""Coverage of a process that is about to be killed: asked by SIGUSR1, it saves what was measured so far.

A plugin of coverage (``[tool.coverage.run]``), so it is in every process that is measured, and nowhere else.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from types import FrameType
from typing import Any

import coverage
import psutil

_PATIENCE = 5.0


def coverage_init(registry: Any, options: Any) -> None:
    """Have this process save when it is asked to; called by coverage."""
    signal.signal(signal.SIGUSR1, _save)


def _save(number: int, frame: FrameType | None) -> None:
    measured = coverage.Coverage.current()
    if measured is not None:
        measured.save()
        _said(os.getpid()).touch()


def _said(pid: int) -> Path:
    return Path(f".coverage-saved-{pid}")


def variables() -> dict[str, str]:
    """Return what a child with an environment of its own needs to be measured too, if we are."""
    measured = coverage.Coverage.current() is not None
    named = ("PYTHONPATH", "COVERAGE_PROCESS_CONFIG") if measured else ()
    return {name: os.environ[name] for name in named if name in os.environ}


def keep(leash: int) -> None:
    """Have the functions host on a leash save what was measured, if this run is measured at all."""
    if coverage.Coverage.current() is None:
        return
    for process in psutil.Process(leash).children(recursive=True):
        if "devstack.functions" in process.cmdline():
            process.send_signal(signal.SIGUSR1)
            deadline = time.monotonic() + _PATIENCE
            while not _said(process.pid).exists() and time.monotonic() < deadline:
                time.sleep(0.02)
            _said(process.pid).unlink(missing_ok=True)
