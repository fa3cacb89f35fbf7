"""How often something may be done, counted where every worker sees it: at most so many in each minute.

Windows are fixed and begin on the minute, so one atomic increment decides: never more than the limit pass in
a window, from however many workers; across the turn of the minute twice as many can pass in a shorter time.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from core.platform import clock
from core.platform.cosmos import Container
from core.platform.errors import RateLimited
from core.platform.models import Document

WINDOW = 60
"""Length of a window in seconds."""
_KEEP = 2 * WINDOW
_MOST_REMEMBERED = 1024


@dataclass(frozen=True, slots=True)
class Standing:
    """How a subject stands in the current window; ``reset`` is in seconds until the next one."""

    limit: int
    remaining: int
    reset: int


class Window(Document):
    """The counter of one subject in one window; ``user_id`` is the subject."""

    count: int


_windows = Container("rate_limits", Window)
_full: OrderedDict[tuple[str, str], None] = OrderedDict()


async def spend(what: str, subject: str, limit: int) -> Standing:
    """Count one ``what`` of ``subject`` (a user id or an address' digest) and tell how it stands.

    A window that is known to be full is not counted further, so a flood costs the database nothing.

    Raises:
        RateLimited: it was one too many.
        Unavailable: the counters cannot be reached.
    """
    now = clock.now().timestamp()
    reset = WINDOW - int(now) % WINDOW
    window = Window(id=f"{what}-{int(now) // WINDOW}", user_id=subject, ttl=_KEEP, count=1)
    if (subject, window.id) in _full:
        raise RateLimited(limit, reset)
    counted = await _windows.increment(window, "count", 1)
    if counted.count > limit:
        _remember_full(subject, window.id)
        raise RateLimited(limit, reset)
    return Standing(limit, limit - counted.count, reset)


def _remember_full(subject: str, window: str) -> None:
    _full[subject, window] = None
    if len(_full) > _MOST_REMEMBERED:
        _full.popitem(last=False)
