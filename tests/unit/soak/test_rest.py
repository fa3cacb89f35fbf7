"""A soak that does not come to rest ends with a verdict that names what is on its way."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from core.jobs import repository
from core.jobs.models import Job
from tests.soak import rest
from tests.soak.plan import Plan
from tests.soak.run import Run

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
STUCK = Job(
    id="j1",
    user_id="anna",
    kind="digest",
    status="waiting",
    payload={},
    error="The model is down.",
    next_attempt_at=NOON,
    created_at=NOON,
    updated_at=NOON,
)


class Impatient(Plan):
    patience = 0.01


class Town(SimpleNamespace):
    """People of whom one never ends what they are at, or all do."""

    def __init__(self, *, idle: bool) -> None:
        super().__init__(plan=Impatient(0.0), acting=Counter() if idle else Counter(talk=1), idle=idle)

    async def settle_in(self) -> None:
        pass

    async def live(self, *_: Any) -> None:
        await asyncio.sleep(0 if self.idle else 3600)


class Fine(SimpleNamespace):
    @asynccontextmanager
    async def blowing(self, *_: Any, **__: Any) -> AsyncIterator[None]:
        yield


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """The jobs that are on their way, in place of the database's; two messages wait."""
    there: list[Job] = []

    async def everyone(*, where: str) -> AsyncIterator[Job]:
        for job in there:
            yield job

    async def messages(_: Any) -> list[str]:
        return ["2 messages in jobs-q"]

    monkeypatch.setattr(repository, "jobs", lambda: SimpleNamespace(everyone=everyone))
    monkeypatch.setattr(rest, "_messages", messages)
    return there


async def instances() -> list[str]:
    return ["digest_job j1 is Running"]


async def away() -> list[str]:
    raise ConnectionError


def run(host: Any, *, idle: bool) -> Run:
    town: Any = Town(idle=idle)
    weather: Any = Fine()
    functions: Any = SimpleNamespace(instances=host)
    return Run(town, weather, functions, print)


async def test_people_messages_jobs_and_instances_that_are_on_their_way_are_named(jobs: list[Job]) -> None:
    jobs.append(STUCK)
    [verdict] = await run(instances, idle=False).whole()
    assert not verdict.holds
    assert verdict.name == "at rest: after the stretch with kills"
    assert verdict.wrong == [
        "somebody is at talk",
        "2 messages in jobs-q",
        "digest j1 is waiting since 12:00:00, attempt 0, due 12:00:00: The model is down.",
        "digest_job j1 is Running",
    ]


async def test_a_service_that_cannot_say_what_is_on_its_way_is_named_itself(jobs: list[Job]) -> None:
    [verdict] = await run(away, idle=True).whole()
    assert verdict.wrong == ["2 messages in jobs-q", "nobody can say which instances: ConnectionError"]
