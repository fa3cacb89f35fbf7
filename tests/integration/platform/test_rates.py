"""Rate limits on the real database: exactly as many pass as may, whoever counts."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from core.platform import clock, rates
from core.platform.cosmos import Container
from core.platform.errors import RateLimited
from core.platform.ids import new_id

START = datetime(2026, 11, 24, 12, 0, 40, tzinfo=UTC)


async def spent(subject: str, limit: int) -> rates.Standing | RateLimited:
    try:
        return await rates.spend("sign-in", subject, limit)
    except RateLimited as error:
        return error


@pytest.mark.usefixtures("app_env")
async def test_of_many_at_once_exactly_the_limit_passes() -> None:
    subject = new_id()
    with clock.frozen(START):
        outcomes = await asyncio.gather(*(spent(subject, 20) for _ in range(100)))
    passed = [outcome for outcome in outcomes if isinstance(outcome, rates.Standing)]
    refused = [outcome for outcome in outcomes if isinstance(outcome, RateLimited)]
    assert sorted(standing.remaining for standing in passed) == list(range(20))
    assert {standing.reset for standing in passed} == {20}
    assert len(refused) == 80
    assert {error.retry_after for error in refused} == {20}


@pytest.mark.usefixtures("app_env")
async def test_a_new_minute_is_a_new_window() -> None:
    subject = new_id()
    with clock.frozen(START) as time:
        assert isinstance(await spent(subject, 1), rates.Standing)
        assert isinstance(await spent(subject, 1), RateLimited)
        time.advance(seconds=20)
        again = await spent(subject, 1)
    assert again == rates.Standing(limit=1, remaining=0, reset=60)


@pytest.mark.usefixtures("app_env")
async def test_people_do_not_share_a_window() -> None:
    with clock.frozen(START):
        for subject in (new_id(), new_id()):
            assert isinstance(await spent(subject, 1), rates.Standing)


@pytest.mark.usefixtures("app_env")
async def test_a_flood_is_refused_without_asking_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    subject, asked = new_id(), []
    increment = Container.increment

    async def counted(container: Container[Any], *given: Any) -> Any:
        asked.append(given)
        return await increment(container, *given)

    monkeypatch.setattr(Container, "increment", counted)
    with clock.frozen(START):
        for _ in range(50):
            await spent(subject, 3)
    assert len(asked) == 4
