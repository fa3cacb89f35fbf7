"""The shops can be told to fail, each in its way."""

from __future__ import annotations

import aiohttp

from devstack.emulator import running
from devstack.shop.app import FAULTS, build


async def seen(shop: aiohttp.ClientSession) -> tuple[int, str, bool] | None:
    try:
        async with shop.get("/hem/feed.xml") as answer:
            text = await answer.text()
            return answer.status, answer.headers.get("Retry-After", ""), text.endswith("</rss>")
    except aiohttp.ClientError:
        return None


async def test_each_fault_strikes_and_is_gone() -> None:
    found = {}
    async with running(build()) as url, aiohttp.ClientSession(url) as shop:
        for kind in FAULTS:
            times = 2 if kind == "cut" else 1  # the client itself asks again where it got nothing
            fault = {"kind": kind, "times": times, "status": 429, "retry_after": 7, "seconds": 0}
            async with shop.post("/__control/faults", json=fault) as answer:
                assert answer.status == 200
            found[kind] = await seen(shop)
            assert await seen(shop) == (200, "", True)
    assert found == {
        "down": (429, "7", False),
        "slow": (200, "", True),
        "cut": None,
        "rubbish": (200, "", False),
    }
