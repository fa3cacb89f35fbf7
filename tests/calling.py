"""Calls the running app as one person, over HTTP as clients do it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from aiohttp import ClientSession

ADMIN = "admin@example.org"


@dataclass(frozen=True)
class Answered:
    """What came back."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def problem(self) -> tuple[int, str]:
        return self.status, self.body["type"].removeprefix("/problems/")


@dataclass(frozen=True)
class Caller:
    """Somebody who is signed in."""

    api: ClientSession
    headers: Mapping[str, str]
    user_id: str

    async def __call__(self, method: str, path: str, body: Any = None, **params: Any) -> Answered:
        async with self.api.request(method, path, headers=self.headers, json=body, params=params) as answer:
            sent = await answer.read()
            return Answered(answer.status, json.loads(sent) if sent else None, answer.headers)

    async def get(self, path: str, **params: Any) -> Any:
        answered = await self("GET", path, **params)
        assert answered.status == 200, answered
        return answered.body

    async def post(self, path: str, body: Any = None) -> Any:
        answered = await self("POST", path, body)
        assert answered.status in {200, 201, 202}, answered
        return answered.body

    async def pages(self, path: str, limit: int) -> list[list[Any]]:
        """Every page of a list."""
        found, cursor = list[list[Any]](), None
        while cursor is not None or not found:
            page = await self.get(path, limit=limit, **({"cursor": cursor} if cursor else {}))
            found.append(page["items"])
            cursor = page["next_cursor"]
        return found

    async def done(self, location: str) -> Any:
        """Poll a job until it is over; return it as it then is."""
        for _ in range(1200):
            answered = await self("GET", location)
            if answered.status != 202:
                assert answered.body.get("status") not in {"queued", "running", "waiting"}, answered
                return answered.body
            await asyncio.sleep(0.05)
        raise AssertionError("the job never ended")


async def signed_in(api: ClientSession, email: str = "") -> Caller:
    async with api.post("/api/auth/local", json={"email": email or f"{uuid4()}@example.org"}) as answer:
        tokens = await answer.json()
    return Caller(api, {"Authorization": f"Bearer {tokens['access_token']}"}, tokens["user"]["id"])
