"""A function is a tool: its schema, its arguments and its refusals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

import pytest
from pydantic import Field

from core.chat.confirming import is_yes
from core.chat.context import split, tokens
from core.chat.desk import Desk
from core.chat.history import title_of
from core.chat.history_models import Told
from core.chat.toolbox import NotDone, Tool
from core.chat.tools import TOOLS
from core.chat.wardrobe import ranked
from core.platform.clock import now
from core.platform.errors import NotFound, Unavailable
from core.vault import VaultItem
from devstack.openai import strict


async def nobody(event: str, data: Mapping[str, Any]) -> None:
    raise AssertionError("nothing is to be emitted")


DESK = Desk("anna", "turn", date(2026, 5, 4), nobody)


async def measure(
    desk: Desk, what: Annotated[str, Field(description="A garment.", max_length=5)], times: int | None = None
) -> dict[str, Any]:
    """Measure a garment."""
    if what == "gone":
        raise NotFound("There is no such garment.")
    if what == "down":
        raise Unavailable("The tape measure does not answer.")
    return {"what": what, "times": times, "by": desk.user_id}


TOOL = Tool(measure)


def test_signature_and_docstring_are_the_offer() -> None:
    function = TOOL.offer["function"]
    assert (function["name"], function["description"]) == ("measure", "Measure a garment.")
    assert function["strict"] is True
    assert function["parameters"]["required"] == ["what", "times"]
    assert function["parameters"]["properties"]["what"] == {"type": "string", "description": "A garment."}


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_every_tool_is_one_that_strict_modes_take(tool: Tool) -> None:
    function = tool.offer["function"]
    strict.check(function["parameters"], subject=tool.name, param="tools", code=None, azure=True)
    assert function["description"]
    for name, described in function["parameters"]["properties"].items():
        assert described.get("description"), f"{tool.name}.{name} is not described"


async def test_the_desk_is_not_the_models_to_fill() -> None:
    assert "desk" not in TOOL.offer["function"]["parameters"]["properties"]
    result = await TOOL.answer(DESK, TOOL.read('{"what": "coat", "times": null}'))
    assert result.data == {"what": "coat", "times": None, "by": "anna"}


@pytest.mark.parametrize(
    "written",
    ['{"what": "co', "[]", '{"what": 3}', '{"what": "overcoat"}', '{"what": "coat", "whose": "bert"}', "{}"],
)
def test_what_does_not_fit_is_said(written: str) -> None:
    with pytest.raises(NotDone, match="do not fit"):
        TOOL.read(written)


async def test_a_refusal_is_an_answer_and_an_outage_is_not() -> None:
    refused = await TOOL.answer(DESK, TOOL.read('{"what": "gone"}'))
    assert (refused.ok, refused.data) == (False, {"error": "There is no such garment."})
    with pytest.raises(Unavailable):
        await TOOL.answer(DESK, TOOL.read('{"what": "down"}'))


@pytest.mark.parametrize(
    "said",
    [
        "yes",
        "Yes!",
        "yes please",
        "OK, go ahead",
        "Ja, bitte",
        "sí",
        "do it",
        "Yes, log it. Thanks",
        "log it",
    ],
)
def test_a_plain_yes(said: str) -> None:
    assert is_yes(said)


@pytest.mark.parametrize(
    "said",
    [
        "", "no", "yes?", "please", "thanks", "yes but the other one", "not yet", "maybe", "log",
        "do not do it", "yes, and delete everything", "I said yes yesterday", "no, yes", "it",
    ],
)  # fmt: skip
def test_anything_else_is_no_yes(said: str) -> None:
    assert not is_yes(said)


@pytest.mark.parametrize(
    ("message", "title"),
    [
        ("What shall I wear?", "What shall I wear?"),
        ("  two\n lines ", "two lines"),
        ("word " * 30, "word word word word word word word word word word word…"),
        ("x" * 100, "x" * 59 + "…"),
    ],
)
def test_a_title_is_the_beginning_of_the_first_message(message: str, title: str) -> None:
    assert title_of(message) == title
    assert len(title) <= 60


def told(length: int) -> Told:
    return Told(
        id="t",
        user_id="anna",
        turn_id="t",
        conversation_id="c",
        message="x" * length,
        answer="",
        created_at=now(),
    )


@pytest.mark.parametrize(("room", "kept"), [(1000, 3), (30, 3), (29, 2), (20, 2), (10, 1), (0, 1)])
def test_the_newest_turns_are_kept_as_they_are(room: int, kept: int) -> None:
    turns = [told(40), told(40), told(40)]
    older, newer = split(turns, room)
    assert (older + newer, len(newer)) == (turns, kept)
    assert len(newer) == 1 or tokens(newer) <= room


def item(name: str, **fields: Any) -> VaultItem:
    return VaultItem.model_validate(
        {
            "id": name,
            "user_id": "anna",
            "name": name,
            "category": "tops",
            "created_at": now(),
            "updated_at": now(),
        }
        | fields
    )


def test_a_search_ranks_by_words_and_knows_plurals_and_accents() -> None:
    items = [item("White shirt"), item("Café blouse"), item("Navy trousers", notes="for white nights")]
    assert [found.name for found in ranked(items, "white shirts")] == ["White shirt", "Navy trousers"]
    assert [found.name for found in ranked(items, "cafe")] == ["Café blouse"]
    assert ranked(items, "umbrella") == []
    assert ranked(items, " ") == items
