"""The whole app: a turn asks the model once, also when twenty post it or its host is killed meanwhile."""

from __future__ import annotations

import asyncio
import time
from uuid import uuid4

import pytest
from aiohttp import ClientConnectionError, ClientSession

from tests.fixtures.app import FunctionsHost
from tests.fixtures.faults import Emulator
from tests.listening import listen, names, words


@pytest.fixture
async def somebody(api: ClientSession) -> dict[str, str]:
    async with api.post("/api/auth/local", json={"email": f"{uuid4()}@example.org"}) as answer:
        return {"Authorization": f"Bearer {(await answer.json())['access_token']}"}


async def post(api: ClientSession, who: dict[str, str], turn_id: str, message: str) -> tuple[int, bytes]:
    body = {"message": message, "turn_id": turn_id}
    async with api.post("/api/chat", json=body, headers=who) as answer:
        return answer.status, await answer.read()


async def test_twenty_posts_ask_the_model_as_often_as_one(
    model: Emulator, api: ClientSession, somebody: dict[str, str]
) -> None:
    asked = []
    for posts in (1, 20):
        turn_id, mark = str(uuid4()), uuid4().hex
        message = f"Good morning, I am {mark}. Tell me something nice about getting dressed."
        answers = await asyncio.gather(*(post(api, somebody, turn_id, message) for _ in range(posts)))
        assert len(set(answers)) == 1
        assert names(answers[0][1])[-1] == "done"
        asked.append(await model.asked(mark))
    assert asked[0] == asked[1] > 0


@pytest.mark.timeout(180)
async def test_a_host_killed_mid_turn_ends_the_turn_and_it_can_be_posted_again(
    functions_host: FunctionsHost, slow_model: Emulator, api: ClientSession, somebody: dict[str, str]
) -> None:
    turn_id, mark = str(uuid4()), uuid4().hex
    message = f"Good morning, I am {mark}. Tell me something nice about getting dressed."
    posted = asyncio.ensure_future(post(api, somebody, turn_id, message))
    listener = listen(api, turn_id, somebody)
    await listener.until("delta")
    assert not posted.done(), "the first word is read while the post is still running"
    await asyncio.to_thread(functions_host.kill)
    killed = time.monotonic()
    with pytest.raises(ClientConnectionError):
        await posted
    await asyncio.to_thread(functions_host.start)
    await listener.until("error")
    assert time.monotonic() - killed < 35
    assert await listener.once() == 204
    assert names(listener.stream)[-1] == "error"
    assert "done" not in names(listener.stream)
    before = await slow_model.asked(mark)
    status, stream = await post(api, somebody, turn_id, message)
    assert (status, names(stream)[-1]) == (200, "done")
    asked = await slow_model.asked(mark)
    assert asked > before
    fresh = listen(api, turn_id, somebody)
    await fresh.to_end()
    await listener.to_end()
    assert fresh.stream == stream, "nothing of the dead run"
    assert listener.stream.endswith(stream)
    assert await post(api, somebody, turn_id, message) == (200, stream)
    assert await slow_model.asked(mark) == asked, "a replay asks nobody"
    await _holds_one_answer(api, somebody, " ".join(words(stream)))


async def _holds_one_answer(api: ClientSession, who: dict[str, str], answer: str) -> None:
    async with api.get("/api/chat/conversations", headers=who) as listed:
        [conversation] = (await listed.json())["items"]
    async with api.get(f"/api/chat/conversations/{conversation['conversation_id']}", headers=who) as read:
        [turn] = (await read.json())["turns"]
    assert " ".join(turn["answer"].split()) == answer
