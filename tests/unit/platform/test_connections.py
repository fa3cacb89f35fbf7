"""Clients that are shared by a loop, and what becomes of one that is still being made when all are closed."""

from __future__ import annotations

import asyncio

import pytest

from core.platform import connections


async def test_a_client_that_is_made_while_all_are_closed_is_closed_too() -> None:
    made, closed = asyncio.Event(), []

    async def close() -> None:
        closed.append("slow")

    async def make() -> tuple[str, connections.Closer]:
        await made.wait()
        return "slow", close

    waiting = asyncio.create_task(connections.shared("slow", make))
    await asyncio.sleep(0)
    closing = asyncio.create_task(connections.close_all())
    await asyncio.sleep(0)
    made.set()
    await closing
    assert (await waiting, closed) == ("slow", ["slow"])


async def test_a_client_that_cannot_be_made_while_all_are_closed_keeps_no_other_open() -> None:
    gone, closed = asyncio.Event(), []

    async def fail() -> tuple[str, connections.Closer]:
        await gone.wait()
        raise OSError("down")

    async def close() -> None:
        closed.append("good")

    async def make() -> tuple[str, connections.Closer]:
        return "good", close

    waiting = asyncio.create_task(connections.shared("bad", fail))
    await asyncio.sleep(0)
    assert await connections.shared("good", make) == "good"
    closing = asyncio.create_task(connections.close_all())
    await asyncio.sleep(0)
    gone.set()
    await closing
    with pytest.raises(OSError, match="down"):
        await waiting
    assert closed == ["good"]
