"""What is kept of conversations, and how they are shown.

A conversation is a short header and one document per finished turn, so it may grow for years and no write
ever carries more than one turn. Both live in container ``conversations``, in the person's partition.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from core.chat.desk import WearQuestion
from core.chat.events import Outfit
from core.chat.feedback import TurnFeedback
from core.platform.examples import example, given_by
from core.platform.models import Document, PathId, Stamp, Wire


class Header(Document):
    """A conversation. ``summary`` stands for all turns up to ``summarised_until``.

    ``questions`` are the wears that the last answer asked about. One that is ``deleted`` says only that, and
    keeps for a day a turn that was under way, or is posted again, from bringing it back.
    """

    kind: Literal["conversation", "deleted"] = "conversation"
    title: str
    created_at: Stamp
    updated_at: Stamp
    summary: str = ""
    summarised_until: Stamp | None = None
    questions: tuple[WearQuestion, ...] = ()


class Told(Document):
    """A finished turn. ``learned`` tells whether it was looked through for facts to remember."""

    kind: Literal["turn"] = "turn"
    turn_id: str
    conversation_id: str
    message: str
    image_ids: tuple[str, ...] = ()
    answer: str
    outfits: tuple[Outfit, ...] = ()
    questions: tuple[WearQuestion, ...] = ()
    memory: tuple[str, ...] = ()
    learned: bool = False
    feedback: TurnFeedback | None = None
    created_at: Stamp


class ConversationSummary(Wire):
    """A conversation in the list."""

    model_config = example(title="A warm evening")

    conversation_id: str
    title: str
    created_at: datetime
    updated_at: datetime


class ToldTurn(Wire):
    """One finished turn. ``memory`` are the ids of the remembered facts it was given."""

    model_config = example(
        message="What suits a warm evening?",
        image_ids=[],
        answer="Your linen shirt, sleeves rolled.",
        memory=[],
    )

    turn_id: str
    message: str
    image_ids: tuple[str, ...]
    answer: str
    outfits: tuple[Outfit, ...]
    memory: tuple[str, ...]
    feedback: TurnFeedback | None = None
    created_at: datetime


class Conversation(ConversationSummary):
    """One conversation with a page of its turns, newest first."""

    model_config = example(title="A warm evening")

    turns: list[ToldTurn]
    next_cursor: str | None


class ConversationPath(Wire):
    """Which conversation."""

    conversation_id: Annotated[PathId, given_by("list_conversations", "/items/0/conversation_id")]
