"""What a newcomer is promised: a photo becomes a wardrobe item, and it is still there tomorrow."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp

from devstack import appsettings, demo, ports
from devstack.process import REPOSITORY
from devstack.stack import Stack


async def test_the_walk_through_survives_a_restart(tmp_path: Path) -> None:
    values = appsettings.fresh(REPOSITORY)
    walked = []
    for _ in range(2):
        stack = Stack(tmp_path / "state", asked=ports.spares(), values=values, say=print)
        try:
            await asyncio.to_thread(stack.start)
            walked.append(await demo.walk(stack.url("functions"), "ann@example.org", stack.settings))
            image = await _stored_images(stack)
        finally:
            await asyncio.to_thread(stack.stop)
    assert walked[0] == walked[1]
    assert image == 1


async def _stored_images(stack: Stack) -> int:
    """How many items of the vault show a picture that can be fetched."""
    async with aiohttp.ClientSession(stack.url("functions")) as client:
        async with client.post("/api/auth/local", json={"email": "ann@example.org"}) as answer:
            token = (await answer.json())["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        async with client.get("/api/vault/items", headers=headers) as answer:
            items = (await answer.json())["items"]
        fetched = 0
        for item in items:
            async with client.get(item["image"]["thumb"]) as answer:
                fetched += answer.status == 200
        return fetched
