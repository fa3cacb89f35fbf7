"""How long a server asks us to stay away: ``Retry-After`` (RFC 9110, section 10.2.3)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST = 24 * 60 * 60
"""Seconds honoured at most; a slip of the pen must not silence a source for years."""

UNSAID = 60
"""Seconds to stay away where a server throttles without saying for how long."""


def seconds(header: str | None, now: datetime) -> float | None:
    """Return the seconds ``header``, a number or an HTTP date, asks for; ``None`` where it says nothing."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return float(min(int(text[:9]), LONGEST))
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return min(max((at - now).total_seconds(), 0.0), LONGEST)
