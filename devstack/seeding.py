"""Lets a fresh devstack follow its own shops and magazine, by the routes administrators have."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import aiohttp

from devstack.shop.sites import sources
from devstack.stack import Stack

ADMIN = "admin@example.org"


def seed(stack: Stack, say: Callable[[str], None]) -> None:
    """Add the sources and start a sweep, where no source is followed yet and both services run."""
    running = {service.name for service in stack.services}
    if running >= {"functions", "shop"}:
        asyncio.run(_seed(stack.url("functions"), stack.url("shop"), say))


async def _seed(app: str, shop: str, say: Callable[[str], None]) -> None:
    try:
        async with aiohttp.ClientSession(app, raise_for_status=True) as api:
            async with api.post("/api/auth/local", json={"email": ADMIN}) as answer:
                api.headers["Authorization"] = f"Bearer {(await answer.json())['access_token']}"
            async with api.get("/api/admin/sources", params={"limit": 1}) as answer:
                if (await answer.json())["items"]:
                    return
            for source in sources(shop):
                async with api.post("/api/admin/sources", json=source):
                    pass
            async with api.post("/api/admin/scraper/run"):
                say("following two small shops and a magazine of this machine; the first sweep is under way")
    except aiohttp.ClientError as error:
        say(f"no sources were added: {error}")
