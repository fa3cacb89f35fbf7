"""Talking with the stylist over HTTP, and what is kept of it: conversations and memory."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import ClientSession

from core.chat.frames import parse

NOWHERE = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Talker:
    """Someone signed in."""

    api: ClientSession
    token: str

    async def send(self, method: str, path: str, **sent: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self.token}"}
        async with self.api.request(method, f"/api/{path}", headers=headers, **sent) as answer:
            return (
                answer.status,
                await answer.json() if "json" in answer.content_type else await answer.read(),
            )

    async def say(self, message: str, **more: Any) -> list[tuple[str, Any]]:
        status, stream = await self.send("POST", "chat", json={"message": message, **more})
        assert status == 200, stream
        return told(stream)


def told(stream: bytes) -> list[tuple[str, Any]]:
    return [(frame.event, json.loads(frame.data)) for _, frame in parse(stream)]


def slug(problem: Any) -> str:
    return str(problem["type"]).removeprefix("/problems/")


async def signed_in(api: ClientSession) -> Talker:
    async with api.post("/api/auth/local", json={"email": f"{uuid4()}@example.org"}) as answer:
        return Talker(api, (await answer.json())["access_token"])


@pytest.fixture
async def talker(api: ClientSession) -> Talker:
    return await signed_in(api)


async def test_a_turn_is_answered_and_read_back(talker: Talker) -> None:
    coat = {"name": "Green coat", "category": "outerwear"}
    status, item = await talker.send("POST", "vault/items", json=coat)
    assert status == 201
    frames = await talker.say("Find my green coat")
    events = [event for event, _ in frames]
    assert (events[0], events[-1]) == ("turn", "done")
    assert {"tool_call", "tool_result", "delta", "usage"} <= set(events)
    found = next(data for event, data in frames if event == "tool_result")
    assert [piece["id"] for piece in found["result"]["items"]] == [item["id"]]
    conversation = frames[0][1]["conversation_id"]
    status, page = await talker.send("GET", "chat/conversations")
    assert [one["conversation_id"] for one in page["items"]] == [conversation]
    assert page["items"][0]["title"] == "Find my green coat"
    status, read = await talker.send("GET", f"chat/conversations/{conversation}")
    answer = "".join(data["text"] for event, data in frames if event == "delta")
    assert [(turn["message"], turn["answer"]) for turn in read["turns"]] == [("Find my green coat", answer)]


async def test_conversations_and_turns_come_in_pages_newest_first(talker: Talker) -> None:
    first = (await talker.say("Message 0"))[0][1]["conversation_id"]
    for number in (1, 2):
        await talker.say(f"Message {number}", conversation_id=first)
    second = (await talker.say("Another subject"))[0][1]["conversation_id"]
    _, page = await talker.send("GET", "chat/conversations?limit=1")
    _, rest = await talker.send("GET", f"chat/conversations?limit=1&cursor={page['next_cursor']}")
    assert [one["conversation_id"] for one in page["items"] + rest["items"]] == [second, first]
    _, read = await talker.send("GET", f"chat/conversations/{first}?limit=2")
    _, more = await talker.send("GET", f"chat/conversations/{first}?limit=2&cursor={read['next_cursor']}")
    assert [turn["message"] for turn in read["turns"] + more["turns"]] == [
        "Message 2",
        "Message 1",
        "Message 0",
    ]


async def test_a_conversation_is_deleted_for_good(talker: Talker) -> None:
    conversation = (await talker.say("Forget this"))[0][1]["conversation_id"]
    path = f"chat/conversations/{conversation}"
    assert (await talker.send("DELETE", path))[0] == 204
    for method in ("GET", "DELETE"):
        status, problem = await talker.send(method, path)
        assert (status, slug(problem)) == (404, "conversation-not-found")
    assert (await talker.send("GET", "chat/conversations"))[1]["items"] == []
    status, problem = await talker.send(
        "POST", "chat", json={"message": "Still there?", "conversation_id": conversation}
    )
    assert (status, slug(problem)) == (404, "conversation-not-found")


async def test_what_belongs_to_another_is_not_there(api: ClientSession, talker: Talker) -> None:
    frames = await talker.say("I hate green.")
    conversation = frames[0][1]["conversation_id"]
    [fact] = (await talker.send("GET", "chat/memory"))[1]["items"]
    stranger = await signed_in(api)
    for method, path, sent in (
        ("GET", f"chat/conversations/{conversation}", {}),
        ("DELETE", f"chat/conversations/{conversation}", {}),
        ("POST", "chat", {"json": {"message": "Me too", "conversation_id": conversation}}),
        ("PATCH", f"chat/memory/{fact['fact_id']}", {"json": {"text": "I love green"}}),
        ("DELETE", f"chat/memory/{fact['fact_id']}", {}),
    ):
        assert (await stranger.send(method, path, **sent))[0] == 404, path
    assert (await stranger.send("GET", "chat/memory"))[1]["items"] == []


async def test_memory_is_seen_put_right_and_deleted(talker: Talker) -> None:
    await talker.say("I hate green. My shoe size is 42.")
    _, memory = await talker.send("GET", "chat/memory")
    assert memory["enabled"] is True
    facts = {fact["subject"]: fact for fact in memory["items"]}
    assert {subject: fact["text"] for subject, fact in facts.items()} == {
        "green": "I hate green",
        "shoe size": "My shoe size is 42",
    }
    path = f"chat/memory/{facts['green']['fact_id']}"
    status, fact = await talker.send("PATCH", path, json={"text": "I love green"})
    assert (status, fact["kind"], fact["text"], fact["edited"]) == (200, "likes", "I love green", True)
    frames = await talker.say("What suits me?")
    assert "I love green" in [used["text"] for used in frames[0][1]["memory"]]
    assert (await talker.send("DELETE", path))[0] == 204
    status, problem = await talker.send("DELETE", path)
    assert (status, slug(problem)) == (404, "fact-not-found")
    assert (await talker.send("DELETE", "chat/memory"))[0] == 204
    assert (await talker.send("GET", "chat/memory"))[1]["items"] == []


async def liked_colours(talker: Talker) -> list[Any]:
    while True:
        _, profile = await talker.send("GET", "taste/profile")
        if profile["colours"]:
            return list(profile["colours"])
        await asyncio.sleep(0.2)


async def test_what_is_said_moves_the_taste_profile(talker: Talker) -> None:
    await talker.say("I hate green. I love navy.")
    async with asyncio.timeout(60):
        colours = await liked_colours(talker)
    scores = {colour["word"]: colour["score"] for colour in colours}
    assert scores["green"] < 0 < scores["navy"]


async def test_memory_is_switched_off(talker: Talker) -> None:
    status, memory = await talker.send("PATCH", "chat/memory", json={"enabled": False})
    assert (status, memory["enabled"]) == (200, False)
    frames = await talker.say("I hate green.")
    assert frames[0][1]["memory"] == []
    assert (await talker.send("GET", "chat/memory"))[1]["items"] == []


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": "x" * 301}, {"text": "ok", "kind": "likes"}])
async def test_a_bad_correction_is_refused(talker: Talker, body: dict[str, Any]) -> None:
    status, problem = await talker.send("PATCH", f"chat/memory/{NOWHERE}", json=body)
    assert (status, slug(problem)) == (422, "validation")


async def test_nobody_in_particular_has_no_conversations(api: ClientSession) -> None:
    for path in ("chat/conversations", "chat/memory"):
        async with api.get(f"/api/{path}") as answer:
            assert answer.status == 401


async def test_the_last_word_about_an_answer_is_kept_with_its_turn(
    talker: Talker, api: ClientSession
) -> None:
    frames = await talker.say("Find my green coat")
    turn, conversation = frames[0][1]["turn_id"], frames[0][1]["conversation_id"]
    good, bad = {"rating": "up", "comment": "Just right"}, {"rating": "down", "comment": None}
    for given in (good, good, bad):
        status, kept = await talker.send("POST", f"chat/turns/{turn}/feedback", json=given)
        assert (status, kept) == (200, given)
    _, read = await talker.send("GET", f"chat/conversations/{conversation}")
    assert [told["feedback"] for told in read["turns"]] == [bad]
    for comment in ("\u200b", "\u200b \u0007", " ", "x" * 501):
        refused = {"rating": "up", "comment": comment}
        status, problem = await talker.send("POST", f"chat/turns/{turn}/feedback", json=refused)
        assert (status, slug(problem), problem["errors"][0]["pointer"]) == (422, "validation", "/comment")
    _, read = await talker.send("GET", f"chat/conversations/{conversation}")
    assert [told["feedback"] for told in read["turns"]] == [bad]
    stranger = await signed_in(api)
    for who, which in ((stranger, turn), (talker, NOWHERE)):
        status, problem = await who.send("POST", f"chat/turns/{which}/feedback", json=good)
        assert (status, slug(problem)) == (404, "turn-not-found")
    await talker.send("DELETE", f"chat/conversations/{conversation}")
    status, problem = await talker.send("POST", f"chat/turns/{turn}/feedback", json=good)
    assert (status, slug(problem)) == (404, "turn-not-found")
