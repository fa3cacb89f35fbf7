"""Processes that simulate people side by side, and end at once when the benchmark is stopped."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager


@contextmanager
def pool(processes: int) -> Iterator[ProcessPoolExecutor]:
    """Give out a pool; whatever leaves the block as an exception, nobody waits for what is under way."""
    with ProcessPoolExecutor(processes) as made:
        try:
            yield made
        except BaseException:
            made.shutdown(wait=False, cancel_futures=True)
            for process in multiprocessing.active_children():
                process.terminate()
            raise
