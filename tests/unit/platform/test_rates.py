"""Windows that are known to be full: not counted further, and remembered within bounds."""

from __future__ import annotations

from collections import OrderedDict
from datetime import UTC, datetime

import pytest

from core.platform import clock, rates
from core.platform.errors import RateLimited
from core.platform.rates import WINDOW, Standing, Window, spend

NOW = datetime(2026, 5, 1, 12, 0, 20, tzinfo=UTC)


class Counters:
    """Windows in memory, and which subjects were counted."""

    def __init__(self) -> None:
        self.counts: dict[tuple[str, str], int] = {}
        self.asked: list[str] = []

    async def increment(self, initial: Window, counter: str, by: int) -> Window:
        assert counter == "count"
        key = initial.user_id, initial.id
        self.counts[key] = self.counts.get(key, 0) + by
        self.asked.append(initial.user_id)
        return initial.model_copy(update={"count": self.counts[key]})


@pytest.fixture
def counters(monkeypatch: pytest.MonkeyPatch) -> Counters:
    there = Counters()
    monkeypatch.setattr(rates, "_windows", there)
    monkeypatch.setattr(rates, "_full", OrderedDict())
    return there


async def test_a_flood_asks_the_database_once_more_than_its_limit_and_then_never(
    counters: Counters,
) -> None:
    with clock.frozen(NOW) as time:
        assert [await spend("chat", "anna", 2) for _ in range(2)] == [Standing(2, 1, 40), Standing(2, 0, 40)]
        for _ in range(50):
            with pytest.raises(RateLimited) as refused:
                await spend("chat", "anna", 2)
            assert (refused.value.limit, refused.value.reset) == (2, 40)
        assert len(counters.asked) == 3
        assert (await spend("chat", "bea", 2)).remaining == 1
        time.advance(seconds=WINDOW)
        assert (await spend("chat", "anna", 2)).remaining == 1


async def test_of_very_many_full_windows_the_latest_are_remembered(
    counters: Counters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates, "_MOST_REMEMBERED", 3)
    with clock.frozen(NOW):
        for subject in ("a", "b", "c", "d", "d", "c", "b", "a"):
            with pytest.raises(RateLimited):
                await spend("chat", subject, 0)
    assert counters.asked == ["a", "b", "c", "d", "a"]
