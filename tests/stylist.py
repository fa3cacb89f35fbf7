"""Runs turns of the stylist in this process and collects what it emits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.chat import Turn, run_turn
from core.platform.errors import DomainError
from core.platform.ids import new_id, stable_id


@dataclass
class Emitted:
    """The frames of one turn, in order; ``failed`` is what it was ended by, if not by ``done``."""

    turn: Turn
    frames: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    failed: DomainError | None = None

    async def emit(self, event: str, data: Mapping[str, Any]) -> None:
        self.frames.append((event, dict(data)))

    def of(self, event: str) -> list[dict[str, Any]]:
        return [data for name, data in self.frames if name == event]

    @property
    def text(self) -> str:
        return "".join(data["text"] for data in self.of("delta"))

    @property
    def called(self) -> list[str]:
        return [data["name"] for data in self.of("tool_call")]

    @property
    def events(self) -> list[str]:
        return list(dict.fromkeys(event for event, _ in self.frames))


@dataclass
class Person:
    """Someone talking with the stylist."""

    user_id: str = field(default_factory=new_id)
    conversation_id: str | None = None

    async def say(
        self, message: str, *, turn_id: str | None = None, images: tuple[str, ...] = (), new: bool = False
    ) -> Emitted:
        """Say something in the conversation, a new one at first or if ``new``."""
        turn_id = turn_id or new_id()
        begins = new or self.conversation_id is None
        conversation = stable_id("conversation", self.user_id, turn_id) if begins else self.conversation_id
        turn = Turn(
            user_id=self.user_id,
            turn_id=turn_id,
            message=message,
            conversation_id=str(conversation),
            is_new_conversation=begins,
            image_ids=images,
        )
        emitted = await told(turn)
        if emitted.failed is None:
            self.conversation_id = turn.conversation_id
        return emitted


async def told(turn: Turn) -> Emitted:
    """Run a turn to its end, good or bad."""
    emitted = Emitted(turn)
    try:
        await run_turn(turn, emitted.emit)
    except DomainError as error:
        emitted.failed = error
    return emitted
