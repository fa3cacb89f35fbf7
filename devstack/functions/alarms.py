"""One thread that calls back at given times.

Microsoft's in-memory Durable backend starts a sleeping thread per timer; a fan-out of orchestrations that
each wait an hour would be as many threads. This keeps them all in one heap.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable

log = logging.getLogger("host.durable")


class Alarms:
    """Calls back on its own thread, in order of time. Callbacks must be short and thread-safe."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._stopped = False
        self._thread: threading.Thread | None = None

    def stop(self) -> None:
        """Forget everything that is not due yet and end the thread."""
        with self._changed:
            self._stopped = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def after(self, seconds: float, callback: Callable[[], None]) -> None:
        """Call `callback` once, `seconds` from now (at once when that is not positive)."""
        with self._changed:
            heapq.heappush(self._due, (time.monotonic() + max(0.0, seconds), next(self._order), callback))
            self._changed.notify()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="durable-timers", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while (callback := self._next()) is not None:
            try:
                callback()
            except Exception:  # one broken callback must not silence every later timer
                log.exception("A durable timer failed")

    def _next(self) -> Callable[[], None] | None:
        with self._changed:
            while not self._stopped:
                wait = self._due[0][0] - time.monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._due)[2]
                self._changed.wait(min(wait, threading.TIMEOUT_MAX) if wait is not None else None)
        return None
