"""Names and their addresses: what has none, or one that is not public, is not connected to."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from core.platform.fetch import FetchRefused
from core.platform.fetch.connecting import CheckedResolver


def answering(*addresses: str) -> CheckedResolver:
    async def lookup(host: str) -> Sequence[str]:
        return addresses

    return CheckedResolver(lookup, {("shop.test", 8080): "127.0.0.1"})


async def hosts(resolver: CheckedResolver, host: str, port: int = 443) -> list[str]:
    found = [result["host"] for result in await resolver.resolve(host, port)]
    await resolver.close()
    return found


async def test_every_public_address_is_an_answer_once_and_not_endlessly_many() -> None:
    twice = ["93.184.216.34", "2606:4700:4700::1111", "93.184.216.34"]
    assert await hosts(answering(*twice), "shop.example.com") == twice[:2]
    assert len(await hosts(answering(*(f"93.184.216.{n}" for n in range(200))), "shop.example.com")) == 32


async def test_a_name_without_an_address_leads_nowhere() -> None:
    with pytest.raises(OSError, match="has no address"):
        await hosts(answering(), "shop.example.com")


async def test_one_address_that_is_not_public_refuses_the_name() -> None:
    with pytest.raises(FetchRefused):
        await hosts(answering("93.184.216.34", "169.254.169.254"), "shop.example.com")


async def test_an_extra_host_is_its_one_address_at_its_port_only() -> None:
    assert await hosts(answering("93.184.216.34"), "shop.test", 8080) == ["127.0.0.1"]
    assert await hosts(answering("93.184.216.34"), "shop.test", 443) == ["93.184.216.34"]
