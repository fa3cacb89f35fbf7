"""The last flush of a process that ends, bounded: by itself the SDK waits half a minute for a dead collector.

Each provider has a thread that waits for the end from the start, as none can be started at exit any more
(Python 3.12), and as one that waits for its collector must not keep the others from theirs.
"""

from __future__ import annotations

import atexit
import threading
import time
from collections.abc import Callable
from typing import Final

PATIENCE: Final = 3.0
"""Seconds that all last flushes together may keep the process; what has not left by then is lost."""

_over: Final = threading.Event()
_waiting: Final[list[threading.Thread]] = []


def at_exit(shutdown: Callable[[], None]) -> None:
    """Have a provider's ``shutdown`` run when the process ends; nobody waits for it beyond ``PATIENCE``."""

    def last() -> None:
        _over.wait()
        shutdown()

    _waiting.append(threading.Thread(target=last, name="telemetry-parting", daemon=True))
    _waiting[-1].start()


@atexit.register
def _part() -> None:
    _over.set()
    until = time.monotonic() + PATIENCE
    for thread in _waiting:
        thread.join(max(0.0, until - time.monotonic()))
