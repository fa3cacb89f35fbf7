"""The .NET TimeSpan texts of host.json and of timer schedules."""

from __future__ import annotations

import re
from datetime import timedelta

_TIMESPAN = re.compile(
    r"(?:(?P<days>\d{1,8})\.)?(?P<hours>\d{1,2}):(?P<minutes>\d{1,2})(?::(?P<seconds>\d{1,2})(?:\.(?P<ticks>\d{1,7}))?)?"
)
_LIMITS = {"hours": 23, "minutes": 59, "seconds": 59}


def parse_timespan(text: str) -> timedelta:
    """`[d.]hh:mm[:ss[.fffffff]]`. Raises ValueError for anything else, including "24:00:00".

    .NET reads `24:00:00` as 24 days and calls `00:60:00` an overflow; both are mistakes here.
    """
    match = _TIMESPAN.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"'{text}' is not a time span of the form [d.]hh:mm:ss")
    parts = {name: int(match[name] or 0) for name in ("days", "hours", "minutes", "seconds")}
    for name, limit in _LIMITS.items():
        if parts[name] > limit:
            raise ValueError(f"'{text}' is not a time span: {name} go up to {limit}")
    return timedelta(**parts, microseconds=int((match["ticks"] or "").ljust(7, "0")[:6]))
