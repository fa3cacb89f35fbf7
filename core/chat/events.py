"""What the events of a turn's stream say: by these models they are emitted, published and tested."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field

from core.chat import frames, tickets
from core.chat.memory_models import UsedFact
from core.chat.turn import Emit, Turn
from core.platform.examples import example
from core.platform.models import Wire


class TurnEvent(Wire):
    """The answer begins, perhaps anew: forget what was shown of this turn."""

    turn_id: str
    conversation_id: str
    events: str = Field(description="A ticket: path and query that read this turn's events without a header.")
    memory: tuple[UsedFact, ...] = Field(description="The remembered facts that the stylist was given.")

    @classmethod
    def of(cls, turn: Turn, memory: Sequence[UsedFact] = ()) -> TurnEvent:
        """Return the event that begins ``turn``."""
        return cls(
            turn_id=turn.turn_id,
            conversation_id=turn.conversation_id,
            events=tickets.ticket(turn.user_id, turn.turn_id).url,
            memory=tuple(memory),
        )


class DeltaEvent(Wire):
    """The next piece of the answer's text."""

    text: str


class ToolCallEvent(Wire):
    """The stylist looks something up, or asks for something to be done."""

    name: str
    arguments: dict[str, Any] = Field(
        description="As the tool of that name takes them; docs/chat.md has the tools."
    )


class ToolResultEvent(Wire):
    """What came of the call before."""

    name: str
    ok: bool
    result: dict[str, Any] = Field(description="What the tool found, or `error` with a sentence.")


class Outfit(Wire):
    """Pieces of the person's own to wear together, and why."""

    model_config = example(
        items=["0b0f3a52-6a0c-4b0e-9d6f-1df1c0a5a6a1"], why="Loose linen for a warm evening."
    )

    items: tuple[str, ...]
    why: str


class UsageEvent(Wire):
    """What the answer cost."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ErrorEvent(Wire):
    """Nothing came of the turn: a problem document; the same turn may be posted again."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    trace_id: str
    retry_after: float | None = Field(
        default=None,
        description="Seconds after which to post it again, where waiting helps.",
        exclude_if=lambda seconds: seconds is None,
    )


class DoneEvent(Wire):
    """The answer is whole, and the conversation has it."""

    turn_id: str
    conversation_id: str


EVENTS: Mapping[str, type[Wire]] = {
    frames.TURN: TurnEvent,
    frames.DELTA: DeltaEvent,
    frames.TOOL_CALL: ToolCallEvent,
    frames.TOOL_RESULT: ToolResultEvent,
    frames.OUTFIT: Outfit,
    frames.USAGE: UsageEvent,
    frames.ERROR: ErrorEvent,
    frames.DONE: DoneEvent,
}
"""The events of a stream by name, each with the model of its data."""

_NAMES = {model: name for name, model in EVENTS.items()}


async def tell(emit: Emit, said: Wire) -> None:
    """Emit the event that ``said`` is the data of."""
    await emit(_NAMES[type(said)], said.model_dump(mode="json"))
