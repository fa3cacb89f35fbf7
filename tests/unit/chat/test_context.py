"""A conversation goes on when its summary cannot be written, or is written twice at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.chat import context, history_store
from core.chat.history_models import Header, Told
from core.platform import ai
from core.platform.errors import Unavailable

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
HEADER = Header.model_validate(
    {
        "id": "c",
        "user_id": "anna",
        "title": "t",
        "summary": "Likes linen.",
        "created_at": NOW,
        "updated_at": NOW,
    }
)  # fmt: skip


def told(number: int) -> Told:
    return Told.model_validate(
        {
            "id": f"t{number}", "user_id": "anna", "turn_id": f"t{number}", "conversation_id": "c",
            "message": "m" * 40_000, "answer": "a" * 40_000, "created_at": NOW + timedelta(minutes=number),
        }
    )  # fmt: skip


class Stored:
    """A long conversation whose header may be summarised further by somebody else meanwhile."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, header: Header) -> None:
        self.header = header
        monkeypatch.setattr(history_store, "turns", self.turns)
        monkeypatch.setattr(history_store, "change_header", self.change)
        monkeypatch.setattr(ai, "complete_structured", self.summarise)

    async def turns(self, *_: object, **__: object) -> tuple[list[Told], None]:
        return [told(2), told(1), told(0)], None

    async def change(self, user_id: str, header_id: str, to: Callable[[Header], Header]) -> None:
        self.header = to(self.header)

    async def summarise(self, *_: object, **__: object) -> context.Summary:
        return context.Summary(summary="Likes linen, wore it.")


async def test_the_older_turns_become_a_summary_that_says_how_far(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stored = Stored(monkeypatch, HEADER)
    before = await context.of(HEADER)
    assert before.summary == stored.header.summary == "Likes linen, wore it."
    assert [one.turn_id for one in before.turns] == ["t2"]
    assert stored.header.summarised_until == NOW + timedelta(minutes=1)


async def test_a_summary_that_reaches_further_already_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    further = {"summary": "All of it.", "summarised_until": NOW + timedelta(minutes=2)}
    stored = Stored(monkeypatch, HEADER.model_copy(update=further))
    await context.of(HEADER)
    assert stored.header.summary == "All of it."


async def test_without_a_model_the_oldest_are_left_out_and_the_summary_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stored = Stored(monkeypatch, HEADER)

    async def down(*_: object, **__: object) -> Any:
        raise Unavailable("The model is down.")

    monkeypatch.setattr(ai, "complete_structured", down)
    before = await context.of(HEADER)
    assert (before.summary, [one.turn_id for one in before.turns]) == ("Likes linen.", ["t2"])
    assert stored.header == HEADER
