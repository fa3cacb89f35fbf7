"""Where talking ends: a day's tokens are spent, a ticket has run out, a conversation is deleted."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import ClientSession

from core.chat import tickets
from core.chat.frames import parse
from core.platform import ai_budget, clock, settings
from tests.fixtures.faults import Emulator
from tests.listening import listen, names

PHOTO = Path(__file__).parents[1] / "data" / "astronaut-sideways-gps.jpg"

pytestmark = pytest.mark.usefixtures("app_env")


@dataclass(frozen=True)
class Somebody:
    """Someone signed in."""

    api: ClientSession
    user_id: str
    headers: dict[str, str]

    async def send(self, method: str, path: str, **sent: Any) -> tuple[int, Any, Any]:
        async with self.api.request(method, path, headers=self.headers, **sent) as answer:
            body = await (answer.json() if "json" in answer.content_type else answer.read())
            return answer.status, body, answer.headers

    async def say(self, message: str, **more: Any) -> tuple[int, Any, Any]:
        return await self.send("POST", "/api/chat", json={"message": message, **more})

    async def spend(self, tokens: int) -> None:
        """Count tokens as the app does, in the database it reads."""
        await ai_budget.charge(self.user_id, tokens)

    async def forgive(self) -> None:
        """Begin a new day, as far as the budget is concerned."""
        assert await ai_budget._days.delete(self.user_id, ai_budget._id(clock.now()))


@pytest.fixture
async def somebody(api: ClientSession) -> Somebody:
    async with api.post("/api/auth/local", json={"email": f"{uuid4()}@example.org"}) as answer:
        session = await answer.json()
    return Somebody(api, session["user"]["id"], {"Authorization": f"Bearer {session['access_token']}"})


def budget() -> int:
    return settings.get(settings.OpenAISettings).daily_token_budget


async def test_a_spent_budget_refuses_a_turn_before_it_begins_and_says_until_when(
    somebody: Somebody, model: Emulator
) -> None:
    await somebody.spend(budget())
    mark, turn_id = uuid4().hex, str(uuid4())
    for _ in range(3):
        before = clock.now()
        status, problem, headers = await somebody.say(f"Hello {mark}", turn_id=turn_id)
        assert (status, problem["type"]) == (429, "/problems/token-budget-spent")
        left = (ai_budget.resets_at(before) - before).total_seconds()
        assert int(headers["Retry-After"]) == pytest.approx(left, abs=30)
        assert f"{ai_budget.resets_at(before):%Y-%m-%dT%H:%M:%SZ}" in problem["detail"]
    assert await model.asked(mark) == 0
    status, _, _ = await somebody.send("HEAD", f"/api/chat/turns/{turn_id}/events")
    assert status == 404, "there is no stream"
    assert (await somebody.send("GET", "/api/chat/conversations"))[1]["items"] == []
    await somebody.forgive()
    status, stream, _ = await somebody.say(f"Hello {mark}", turn_id=turn_id)
    assert (status, names(stream)[-1]) == (200, "done"), "nothing stands in the way of the same turn"


async def test_a_budget_spent_in_the_middle_of_a_turn_keeps_nothing_of_it(somebody: Somebody) -> None:
    await somebody.spend(budget() - 1)
    turn_id = str(uuid4())
    status, stream, _ = await somebody.say("Find my green coat please", turn_id=turn_id)
    assert (status, names(stream)[0], names(stream)[-1]) == (200, "turn", "error")
    assert b"token-budget-spent" in stream
    assert b'"retry_after"' in stream
    assert (await somebody.send("GET", "/api/chat/conversations"))[1]["items"] == []
    _, again, _ = await somebody.say("Find my green coat please", turn_id=turn_id)
    assert names(again)[-1] == "error"
    await somebody.forgive()
    _, whole, _ = await somebody.say("Find my green coat please", turn_id=turn_id)
    assert names(whole)[-1] == "done"
    assert len((await somebody.send("GET", "/api/chat/conversations"))[1]["items"]) == 1


async def test_attributes_of_a_photo_count_against_the_same_budget(
    somebody: Somebody, model: Emulator
) -> None:
    await somebody.spend(budget())
    asked = await model.asked("image_url")
    photo = {"data": PHOTO.read_bytes()}
    somebody.headers["Content-Type"] = "image/jpeg"
    status, problem, headers = await somebody.send("POST", "/api/extract-clothing-metadata", **photo)
    assert (status, problem["type"]) == (429, "/problems/token-budget-spent")
    assert int(headers["Retry-After"]) > 0
    assert await model.asked("image_url") == asked
    status, picture, _ = await somebody.send("POST", "/api/process-image", **photo)
    assert status in {200, 201}, "a photo is cut out all the same"
    assert picture["image_id"]


async def test_a_ticket_that_has_run_out_reads_nothing_any_more(somebody: Somebody) -> None:
    turn_id = str(uuid4())
    await somebody.say("Hello there", turn_id=turn_id)
    for age, status in ((timedelta(minutes=9), 200), (timedelta(minutes=10, seconds=1), 403)):
        with clock.frozen(clock.now() - age):
            issued = tickets.ticket(somebody.user_id, turn_id)
        async with somebody.api.get(issued.url) as answer:
            assert answer.status == status, age
            if status == 403:
                assert (await answer.json())["type"] == "/problems/invalid-signed-url"


async def test_with_a_conversation_its_streams_go_for_its_person_and_for_tickets(somebody: Somebody) -> None:
    turn_id = str(uuid4())
    assert (await somebody.say("Forget this", turn_id=turn_id))[0] == 200
    _, ticket, _ = await somebody.send("POST", f"/api/chat/turns/{turn_id}/ticket")
    [conversation] = (await somebody.send("GET", "/api/chat/conversations"))[1]["items"]
    path = f"/api/chat/conversations/{conversation['conversation_id']}"
    assert (await somebody.send("DELETE", path))[0] == 204
    assert (await somebody.send("HEAD", f"/api/chat/turns/{turn_id}/events"))[0] == 404
    async with somebody.api.head(ticket["url"]) as answer:
        assert answer.status == 404
    status, problem, _ = await somebody.say("Forget this", turn_id=turn_id)
    assert (status, problem["type"]) == (404, "/problems/conversation-not-found")


async def test_a_turn_whose_conversation_is_deleted_while_it_is_written_ends_in_404(
    somebody: Somebody, slow_model: Emulator
) -> None:
    turn_id = str(uuid4())
    posted = asyncio.ensure_future(somebody.say("Tell me something nice about scarves", turn_id=turn_id))
    listener = listen(somebody.api, turn_id, somebody.headers)
    await listener.until("turn")
    conversation = next(parse(listener.stream))[1].payload["conversation_id"]
    assert (await somebody.send("DELETE", f"/api/chat/conversations/{conversation}"))[0] == 204
    assert not posted.done()
    assert (await somebody.send("HEAD", listener.url))[0] == 404
    status, problem, _ = await posted
    assert (status, problem["type"]) == (404, "/problems/turn-not-found")
    assert (await somebody.send("GET", "/api/chat/conversations"))[1]["items"] == []
