"""Small stacks of their own, for tests that restart and kill."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from devstack import ports
from devstack.stack import Stack


@pytest.fixture
def small_stack(tmp_path: Path) -> Callable[..., Stack]:
    """Make a stack of the Cosmos emulator alone; each call is one more on the same data."""

    def make(say: Callable[[str], None] = print) -> Stack:
        return Stack(tmp_path / "state", asked=ports.spares(), only=["cosmos"], values={}, say=say)

    return make


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool], str], None]:
    """Poll a condition for at most ten seconds."""

    def wait(condition: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + 10
        while not condition():
            assert time.monotonic() < deadline, f"not within ten seconds: {what}"
            time.sleep(0.02)

    return wait
