"""Chat: a stylist that streams, remembers and answers a turn once.

This is the only module of chat that blueprints and other domains import. It is cheap: SDKs are loaded by the
first call that needs them.
"""

from __future__ import annotations

from core.chat.frames import CONTENT_TYPE, MEDIA_TYPE
from core.chat.stream_errors import (
    InvalidOffset,
    TooManyTurns,
    TurnIdReused,
    TurnNotFound,
    TurnStillRunning,
)
from core.chat.streaming import events_of, post_turn, remove_expired_turns, ticket_for
from core.chat.tickets import Ticket
from core.chat.turn import Answer, Emit, NewTurn, RunTurn, Turn

__all__ = [
    "CONTENT_TYPE",
    "MEDIA_TYPE",
    "Answer",
    "Emit",
    "InvalidOffset",
    "NewTurn",
    "RunTurn",
    "Ticket",
    "TooManyTurns",
    "Turn",
    "TurnIdReused",
    "TurnNotFound",
    "TurnStillRunning",
    "events_of",
    "post_turn",
    "remove_expired_turns",
    "ticket_for",
]
