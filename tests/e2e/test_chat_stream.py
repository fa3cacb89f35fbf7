"""Turns over HTTP: streamed whole, read live, replayed, refused, and surviving the death of their host."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import ClientSession

from core.chat import log
from core.chat.frames import parse
from tests.fixtures.parlour import Parlour
from tests.listening import Listener, listen, names, words

LIVE = "0.1 " + " ".join(f"w{n}" for n in range(20))
SHORT = "0 one two three"


async def post(client: ClientSession, turn_id: str, message: str, **more: Any) -> tuple[int, bytes, Any]:
    async with client.post("/api/chat", json={"message": message, "turn_id": turn_id, **more}) as answer:
        return answer.status, await answer.read(), answer.headers


def slug(body: bytes) -> str:
    problem: dict[str, Any] = json.loads(body)
    return str(problem["type"]).removeprefix("/problems/")


async def test_a_post_answers_the_whole_turn_while_a_listener_reads_it_live(guest: ClientSession) -> None:
    turn_id = str(uuid4())
    posted = asyncio.ensure_future(post(guest, turn_id, LIVE))
    listener = listen(guest, turn_id)
    await listener.until("delta")
    assert not posted.done(), "the first words are read while the post is still running"
    await listener.to_end()
    status, stream, headers = await posted
    assert (status, headers["Content-Type"]) == (200, "text/event-stream; charset=utf-8")
    assert listener.stream == stream
    assert names(stream) == ["turn", *["delta"] * 20, "done"]
    assert words(stream) == LIVE.split()[1:]
    assert len(listener.seen) == 22
    assert "Idempotent-Replayed" not in headers


async def test_the_same_turn_again_is_replayed(guest: ClientSession, parlour: Parlour) -> None:
    turn_id = str(uuid4())
    _, first, _ = await post(guest, turn_id, SHORT)
    status, again, headers = await post(guest, turn_id, SHORT)
    assert (status, again, headers["Idempotent-Replayed"]) == (200, first, "true")
    assert parlour.runs(turn_id) == 1


async def test_twenty_posts_at_once_run_the_turn_once(guest: ClientSession, parlour: Parlour) -> None:
    turn_id = str(uuid4())
    answers = await asyncio.gather(*(post(guest, turn_id, LIVE) for _ in range(20)))
    assert {status for status, _, _ in answers} == {200}
    assert len({stream for _, stream, _ in answers}) == 1
    assert parlour.runs(turn_id) == 1


async def test_an_idempotency_key_is_a_turn_id_too(guest: ClientSession) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    streams = []
    for _ in range(2):
        async with guest.post("/api/chat", json={"message": SHORT}, headers=headers) as answer:
            streams.append(await answer.read())
    assert streams[0] == streams[1]


async def test_the_same_id_for_another_message_is_refused(guest: ClientSession) -> None:
    turn_id = str(uuid4())
    await post(guest, turn_id, SHORT)
    status, body, _ = await post(guest, turn_id, "0 else")
    assert (status, slug(body)) == (422, "turn-id-reused")


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        ({"message": ""}, "/message"),
        ({"message": "x" * 100_000}, "/message"),
        ({}, "/message"),
        ({"message": "Hi", "turn_id": "1"}, "/turn_id"),
        ({"message": "Hi", "shout": True}, "/shout"),
    ],
)
async def test_bad_messages_name_the_field(guest: ClientSession, sent: dict[str, Any], pointer: str) -> None:
    async with guest.post("/api/chat", json=sent) as answer:
        body = await answer.json()
    assert (answer.status, [error["pointer"] for error in body["errors"]]) == (422, [pointer])


@pytest.mark.parametrize("offset", ["99999999", "abc", "-1", "1.5", "7"])
@pytest.mark.parametrize("how", ["header", "query"])
async def test_an_offset_that_was_never_given_out_is_refused(
    guest: ClientSession, offset: str, how: str
) -> None:
    turn_id = str(uuid4())
    await post(guest, turn_id, SHORT)
    headers = {"Last-Event-ID": offset} if how == "header" else {}
    params = {"last_event_id": offset} if how == "query" else {}
    url = f"/api/chat/turns/{turn_id}/events"
    async with guest.get(url, headers=headers, params=params) as answer:
        body = await answer.json()
    assert (answer.status, body["type"]) == (422, "/problems/invalid-event-id")
    expected = ("header", "/last-event-id") if how == "header" else ("query", "/last_event_id")
    assert [(error["location"], error["pointer"]) for error in body["errors"]] == [expected]


async def test_reading_from_an_offset_in_the_query(guest: ClientSession) -> None:
    turn_id = str(uuid4())
    _, stream, _ = await post(guest, turn_id, SHORT)
    end, _ = next(parse(stream))
    async with guest.get(f"/api/chat/turns/{turn_id}/events?last_event_id={end}") as answer:
        assert (await answer.read()).partition(b"\n")[2] == stream[end:]


async def test_somebody_elses_turn_is_not_there(guest: ClientSession, parlour: Parlour) -> None:
    turn_id = str(uuid4())
    await post(guest, turn_id, SHORT)
    async with ClientSession(parlour.url) as stranger:
        async with stranger.post("/api/auth/local", json={"email": f"{uuid4()}@example.org"}) as answer:
            token = (await answer.json())["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        for method, path, body in (
            ("GET", f"/api/chat/turns/{turn_id}/events", None),
            ("POST", f"/api/chat/turns/{turn_id}/ticket", {}),
            ("POST", "/api/chat", {"message": SHORT, "turn_id": turn_id}),
        ):
            async with stranger.request(method, path, json=body, headers=headers) as answer:
                assert (answer.status, slug(await answer.read())) == (404, "turn-not-found")
        async with stranger.get(f"/api/chat/turns/{turn_id}/events") as answer:
            assert answer.status == 401
    assert parlour.runs(turn_id) == 1


async def test_a_ticket_reads_its_turn_and_nothing_else(guest: ClientSession, parlour: Parlour) -> None:
    turn_id, other = str(uuid4()), str(uuid4())
    _, stream, _ = await post(guest, turn_id, SHORT)
    await post(guest, other, SHORT)
    async with guest.post(f"/api/chat/turns/{turn_id}/ticket") as answer:
        ticket = await answer.json()
    in_turn_frame = next(parse(stream))[1].payload["events"]
    async with ClientSession(parlour.url) as nobody:
        for url in (ticket["url"], in_turn_frame):
            listener = Listener(nobody, url)
            await listener.to_end()
            assert listener.stream == stream
        first, _ = next(parse(stream))
        resumed = Listener(nobody, f"{ticket['url']}&last_event_id={first}")
        assert await resumed.once() == 200
        assert resumed.stream == stream[first:]
        altered = [
            ticket["url"].replace(turn_id, other),
            ticket["url"].replace("exp=", "exp=9"),
            ticket["url"][:-1] + ("0" if ticket["url"][-1] != "0" else "1"),
            ticket["url"] + "&uid=6f2d1dee-4096-5bb6-a83a-7c1bc71563c8",
            ticket["url"].replace("exp=1", "exp=0"),
        ]
        for url in altered:
            async with nobody.get(url) as answer:
                assert (answer.status, slug(await answer.read())) == (403, "invalid-signed-url"), url


async def test_another_origin_may_listen_only_where_it_is_configured(
    guest: ClientSession, parlour: Parlour
) -> None:
    turn_id = str(uuid4())
    await post(guest, turn_id, SHORT)
    url = f"/api/chat/turns/{turn_id}/events"
    for origin, allowed in ((parlour.page_origin, parlour.page_origin), ("https://evil.example", None)):
        async with guest.get(url, headers={"Origin": origin}) as answer:
            assert answer.headers.get("Access-Control-Allow-Origin") == allowed


async def test_head_does_not_wait(guest: ClientSession) -> None:
    turn_id = str(uuid4())
    _, stream, _ = await post(guest, turn_id, SHORT)
    async with guest.head(f"/api/chat/turns/{turn_id}/events") as answer:
        assert answer.status == 200
    async with guest.head(
        f"/api/chat/turns/{turn_id}/events", headers={"Last-Event-ID": str(len(stream))}
    ) as answer:
        assert answer.status == 204
    async with guest.head(f"/api/chat/turns/{uuid4()}/events") as answer:
        assert answer.status == 404


async def test_a_turn_whose_host_is_stopped_says_so_itself(guest: ClientSession, parlour: Parlour) -> None:
    turn_id = str(uuid4())
    posted = asyncio.ensure_future(post(guest, turn_id, "60 hello"))
    listener = listen(guest, turn_id)
    await listener.until("delta")
    await asyncio.to_thread(parlour.stack.stop_service, "functions")
    assert (await posted)[0] == 503
    stopped = time.monotonic()
    await asyncio.to_thread(parlour.start)
    await listener.until("error")
    assert time.monotonic() - stopped < log.SILENT.total_seconds(), "it was told, not found out by silence"
    [(_, told)] = [frame for frame in parse(listener.stream) if frame[1].event == "error"]
    assert "going down" in told.payload["detail"]


async def test_a_third_turn_at_once_has_to_wait(guest: ClientSession) -> None:
    turn_ids = [str(uuid4()) for _ in range(2)]
    running = [asyncio.ensure_future(post(guest, turn_id, LIVE)) for turn_id in turn_ids]
    for turn_id in turn_ids:
        await listen(guest, turn_id).until("turn")
    status, body, headers = await post(guest, str(uuid4()), SHORT)
    assert (status, slug(body), headers["Retry-After"]) == (429, "too-many-turns", "5")
    assert [status for status, _, _ in await asyncio.gather(*running)] == [200, 200]
    assert (await post(guest, str(uuid4()), SHORT))[0] == 200
