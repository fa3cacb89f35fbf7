"""Turns of chat, read live at the same time by somebody whose line is cut again and again."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import ClientError

from core.chat.frames import DONE, END, TURN, parse
from tests.soak.ledger import Spoken
from tests.soak.people.person import GaveUp, Person

_MESSAGES = (
    "What should I wear to the office today?",
    "Show me an outfit with my navy chinos.",
    "What is new in my feed?",
    "How is my wardrobe doing?",
    "Tell me something about scarves.",
    "I love green linen.",
    "I never wear wool.",
    "My size is M and I work in an office.",
)


async def talk(person: Person) -> None:
    """Say something, in an old conversation or a new one, until the answer ends in ``done``."""
    person.doing = "chat"
    turn_id = person.key()
    said: dict[str, Any] = {"message": person.chance.choice(_MESSAGES), "turn_id": turn_id}
    spoken = list(person.ledger.turns.values())
    if spoken and person.chance.random() < 0.6:
        said["conversation_id"] = person.chance.choice(spoken).conversation_id
    tail = Tail(person, turn_id)
    reading = asyncio.create_task(tail.read()) if person.chance.random() < 0.7 else None
    try:
        stream = await _until_done(person, said)
    except BaseException:
        if reading is not None:
            reading.cancel()
        raise
    first = next(frame for _, frame in parse(stream)).payload
    person.ledger.turns[turn_id] = Spoken(first["conversation_id"], said["message"], stream)
    _check(person, f"turn {turn_id}", stream)
    if reading is not None:
        await reading
        person.traffic.checked["live tails"] += 1
        if tail.since_turn() != stream:
            person.traffic.torn.append(
                f"turn {turn_id}: the tail read {tail.since_turn()[-300:]!r}, the post {stream[-300:]!r}"
            )


async def _until_done(person: Person, said: dict[str, Any]) -> bytes:
    while True:
        answer = await person.ask("POST", "/api/chat", json=said)
        frames = [frame for _, frame in parse(answer.data)]
        if frames and frames[-1].event == DONE:
            return answer.data
        if not frames:
            person.traffic.surprises[f"POST /api/chat: no frames: {answer.data[:200]!r}"] += 1
            raise GaveUp(said["turn_id"])
        slug = frames[-1].payload["type"].rpartition("/")[2]
        person.traffic.note(person.doing, f"ended in {slug}")
        if slug == "internal":
            person.traffic.surprises["POST /api/chat: a turn ended in internal"] += 1
        await asyncio.sleep(0.3)


def _check(person: Person, what: str, stream: bytes) -> None:
    person.traffic.checked["streams"] += 1
    if wrong := misnumbered(stream):
        person.traffic.torn.append(f"{what}: {wrong}")


def misnumbered(stream: bytes) -> str:
    """Return where the ids of a stream are not the offsets of their frames' ends; empty where they are."""
    at: int | None = None
    for block in stream.split(END)[:-1]:
        name, _, number = block.partition(b"\n")[0].partition(b": ")
        if name != b"id":
            return f"a frame without id: {block[:80]!r}"
        if at is not None and int(number) != at + len(block) + len(END):
            return f"after {at} comes a frame of {len(block) + len(END)} bytes with id {int(number)}"
        at = int(number)
    return "" if stream.endswith(END) else "the stream ends within a frame"


class Tail:
    """Reads a turn's events as an ``EventSource`` does; its line is cut at random."""

    def __init__(self, person: Person, turn_id: str) -> None:
        self.person = person
        self.url = f"/api/chat/turns/{turn_id}/events"
        self.stream = b""
        self.last = ""

    async def read(self) -> None:
        """Read until the turn is over for good."""
        while True:
            patience = self.person.chance.choice((0.05, 0.3, 30, 30))
            try:
                over = await asyncio.wait_for(self._once(), patience)
            except TimeoutError:
                self.person.traffic.note("tails", "cut off by the reader")
                continue
            if over and self._is_done():
                return
            await asyncio.sleep(0.15)

    async def _once(self) -> bool:
        headers = {"Last-Event-ID": self.last} if self.last else {}
        answer = await self._asked(headers)
        if answer is None or answer.status not in {200, 204}:
            return False
        if answer.status == 204:
            return True
        _, _, body = answer.data.partition(b"\n")
        self.stream += body
        for line in body.split(b"\n"):
            if line.startswith(b"id: "):
                self.last = line.removeprefix(b"id: ").decode()
        return False

    async def _asked(self, headers: dict[str, str]) -> Any:
        doing, self.person.doing = self.person.doing, "tails"
        try:
            return await self.person.once("GET", self.url, headers=headers)
        except ClientError:
            return None
        finally:
            self.person.doing = doing

    def _is_done(self) -> bool:
        frames = [frame for _, frame in parse(self.stream)]
        return bool(frames) and frames[-1].event == DONE

    def since_turn(self) -> bytes:
        """Return what was read from the beginning of the run that counts."""
        blocks = self.stream.split(END)[:-1]
        starts = [at for at, block in enumerate(blocks) if f"\nevent: {TURN}\n".encode() in block]
        return b"".join(block + END for block in blocks[starts[-1] :]) if starts else b""
