"""Chat: a stylist that streams, remembers and answers a turn once.

This is the only module of chat that blueprints and other domains import. It is cheap: SDKs are loaded by the
first call that needs them.
"""

from __future__ import annotations

from core.chat.errors import AnswerWithheld, ConversationNotFound, FactNotFound
from core.chat.events import EVENTS
from core.chat.feedback import TurnFeedback, give_feedback
from core.chat.frames import CONTENT_TYPE, EXAMPLE, MEDIA_TYPE
from core.chat.history import delete as delete_conversation
from core.chat.history import page as conversations
from core.chat.history import read as read_conversation
from core.chat.history_models import Conversation, ConversationPath, ConversationSummary
from core.chat.memory import correct as correct_fact
from core.chat.memory import forget as forget_fact
from core.chat.memory import forget_all as forget_everything
from core.chat.memory import turn as switch_memory
from core.chat.memory import view as memory_of
from core.chat.memory_models import FactPatch, FactPath, FactView, MemorySwitch, MemoryView
from core.chat.stream_errors import (
    InvalidOffset,
    TooManyTurns,
    TurnIdReused,
    TurnNotFound,
    TurnStillRunning,
)
from core.chat.streaming import events_of, post_turn, remove_expired_turns, ticket_for
from core.chat.stylist import run_turn
from core.chat.tickets import EventsQuery, Ticket, TicketOrUser
from core.chat.turn import Answer, Emit, NewTurn, RunTurn, Turn, TurnPath

__all__ = [
    "CONTENT_TYPE",
    "EVENTS",
    "EXAMPLE",
    "MEDIA_TYPE",
    "Answer",
    "AnswerWithheld",
    "Conversation",
    "ConversationNotFound",
    "ConversationPath",
    "ConversationSummary",
    "Emit",
    "EventsQuery",
    "FactNotFound",
    "FactPatch",
    "FactPath",
    "FactView",
    "InvalidOffset",
    "MemorySwitch",
    "MemoryView",
    "NewTurn",
    "RunTurn",
    "Ticket",
    "TicketOrUser",
    "TooManyTurns",
    "Turn",
    "TurnFeedback",
    "TurnIdReused",
    "TurnNotFound",
    "TurnPath",
    "TurnStillRunning",
    "conversations",
    "correct_fact",
    "delete_conversation",
    "events_of",
    "forget_everything",
    "forget_fact",
    "give_feedback",
    "memory_of",
    "post_turn",
    "read_conversation",
    "remove_expired_turns",
    "run_turn",
    "switch_memory",
    "ticket_for",
]
