"""The one source of "now", so that tests can hold time still instead of sleeping.

Pure rules take the moment as an argument; only services and triggers ask this module.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta


class FrozenClock:
    """A clock that moves only when told to."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def advance(self, *, seconds: float) -> None:
        """Move forward by ``seconds``."""
        self.at += timedelta(seconds=seconds)


_frozen: ContextVar[FrozenClock | None] = ContextVar("frozen_clock", default=None)


def now() -> datetime:
    """Return the current moment, aware and in UTC."""
    clock = _frozen.get()
    return datetime.now(UTC) if clock is None else clock.at


@contextmanager
def frozen(at: datetime) -> Iterator[FrozenClock]:
    """Hold time at ``at`` for this context and the tasks it starts."""
    clock = FrozenClock(at)
    token = _frozen.set(clock)
    try:
        yield clock
    finally:
        _frozen.reset(token)
