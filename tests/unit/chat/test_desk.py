"""What a turn may bring about has a bound: outfits, questions, days, and what a tool may say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from core.chat.desk import MOST_OUTFITS, MOST_QUESTIONS, Desk, WearQuestion
from core.chat.toolbox import MOST_CHARACTERS, NotDone, Tool
from core.chat.tools import log_wear
from core.platform import clock
from core.vault import VaultItem, Wear
from tests.unit.stylist.wardrobes import item

TODAY = date(2026, 5, 4)
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
ITEMS = [item(number, "shirt") for number in range(12)]


class Table:
    """A desk on which these items lie, and what it has shown."""

    def __init__(self) -> None:
        self.shown: list[Mapping[str, Any]] = []
        self.desk = Desk("anna", "turn", TODAY, self.emit, items={one.id: one for one in ITEMS})

    async def emit(self, event: str, data: Mapping[str, Any]) -> None:
        assert event == "outfit"
        self.shown.append(data)


async def test_an_outfit_is_shown_once_and_only_so_many() -> None:
    table = Table()
    pairs = [[ITEMS[n], ITEMS[n + 1]] for n in range(MOST_OUTFITS + 1)]
    assert await table.desk.show(pairs[0], "calm")
    assert not await table.desk.show(pairs[0][::-1], "the same in another order")
    shown = [await table.desk.show(pair, "calm") for pair in pairs[1:]]
    assert shown == [True] * (MOST_OUTFITS - 1) + [False]
    assert len(table.shown) == len(table.desk.outfits) == MOST_OUTFITS


def question(worn: VaultItem) -> WearQuestion:
    return WearQuestion(item_id=worn.id, name=worn.name, worn_on=TODAY)


async def test_a_question_is_asked_once_and_only_so_many() -> None:
    table = Table()
    for number in range(MOST_QUESTIONS):
        for _ in range(2):
            assert table.desk.ask(question(ITEMS[number]))
    assert not table.desk.ask(question(ITEMS[-1]))
    assert table.desk.ask(question(ITEMS[0])), "one that is open already needs no room"
    with pytest.raises(NotDone, match="enough questions"):
        await log_wear(table.desk, ITEMS[-1].id)
    assert len(table.desk.questions) == MOST_QUESTIONS


@pytest.mark.parametrize(
    ("day", "asked"),
    [
        (date(1899, 12, 31), False),
        (date(1900, 1, 1), True),
        (TODAY + timedelta(days=1), True),
        (TODAY + timedelta(days=2), False),
    ],
)
async def test_a_wear_is_of_a_day_that_can_have_been(day: date, asked: bool) -> None:
    table = Table()
    if asked:
        assert (await log_wear(table.desk, ITEMS[0].id, day))["recorded"] is False
    else:
        with pytest.raises(NotDone, match="not a day"):
            await log_wear(table.desk, ITEMS[0].id, day)
    assert [one.worn_on for one in table.desk.questions] == ([day] if asked else [])


async def test_a_day_that_the_vault_would_refuse_is_not_asked_about() -> None:
    table = Table()
    still_yesterday_in_utc = NOON - timedelta(days=1)
    with clock.frozen(still_yesterday_in_utc), pytest.raises(NotDone, match="not a day"):
        await log_wear(table.desk, ITEMS[0].id, TODAY + timedelta(days=1))
    assert not table.desk.questions


async def test_a_day_that_is_logged_is_not_asked_about_whatever_was_worn_since() -> None:
    days = [TODAY - timedelta(days=ago) for ago in (9, 2)]
    table, shirt = Table(), item(0, "shirt")
    worn = shirt.model_copy(update={"wears": tuple(Wear(worn_on=day, logged_at=NOON) for day in days)})
    table.desk.items[worn.id] = worn
    for day in days:
        assert (await log_wear(table.desk, worn.id, day))["already"]
    assert not table.desk.questions


async def recite(desk: Desk, times: int) -> dict[str, Any]:
    """Say a letter so many times."""
    return {"said": "ü" * times}


async def test_a_tool_that_would_fill_the_conversation_is_asked_for_less() -> None:
    tool, table = Tool(recite), Table()
    envelope = len('{"said": ""}')
    fits = await tool.answer(table.desk, tool.read(f'{{"times": {MOST_CHARACTERS - envelope}}}'))
    assert fits.ok
    more = await tool.answer(table.desk, tool.read(f'{{"times": {MOST_CHARACTERS - envelope + 1}}}'))
    assert (more.ok, more.data) == (False, {"error": "The answer is too long. Ask for less."})
