"""What clients do with a turn: post it, read it while it is written, get a link to it.

The rest is imported where it is used: it brings the storage and Cosmos SDKs.
"""

from __future__ import annotations

from core.chat.tickets import Ticket, ticket
from core.chat.turn import Answer, RunTurn, Turn


async def post_turn(turn: Turn, run: RunTurn) -> Answer:
    """Write the turn with ``run`` once, or give what is recorded; see ``core.chat.turns.post``."""
    from core.chat import turns

    return await turns.post(turn, run)


async def events_of(
    user_id: str, turn_id: str, header: str | None, query: str | None, *, wait: bool
) -> bytes | None:
    """Return the stream behind an event id (``Last-Event-ID`` or query), ``None`` when all of it was read.

    ``wait`` for more where there is nothing new yet. Raises what ``core.chat.tail.events`` does.
    """
    from core.chat import tail

    return await tail.events(user_id, turn_id, tail.offset(header, query), wait=tail.WAIT if wait else 0)


async def ticket_for(user_id: str, turn_id: str) -> Ticket:
    """Return a link that reads the turn, also one that is just about to be posted.

    Raises:
        TurnNotFound: the turn is someone else's.
    """
    from core.chat import ownership

    await ownership.check(user_id, turn_id)
    return ticket(user_id, turn_id)


async def remove_expired_turns() -> int:
    """Remove the streams of turns over 24 hours old; return how many. Conversations stay."""
    from core.chat import log

    return await log.remove_expired()
