"""The host dies while the stylist speaks: the turn ends in an error, starts over, and is kept once."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import suppress
from typing import Any
from uuid import uuid4

from aiohttp import ClientError, ClientSession

from core.chat.frames import parse
from devstack.stack import Stack
from tests.listening import listen, names

MESSAGE = "Tell me something about scarves and hats and gloves"


async def pace(stack: Stack, seconds: float) -> None:
    async with (
        ClientSession(stack.url("openai")) as model,
        model.post("/__control/delay", json={"per_token": seconds}) as answer,
    ):
        assert answer.status == 200


async def calls(stack: Stack) -> int:
    async with (
        ClientSession(stack.url("openai")) as model,
        model.get("/__control/requests", params={"match": MESSAGE}) as answer,
    ):
        return len((await answer.json())["requests"])


async def signed_in(stack: Stack) -> ClientSession:
    client = ClientSession(stack.url("functions"))
    async with client.post("/api/auth/local", json={"email": f"{uuid4()}@example.org"}) as answer:
        token = (await answer.json())["access_token"]
    client.headers["Authorization"] = f"Bearer {token}"
    return client


async def post(client: ClientSession, turn_id: str) -> bytes:
    async with client.post("/api/chat", json={"message": MESSAGE, "turn_id": turn_id}) as answer:
        return await answer.read()


async def history(client: ClientSession) -> list[dict[str, Any]]:
    async with client.get("/api/chat/conversations") as answer:
        conversations = (await answer.json())["items"]
    turns: list[dict[str, Any]] = []
    for one in conversations:
        async with client.get(f"/api/chat/conversations/{one['conversation_id']}") as answer:
            turns += (await answer.json())["turns"]
    return turns


async def test_a_killed_turn_is_completed_by_posting_it_again_and_answered_once(stormy: Stack) -> None:
    turn_id = str(uuid4())
    async with await signed_in(stormy) as client:
        await pace(stormy, 0.4)
        posted = asyncio.ensure_future(post(client, turn_id))
        listener = listen(client, turn_id)
        await listener.until("delta")
        stormy.kill("functions")
        with suppress(ClientError):
            await posted
        killed = time.monotonic()
        await asyncio.to_thread(stormy.start_service, "functions")
        assert await history(client) == []
        await listener.to_end()
        assert names(listener.stream)[-1] == "error"
        assert time.monotonic() - killed < 35, "the dead turn is found out"
        await pace(stormy, 0)
        stream = await post(client, turn_id)
        assert names(stream)[-1] == "done"
        [turn] = await history(client)
        said = [json.loads(frame.data)["text"] for _, frame in parse(stream) if frame.event == "delta"]
        assert (turn["turn_id"], turn["answer"]) == (turn_id, "".join(said))
        asked = await calls(stormy)
        assert await post(client, turn_id) == stream
        assert (await calls(stormy), len(await history(client))) == (asked, 1)
