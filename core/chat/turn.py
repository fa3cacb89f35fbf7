"""One turn of a chat: what a person asks, decided by its id before any work starts."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from core.platform.examples import example, given_by
from core.platform.ids import new_id, stable_id
from core.platform.models import PathId, Wire
from core.platform.texts import Readable

MESSAGE_LIMIT = 4_000
"""Longest message in characters."""
IMAGE_LIMIT = 4
"""Most photos of one message."""

type Emit = Callable[[str, Mapping[str, Any]], Awaitable[None]]
"""``await emit(event, data)`` stores one frame; it raises ``TurnLost`` where the turn is another's now."""


class NewTurn(Wire):
    """A message to the stylist."""

    model_config = example(message="I love green linen and I never wear wool. What suits a warm evening?")

    message: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MESSAGE_LIMIT), Readable
    ] = Field(description="What the person says.")
    conversation_id: UUID | None = Field(
        default=None, description="The conversation to go on with; a new one where left out."
    )
    turn_id: UUID | None = Field(
        default=None, description="Chosen by the client: posting it again replays the turn."
    )
    image_ids: Annotated[list[UUID], Field(max_length=IMAGE_LIMIT)] = Field(
        default=[], description="Photos of the person's, by `image_id`."
    )


class TurnPath(Wire):
    """The id of a turn."""

    turn_id: Annotated[PathId, given_by("get_conversation", "/turns/0/turn_id")]


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn as the stylist gets it.

    ``conversation_id`` is known from the start: where ``is_new_conversation``, it is made of person and turn,
    so that a turn that starts over finds the conversation of its first try.
    """

    user_id: str
    turn_id: str
    message: str
    conversation_id: str
    is_new_conversation: bool
    image_ids: tuple[str, ...] = ()

    @classmethod
    def of(cls, user_id: str, asked: NewTurn, *, key: str | None = None) -> Turn:
        """Return the turn of a request: its id as asked, or made of its ``Idempotency-Key``, or a new one."""
        if asked.turn_id is not None:
            turn_id = str(asked.turn_id)
        else:
            turn_id = new_id() if key is None else stable_id("turn", user_id, key)
        new = asked.conversation_id is None
        fresh = stable_id("conversation", user_id, turn_id)
        return cls(
            user_id=user_id,
            turn_id=turn_id,
            message=asked.message,
            conversation_id=fresh if new else str(asked.conversation_id),
            is_new_conversation=new,
            image_ids=tuple(str(image) for image in asked.image_ids),
        )

    @property
    def fingerprint(self) -> str:
        """A digest of what is asked: one turn id stands for one question."""
        asked = [self.message, self.conversation_id, *self.image_ids]
        return sha256(json.dumps(asked).encode()).hexdigest()


type RunTurn = Callable[[Turn, Emit], Coroutine[Any, Any, None]]
"""The stylist: emits frames, commits the conversation when all is said, returns; then ``done`` is written.

An error raised before anything was emitted is answered as it is, and the turn never was.
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole turn as its stream's bytes; ``replayed`` where this request did not write it."""

    stream: bytes
    replayed: bool
