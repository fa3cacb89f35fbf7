"""What the stylist's tools tell of feed and moods: nothing with an id but what is the person's, or a mood."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from core import vault
from core.chat.desk import Desk
from core.chat.toolbox import NotDone, Result
from core.chat.tools import TOOLS
from core.moods.seeds import seeds
from core.platform import clock
from core.platform.ids import new_id
from core.vault import NewItem
from tests.feeding import QUIET
from tests.integration.feed.conftest import Follower
from tests.stylist import Emitted, Person

pytestmark = pytest.mark.usefixtures("app_env")

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-")
DENIM = next(mood for mood in seeds().values() if mood.name == "Weekend denim")


@pytest.fixture
def shown() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def desk(shown: list[dict[str, Any]]) -> Desk:
    async def emit(event: str, data: Any) -> None:
        assert event == "outfit"
        shown.append(data)

    return Desk(user_id=new_id(), turn_id=new_id(), today=clock.now().date(), emit=emit)


async def ask(desk: Desk, name: str, **arguments: object) -> Result:
    (tool,) = [one for one in TOOLS if one.name == name]
    nothing = dict.fromkeys(tool.arguments.model_fields)
    return await tool.answer(desk, tool.read(json.dumps({**nothing, **arguments})))


async def test_arrivals_are_of_ones_own_sources_and_carry_no_ids(desk: Desk) -> None:
    follower = Follower(desk.user_id)
    await follower.post_all(await follower.follow(), QUIET, 8)
    told = await ask(desk, "get_new_arrivals", limit=3)
    assert len(told.data["on_sale_not_owned"]) == 3
    assert told.data["on_sale_not_owned"][0]["at"] == "A shop"
    assert not ID.search(told.as_text())
    assert (await ask(Desk(new_id(), new_id(), desk.today, desk.emit), "get_new_arrivals")).data == {
        "on_sale_not_owned": []
    }


async def test_a_mood_is_dressed_from_ones_own_things_and_shown(
    desk: Desk, shown: list[dict[str, Any]]
) -> None:
    for name, category in (("Tee", "t-shirt"), ("501", "jeans"), ("Trainers", "sneakers")):
        colours = [{"hex": "#3f6fb0" if category == "jeans" else "#fafafa"}]
        await vault.add(
            desk.user_id, NewItem.model_validate({"name": name, "category": category, "colours": colours})
        )
    moods = await ask(desk, "get_moods", limit=10)
    assert {mood["mood_id"] for mood in moods.data["moods"]} <= set(seeds())
    told = await ask(desk, "match_mood", mood_id=DENIM.id)
    owned = {item.id async for item in vault.all_items(desk.user_id)}
    assert [set(card["items"]) <= owned for card in shown] == [True]
    assert {fit["name"] for fit in told.data["fits"]} == {"Tee", "501", "Trainers"}
    assert told.data["missing_piece"]


async def test_a_mood_that_nothing_of_theirs_makes_is_told_without_an_outfit(
    desk: Desk, shown: list[dict[str, Any]]
) -> None:
    told = await ask(desk, "match_mood", mood_id=DENIM.id)
    assert (told.data["fits"], told.data["outfit"], shown) == ([], None, [])
    assert told.data["missing_piece"]


async def test_a_mood_that_is_not_there_is_said_so(desk: Desk) -> None:
    assert not (await ask(desk, "match_mood", mood_id=new_id())).ok
    with pytest.raises(NotDone):
        await ask(desk, "match_mood", mood_id="../moods")


async def test_a_person_asks_what_is_new(model: object) -> None:
    person = Person()
    follower = Follower(person.user_id)
    await follower.post(await follower.follow(), "Navy wool coat")
    turn: Emitted = await person.say("Any new arrivals?")
    assert turn.failed is None
    assert "get_new_arrivals" in turn.called
    assert "Navy wool coat" in json.dumps(turn.of("tool_result"))
