"""The rules of many origins: each asked for once, and only the latest kept in memory."""

from __future__ import annotations

import pytest

from core.platform.fetch import robots, targets
from core.platform.fetch.targets import Target
from tests.fetching import MemoryRobots


async def test_rules_are_kept_in_memory_for_the_origins_met_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(robots, "_IN_MEMORY", 2)
    stored, asked = MemoryRobots(), []
    get = stored.get

    async def counted(target: Target) -> robots.RobotsRecord | None:
        asked.append(target.host)
        return await get(target)

    async def read(target: Target) -> bytes:
        return b"User-agent: *\nDisallow: /private"

    monkeypatch.setattr(stored, "get", counted)
    book = robots.RobotsBook(stored, read)
    for host in ("a", "b", "a", "c", "a", "b"):
        rules = await book.rules(targets.read(f"https://{host}.example.com/", {}))
        assert (rules.verdict, rules.pause) == ("rules", 0.0)
    assert asked == [f"{host}.example.com" for host in ("a", "b", "c", "b")]


@pytest.mark.parametrize("asked", ["Crawl-delay: 1000000000000000", "Request-rate: 1/99999999999999999999d"])
async def test_no_robots_txt_silences_a_host_for_longer_than_a_day(asked: str) -> None:
    async def read(target: Target) -> bytes:
        return f"User-agent: *\n{asked}".encode()

    rules = await robots.RobotsBook(MemoryRobots(), read).rules(targets.read("https://a.example.com/", {}))
    assert rules.pause == 24 * 60 * 60
