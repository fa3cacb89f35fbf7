"""Tickets: signed links to a turn's events, for browsers, whose ``EventSource`` cannot send a header."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from core.identity import SignedUrlOrUser
from core.platform import clock, signing
from core.platform.examples import example, left_out
from core.platform.models import Wire

if TYPE_CHECKING:
    from core.platform.http import Credentials, Principal

OFFSET = "last_event_id"
"""The one query parameter that a ticket leaves open: where to read on gives no right to anything."""

VALID_FOR = timedelta(minutes=10)
"""Longer than any turn, for an ``EventSource`` comes back to the same link until the turn is over."""


class Ticket(Wire):
    """A link that reads one turn's events until it expires."""

    model_config = example(
        url="/api/chat/turns/0b0f3a52-6a0c-4b0e-9d6f-1df1c0a5a6a1/events?uid=6f2d1dee-4096-5bb6-a83a-7c1bc71563c8&exp=1749976200&sig=Jb0..."
    )

    url: str = Field(description="Path and query; resolve it against the API's address.")
    expires_at: datetime


LinkPart = Annotated[str | None, left_out("Part of a ticket, which is followed as it is.")]


class EventsQuery(Wire):
    """Where to read on, and what a ticket carries."""

    last_event_id: Annotated[
        str | None, Field(description="As `Last-Event-ID`, which wins.", examples=["0"])
    ] = None
    uid: Annotated[LinkPart, Field(description="Whose turn; of a ticket.")] = None
    exp: Annotated[LinkPart, Field(description="Unix seconds at which the ticket ends.")] = None
    sig: Annotated[LinkPart, Field(description="Signature over path and the other parameters.")] = None


def ticket(user_id: str, turn_id: str) -> Ticket:
    """Return a link to the person's turn; it opens nobody else's, and nothing where there is no such turn."""
    path = f"/api/chat/turns/{turn_id}/events"
    expires_at = clock.now() + VALID_FOR
    return Ticket(
        url=f"{path}?{signing.sign(path, expires_at=expires_at, claims={'uid': user_id})}",
        expires_at=expires_at,
    )


class TicketOrUser(SignedUrlOrUser):
    """A ticket for the turn that is asked for, read from anywhere, else a signed-in person."""

    async def __call__(self, request: Credentials) -> Principal:
        """The person signed in, or whom the ticket speaks for. Raises ``Unauthenticated``, ``Forbidden``."""
        signed = {name: value for name, value in request.params.items() if name != OFFSET}
        return await super().__call__(replace(request, params=signed))
