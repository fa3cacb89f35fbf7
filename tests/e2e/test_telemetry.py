"""What the running app tells of itself: one trace from a request to what it changed, and nobody's words."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import aiohttp
import pytest

from devstack import ports
from devstack.process import REPOSITORY
from devstack.stack import Stack
from tests.fixtures.collector import Collector, Told


@pytest.fixture(scope="module")
def telling(stack: Stack, collector: Collector, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A host of its own that exports to the collector, with a database and queues nobody else works on."""
    values = {
        **stack.settings,
        "COSMOS_DB_DATABASE": "telling",
        "TASTE_JOB_QUEUE_NAME": "telling-jobs",
        "TASTE_JOB_DEAD_LETTER_QUEUE_NAME": "telling-dead",
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        "OTEL_BSP_SCHEDULE_DELAY": "200",
        "OTEL_METRIC_EXPORT_INTERVAL": "500",
    }
    subprocess.run(
        [sys.executable, "-m", "devstack.provision"], cwd=REPOSITORY, env={**os.environ, **values}, check=True
    )
    folder = tmp_path_factory.mktemp("telling")
    with Stack(
        folder, asked=ports.spares(), only=["functions"], app_dir=REPOSITORY, values=values, say=print
    ) as started:
        yield started
        started.check()


@pytest.fixture
async def teller(telling: Stack) -> AsyncIterator[aiohttp.ClientSession]:
    """Somebody new, signed in at the host that tells."""
    email = {"email": f"{uuid4()}@example.org"}
    async with (
        aiohttp.ClientSession(telling.url("functions")) as client,
        client.post("/api/auth/local", json=email) as answer,
    ):
        token = (await answer.json())["access_token"]
    async with aiohttp.ClientSession(
        telling.url("functions"), headers={"Authorization": f"Bearer {token}"}
    ) as client:
        yield client


def below(spans: list[Told], span: Told) -> list[str]:
    """Return the names on the way from ``span`` up to the last ancestor that was told."""
    by_id, way, at = {span.id: span for span in spans}, list[str](), span
    while at is not None:
        way.append(at.name)
        at = by_id.get(at.parent)
    return way


def named(spans: list[Told], name: str) -> Told:
    return next(span for span in spans if span.name == name)


async def quizzed(client: aiohttp.ClientSession, trace: str) -> str:
    """Answer a quiz and complete it in ``trace``; return the job's id."""
    async with client.post("/api/taste/quiz", json={}) as answer:
        quiz = await answer.json()
    for _ in range(3):
        said = {"card_id": quiz["card"]["card_id"], "answer": "like"}
        async with client.post(f"/api/taste/quiz/{quiz['quiz_id']}/answers", json=said) as answer:
            quiz = await answer.json()
    headers = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
    async with client.post(f"/api/taste/quiz/{quiz['quiz_id']}/complete", headers=headers) as answer:
        assert answer.status == 202
        return str((await answer.json())["job_id"])


async def completed(client: aiohttp.ClientSession, job_id: str) -> None:
    async with asyncio.timeout(30):
        while True:
            async with client.get(f"/api/jobs/{job_id}") as answer:
                if answer.status == 200:
                    return
                await asyncio.sleep(0.1)


async def test_one_trace_shows_an_event_from_its_request_to_the_profile(
    collector: Collector, teller: aiohttp.ClientSession
) -> None:
    trace = uuid4().hex
    await completed(teller, await quizzed(teller, trace))
    await collector.until(lambda: any(span.name == "attempt_taste_job" for span in collector.trace(trace)))
    spans = collector.trace(trace)
    assert below(spans, named(spans, "attempt_taste_job")) == [
        "attempt_taste_job",
        "start taste_job",
        "process job",
        "send telling-jobs",
        "POST /api/taste/quiz/{quiz_id}/complete",
    ]
    written = [way for span in spans if (way := below(spans, span))[0].endswith("replace_item")]
    assert any("attempt_taste_job" in way for way in written), "the profile's write is not in the trace"
