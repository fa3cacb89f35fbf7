"""How long a server asks us to stay away: ``Retry-After`` (RFC 9110, section 10.2.3).

Servers are not ours, so whatever they write is taken for a wait of up to a day, or for no word at all.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

LONGEST: Final = 24 * 60 * 60
"""Seconds honoured at most; a slip of the pen must not silence a source for years."""
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?", re.ASCII)


def seconds(header: str | None, now: datetime) -> float | None:
    """Return the seconds ``header``, a number or an HTTP date, asks for; ``None`` where it says nothing."""
    text = (header or "").strip()
    if _NUMBER.fullmatch(text):
        return min(float(text), LONGEST)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # a year of twenty digits, in a date that is well-formed otherwise
        return None
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return min(max((at - now).total_seconds(), 0.0), LONGEST)
