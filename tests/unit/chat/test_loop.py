"""A turn's thinking ends: with an answer as it may be read, or with the model to blame."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date
from typing import Any

import pytest

from core.chat.desk import Desk
from core.chat.loop import Answer, Loop
from core.chat.toolbox import Tool
from core.platform import ai_stream
from core.platform.ai_errors import ModelAnsweredRubbish
from core.platform.ai_stream import Called, Delta, Finished


async def look(desk: Desk) -> dict[str, Any]:
    """Look into the wardrobe."""
    return {"found": 1}


type Said = Sequence[str | Called]
LOOK = Called("c", "look", "{}")


class Model:
    """A model that says one thing after another: words, calls, and how each of its answers ends."""

    def __init__(self, *answers: tuple[Said, str]) -> None:
        self.answers = list(answers)
        self.may_call: list[bool] = []
        self.told: list[tuple[str, Mapping[str, Any]]] = []

    async def stream(self, messages: object, *, use_tools: bool, **_: object) -> AsyncIterator[object]:
        self.may_call.append(use_tools)
        said, reason = self.answers.pop(0)
        for one in said:
            if isinstance(one, str):
                yield Delta(one)
        yield Finished(reason, tuple(one for one in said if isinstance(one, Called)), 1, 1)

    async def emit(self, event: str, data: Mapping[str, Any]) -> None:
        self.told.append((event, data))

    async def think(self, patch: pytest.MonkeyPatch, steps: int = 4) -> Answer:
        patch.setattr(ai_stream, "stream", self.stream)
        desk = Desk("anna", "turn", date(2026, 5, 4), self.emit)
        ends = asyncio.get_running_loop().time() + 60
        return await Loop(desk, [Tool(look)], steps, stall=1, ends=ends).run([])


async def test_what_is_said_before_looking_is_a_paragraph_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = Model((["Let me look. ", LOOK], "tool_calls"), (["Wear ", "linen."], "stop"))
    answer = await model.think(monkeypatch)
    assert answer.text == "Let me look. \n\nWear linen."
    assert "".join(data["text"] for event, data in model.told if event == "delta") == answer.text
    assert [event for event, _ in model.told if event != "delta"] == ["tool_call", "tool_result"]


async def test_an_answer_that_had_no_tokens_left_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await Model((["Wear li"], "length")).think(monkeypatch)).text == "Wear li …"


@pytest.mark.parametrize("steps", [1, 2, 4])
async def test_a_model_that_only_ever_looks_is_stopped_and_its_last_chance_is_without_tools(
    monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    model = Model(*[([LOOK], "tool_calls")] * steps)
    with pytest.raises(ModelAnsweredRubbish):
        await model.think(monkeypatch, steps)
    assert model.may_call == [True] * (steps - 1) + [False]


async def test_a_model_that_says_nothing_is_asked_once_more_and_no_oftener(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    silent = Model(*[([" \n"], "stop")] * 4)
    with pytest.raises(ModelAnsweredRubbish):
        await silent.think(monkeypatch)
    assert len(silent.answers) == 2
