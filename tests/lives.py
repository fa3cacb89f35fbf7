"""A person who uses everything there is, over HTTP, and what they may ask of their account afterwards."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from aiohttp import ClientError, ClientSession

PHOTO = Path(__file__).parent / "data" / "astronaut-sideways-gps.jpg"
SAID = "I love green linen and I never wear wool."


@dataclass(frozen=True)
class Answer:
    """An answer, read to its end; ``body`` is its JSON where it is JSON."""

    status: int
    headers: Any
    data: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.data)

    @property
    def slug(self) -> str:
        return str(self.body["type"]).removeprefix("/problems/")


@dataclass
class Person:
    """Somebody with an email address and, once signed in, tokens."""

    api: ClientSession
    email: str = field(default_factory=lambda: f"{uuid4()}@example.org")
    id: str = ""
    token: str = ""
    refresh_token: str = ""
    began: datetime = field(default_factory=lambda: datetime.now(UTC))

    async def send(self, method: str, path: str, **sent: Any) -> Answer:
        headers = {"Authorization": f"Bearer {self.token}"} | sent.pop("headers", {})
        async with self.api.request(method, path, headers=headers, allow_redirects=False, **sent) as answer:
            return Answer(answer.status, answer.headers, await answer.read())

    async def ask(self, method: str, path: str, **sent: Any) -> Any:
        answer = await self.send(method, path, **sent)
        assert answer.status < 300, (path, answer.status, answer.data[:500])
        return answer.body if "json" in answer.headers["Content-Type"] else answer.data

    async def sign_in(self) -> Answer:
        async with self.api.post("/api/auth/local", json={"email": self.email}) as sent:
            answer = Answer(sent.status, sent.headers, await sent.read())
        if answer.status == 200:
            tokens = answer.body
            self.id, self.token = tokens["user"]["id"], tokens["access_token"]
            self.refresh_token = tokens["refresh_token"]
        return answer

    async def until_over(self, location: str, *, patience: float = 60) -> Any:
        """Poll a job until it is over; a host that is down is waited for."""
        for _ in range(int(patience / 0.1)):
            try:
                async with self.api.get(location, headers=self._who(location)) as answer:
                    status, body = answer.status, await answer.json()
                if status != 202 and status < 500:
                    assert status == 200, body
                    return body
                assert status != 202 or answer.headers["Location"] == location
            except (ClientError, OSError):
                body = "no answer"
            await asyncio.sleep(0.1)
        raise AssertionError(f"not over after {patience} s: {body}")

    def _who(self, location: str) -> dict[str, str]:
        return {} if urlsplit(location).query else {"Authorization": f"Bearer {self.token}"}


async def full_life(api: ClientSession) -> Person:
    """Sign up, and leave something in every place the app has."""
    person = Person(api)
    assert (await person.sign_in()).status == 200
    key = {"Idempotency-Key": f"of-{person.id}"}
    photo = await person.ask("POST", "/api/process-image", data=PHOTO.read_bytes(), headers=key)
    await person.ask("POST", "/api/extract-clothing-metadata", json={"image_id": photo["image_id"]})
    suit = {"name": "Flight suit", "category": "outerwear", "image_id": photo["image_id"]}
    item = await person.ask("POST", "/api/vault/items", json=suit, headers=key)
    await person.ask("POST", f"/api/vault/items/{item['id']}/wears", json={})
    await _quiz(person)
    made = await person.send("POST", "/api/digest/run")
    await person.until_over(made.headers["Location"])
    (mood, *_) = (await person.ask("GET", "/api/moods"))["items"]
    await person.ask("POST", f"/api/moods/{mood['mood_id']}/react", json={"answer": "like"})
    await person.ask("POST", "/api/chat", json={"message": SAID})
    await _until_learned(person)
    return person


async def export(person: Person, *, patience: float = 60) -> Any:
    """Export, and return the job's result."""
    asked = await person.send("POST", "/api/auth/me/export")
    assert asked.status == 202, asked.data
    return (await person.until_over(asked.headers["Location"], patience=patience))["result"]


async def _quiz(person: Person) -> None:
    quiz = await person.ask("POST", "/api/taste/quiz", json={})
    while not quiz["done"]:
        answer = {"card_id": quiz["card"]["card_id"], "answer": "like"}
        quiz = await person.ask("POST", f"/api/taste/quiz/{quiz['quiz_id']}/answers", json=answer)
    handed_in = await person.send("POST", f"/api/taste/quiz/{quiz['quiz_id']}/complete")
    await person.until_over(handed_in.headers["Location"])


async def _until_learned(person: Person) -> None:
    """Wait until what was said is remembered, and has moved the taste."""
    for _ in range(300):
        facts = (await person.ask("GET", "/api/chat/memory"))["items"]
        if facts:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("nothing was remembered")
