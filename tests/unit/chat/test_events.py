"""The models of a stream's events: each event has one, and what is told by them is what is published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.chat import frames
from core.chat.events import EVENTS, DeltaEvent, Outfit, tell
from core.chat.problems import as_frame
from core.chat.stream_errors import TurnDied, TurnNotFound
from core.platform.ids import new_id


def test_every_event_has_a_model_and_no_other_has() -> None:
    assert EVENTS.keys() == frames.EVENTS
    assert len(set(EVENTS.values())) == len(EVENTS), "a model tells its event"


async def test_what_is_told_is_emitted_under_its_name() -> None:
    emitted: list[tuple[str, Mapping[str, Any]]] = []

    async def emit(event: str, data: Mapping[str, Any]) -> None:
        emitted.append((event, data))

    await tell(emit, DeltaEvent(text="Linen."))
    await tell(emit, Outfit(items=("a", "b"), why="Warm."))
    assert emitted == [("delta", {"text": "Linen."}), ("outfit", {"items": ["a", "b"], "why": "Warm."})]


def test_the_example_is_of_the_models() -> None:
    told = [frame for _, frame in frames.parse(frames.EXAMPLE.encode())]
    assert [frame.event for frame in told] == ["turn", "delta", "outfit", "done"]
    for frame in told:
        EVENTS[frame.event].model_validate_json(frame.data)


def test_an_error_says_when_to_come_back_only_where_that_helps() -> None:
    assert as_frame(TurnDied("Again.", retry_after=3), new_id()).payload["retry_after"] == 3
    assert "retry_after" not in as_frame(TurnNotFound("No."), new_id()).payload
