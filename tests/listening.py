"""Reads a turn's events as an ``EventSource`` does: the last id goes into the next request, 204 ends it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

from aiohttp import ClientSession

from core.chat import tail
from core.chat.frames import parse
from core.chat.stream_errors import TurnNotFound
from core.chat.turn import Turn


def names(stream: bytes) -> list[str]:
    return [frame.event for _, frame in parse(stream)]


def words(stream: bytes) -> list[str]:
    deltas = [frame.payload["text"] for _, frame in parse(stream) if frame.event == "delta"]
    return "".join(deltas).split()


@dataclass
class Listener:
    """Reads as an ``EventSource`` does: an id for the next request, 204 for the end."""

    client: ClientSession
    url: str
    who: dict[str, str] = field(default_factory=dict)
    stream: bytes = b""
    last_id: str = ""
    seen: list[tuple[float, str]] = field(default_factory=list)

    async def once(self) -> int:
        headers = self.who | ({"Last-Event-ID": self.last_id} if self.last_id else {})
        async with self.client.get(self.url, headers=headers) as answer:
            body = await answer.read()
        assert answer.status in (200, 204), (answer.status, body)
        if answer.status == 204:
            assert body == b""
            return 204
        assert answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        retry, _, body = body.partition(b"\n")
        assert retry.startswith(b"retry: ")
        self.stream += body
        self.seen += [(time.monotonic(), frame.event) for _, frame in parse(body)]
        for line in body.split(b"\n"):
            if line.startswith(b"id: "):
                self.last_id = line.removeprefix(b"id: ").decode()
        return 200

    async def to_end(self) -> None:
        async with asyncio.timeout(60):
            while await self.once() == 200:
                pass

    async def until(self, event: str) -> None:
        async with asyncio.timeout(60):
            while event not in names(self.stream):
                assert await self.once() == 200


def listen(client: ClientSession, turn_id: str, who: dict[str, str] | None = None) -> Listener:
    return Listener(client, f"/api/chat/turns/{turn_id}/events", who or {})


async def is_readable(turn: Turn) -> bool:
    """Tell whether the turn's person finds its events."""
    try:
        await tail.events(turn.user_id, turn.turn_id, tail.offset(None, None), wait=0)
    except TurnNotFound:
        return False
    return True
