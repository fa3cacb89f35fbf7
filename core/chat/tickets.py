"""Tickets: signed links to a turn's events, for browsers, whose ``EventSource`` cannot send a header."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import Field

from core.platform import clock, signing
from core.platform.models import Wire

VALID_FOR = timedelta(minutes=10)
"""Longer than any turn, for an ``EventSource`` comes back to the same link until the turn is over."""


class Ticket(Wire):
    """A link that reads one turn's events until it expires."""

    url: str = Field(description="Path and query; resolve it against the API's address.")
    expires_at: datetime


def ticket(user_id: str, turn_id: str) -> Ticket:
    """Return a link to the person's turn; it opens nobody else's, and nothing where there is no such turn."""
    path = f"/api/chat/turns/{turn_id}/events"
    expires_at = clock.now() + VALID_FOR
    return Ticket(
        url=f"{path}?{signing.sign(path, expires_at=expires_at, claims={'uid': user_id})}",
        expires_at=expires_at,
    )
