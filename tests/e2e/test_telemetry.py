"""What the running app tells of itself: one trace from a request to what it changed, and nobody's words."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
from azure.storage.queue.aio import QueueClient

from bench.wardrobes import sample
from core.platform.telemetry.instruments import INSTRUMENTS
from core.vault import VaultItem
from devstack import ports
from devstack.process import REPOSITORY
from devstack.stack import Stack
from tests.fixtures.collector import LANGFUSE, OTLP, Collector, Told

PHOTO = Path(__file__).parents[1] / "data" / "astronaut-sideways-gps.jpg"


@pytest.fixture(scope="module")
def telling(
    stack: Stack, collector: Collector, langfuse: Collector, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    """A host of its own that exports to the collector and Langfuse, with its own database and queues."""
    values = {
        **stack.settings,
        "COSMOS_DB_DATABASE": "telling",
        "TASTE_JOB_QUEUE_NAME": "telling-jobs",
        "TASTE_JOB_DEAD_LETTER_QUEUE_NAME": "telling-dead",
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        "OTEL_BSP_SCHEDULE_DELAY": "200",
        "OTEL_METRIC_EXPORT_INTERVAL": "500",
        "OTEL_BLRP_SCHEDULE_DELAY": "200",
        "LANGFUSE_BASE_URL": langfuse.url,
        "LANGFUSE_PUBLIC_KEY": "pk-lf-test",
        "LANGFUSE_SECRET_KEY": "sk-lf-test",
        "TASTE_JOB_MAX_RETRIES": "50",
        "AI_PRICES": '{"gpt-4.1-mini": {"input": 1, "output": 1}}',
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
    by_id, way = {span.id: span for span in spans}, list[str]()
    at: Told | None = span
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
    writes = {"create_item profiles", "replace_item profiles"}
    written = [way for span in spans if (way := below(spans, span))[0] in writes]
    assert any("attempt_taste_job" in way for way in written), "the profile's write is not in the trace"
    metrics = {"pluckit.job.age", "pluckit.job.attempts"}
    await collector.until(lambda: metrics <= set(collector.metrics))
    told = {name: collector.metrics[name].histogram.data_points for name in metrics}
    assert all(point.count <= point.sum for point in told["pluckit.job.attempts"]), (
        "an attempt is at least one"
    )
    assert all(0 <= point.sum < 60 * point.count for point in told["pluckit.job.age"]), "seconds"


def planted() -> str:
    return f"planted{uuid4().hex}"


async def sent(client: aiohttp.ClientSession, secrets: list[str]) -> None:
    """Send secrets wherever a person can, in what succeeds and in what fails."""

    def secret() -> str:
        secrets.append(planted())
        return secrets[-1]

    photo = aiohttp.FormData()
    photo.add_field("image", PHOTO.read_bytes(), filename=f"{secret()}.jpg")
    bodies: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "/api/process-image", {"data": photo}),
        ("POST", "/api/vault/items", {"json": {"name": secret(), "category": "coat", "notes": secret()}}),
        ("POST", "/api/vault/items", {"json": {"name": 7, secret(): secret()}}),
        ("POST", "/api/vault/items", {"data": secret(), "params": {"sig": secret()}}),
        ("POST", "/api/chat", {"json": {"message": f"What goes with my coat {secret()}?"}}),
        ("POST", "/api/auth/refresh", {"json": {"refresh_token": secret()}}),
        ("GET", f"/api/{secret()}/{secret()}", {"headers": {"X-Request-Id": secret()}}),
        ("GET", f"/api/vault/items/{secret()}", {}),
        ("GET", "/api/vault/items", {"headers": {"Authorization": f"Bearer {secret()}"}}),
    ]
    for method, path, given in bodies:
        async with client.request(method, path, **given) as answer:
            await answer.read()


async def test_calls_are_told_by_model_tokens_and_cost_and_nobodys_words_are_in_any_signal(
    telling: Stack, collector: Collector, langfuse: Collector
) -> None:
    secrets = [planted()]
    async with aiohttp.ClientSession(telling.url("functions")) as client:
        email = {"email": f"{secrets[0]}@example.org"}
        async with client.post("/api/auth/local", json=email) as answer:
            tokens = await answer.json()
    secrets += [tokens["access_token"], tokens["refresh_token"], tokens["user"]["id"]]
    signed_in = {"Authorization": f"Bearer {tokens['access_token']}"}
    async with aiohttp.ClientSession(telling.url("functions"), headers=signed_in) as client:
        await sent(client, secrets)
    names = {"segment", "chat gpt-4.1-mini", "GET /api/{path}"}
    await collector.until(lambda: names <= {span.name for span in collector.spans})
    told = named(collector.spans, "chat gpt-4.1-mini").attributes
    assert told["gen_ai.usage.input_tokens"] > 0
    assert [each.string_value for each in told["gen_ai.response.finish_reasons"].values]
    metrics = {
        "http.server.request.duration",
        "gen_ai.client.token.usage",
        "gen_ai.client.operation.duration",
        "pluckit.model.cost",
        "pluckit.queue.depth",
        "pluckit.chat.stream.lag",
    }
    await collector.until(lambda: metrics <= set(collector.metrics))
    await collector.until(lambda: bool(collector.logs))
    image = PHOTO.read_bytes()[2000:2030]
    await langfuse.until(lambda: "chat" in {span.name for span in langfuse.spans})
    exported = b"".join([*collector.raw, *langfuse.raw])
    assert [secret for secret in secrets if secret.encode() in exported] == []
    assert image not in exported


@asynccontextmanager
async def unwritable_profiles(stack: Stack) -> AsyncIterator[None]:
    """Refuse every write of a profile of the telling database, so that no taste job comes to its end."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=False)) as http:
        faults = f"{stack.url('cosmos')}/__faults"
        fault = {"status": 503, "times": 1_000_000, "path": "dbs/telling/colls/profiles/docs"}
        async with http.post(faults, json=fault) as answer:
            assert answer.status < 300
        yield
        async with http.delete(faults) as answer:
            assert answer.status < 300


async def test_a_trace_stays_one_where_the_host_is_killed_before_its_job_is_done(
    stack: Stack, telling: Stack, collector: Collector, teller: aiohttp.ClientSession
) -> None:
    trace = uuid4().hex
    async with unwritable_profiles(stack):
        job = await quizzed(teller, trace)
        await collector.until(lambda: any(s.name == "attempt_taste_job" for s in collector.trace(trace)))
        await asyncio.to_thread(telling.kill, "functions")
    before = len(collector.spans)
    await asyncio.to_thread(telling.start_service, "functions")
    await completed(teller, job)

    def after_the_kill() -> list[Told]:
        return [span for span in collector.spans[before:] if span.trace == trace]

    await collector.until(lambda: any(span.name == "attempt_taste_job" for span in after_the_kill()))
    assert "start taste_job" in below(collector.trace(trace), named(after_the_kill(), "attempt_taste_job"))


async def test_langfuse_gets_generations_with_usage_by_conversation_and_no_words(
    langfuse: Collector, teller: aiohttp.ClientSession
) -> None:
    async with teller.post("/api/chat", json={"message": "Good morning!"}) as answer:
        opening = (await answer.read()).partition(b"data: ")[2].partition(b"\n")[0]
    conversation = json.loads(opening)["conversation_id"]

    def generations() -> list[Told]:
        return [span for span in langfuse.spans if span.attributes.get("session.id") == conversation]

    await langfuse.until(lambda: bool(generations()))
    told = generations()[0].attributes
    usage = json.loads(told["langfuse.observation.usage_details"])
    assert usage["input"] > 0 < usage["output"]
    assert json.loads(told["langfuse.observation.cost_details"])["total"] > 0
    assert {"role", "content"} == set(json.loads(told["langfuse.observation.input"])[0])
    assert "Good morning!" not in str(told)
    assert len(told["user.id"]) == 32
    basic = base64.b64encode(b"pk-lf-test:sk-lf-test").decode()
    assert langfuse.authorized == {f"Basic {basic}"}


async def test_langfuse_gets_what_a_person_thinks_of_an_answer_without_their_words(
    langfuse: Collector, teller: aiohttp.ClientSession
) -> None:
    turn, words = str(uuid4()), planted()

    def rated(rating: str) -> bool:
        return rating in {each["value"] for each in langfuse.scores}

    async with teller.post("/api/chat", json={"message": "Good morning!", "turn_id": turn}) as answer:
        await answer.read()
    for rating in ("up", "down"):
        given = {"rating": rating, "comment": words}
        async with teller.post(f"/api/chat/turns/{turn}/feedback", json=given) as answer:
            assert (answer.status, await answer.json()) == (200, given)
        await langfuse.until(partial(rated, rating))
    scores = [each for each in langfuse.scores if each["name"] == "chat-feedback"]
    assert len({each["id"] for each in scores}) == 1, "the later one takes the place of the earlier"
    await langfuse.until(lambda: scores[0]["traceId"] in {span.trace for span in langfuse.spans})
    assert words not in json.dumps(langfuse.scores)


async def owned(client: aiohttp.ClientSession, piece: VaultItem) -> None:
    given = piece.model_dump(mode="json", include={"name", "category", "colours", "formality", "seasons"})
    async with client.post("/api/vault/items", json=given) as answer:
        assert answer.status == 201, await answer.text()


async def test_langfuse_gets_what_a_person_answers_about_a_digest_without_their_words(
    langfuse: Collector, teller: aiohttp.ClientSession
) -> None:
    words = planted()
    await asyncio.gather(*(owned(teller, piece) for piece in sample()))
    async with teller.post("/api/digest/run") as answer:
        await completed(teller, (await answer.json())["job_id"])
    async with teller.get("/api/digest") as answer:
        made = await answer.json()
    given = {"about": made["outfits"][0]["key"], "answer": "like", "text": words}
    async with teller.post(f"/api/digest/{made['id']}/feedback", json=given) as answer:
        assert answer.status == 202, await answer.text()
    await langfuse.until(lambda: "digest-feedback" in {each["name"] for each in langfuse.scores})
    [score] = [each for each in langfuse.scores if each["name"] == "digest-feedback"]
    assert score["value"] == "like"
    await langfuse.until(lambda: score["traceId"] in {span.trace for span in langfuse.spans})
    assert words not in json.dumps(langfuse.scores)


async def test_a_dead_letter_is_counted_by_kind(telling: Stack, collector: Collector) -> None:
    connection = telling.settings["StorageQueue"]
    async with QueueClient.from_connection_string(connection, "telling-jobs") as queue:
        await queue.send_message("no job's message")
    await collector.until(lambda: "pluckit.job.dead_letters" in collector.metrics)
    counted = collector.metrics["pluckit.job.dead_letters"].sum.data_points
    assert [(pair.key, pair.value.string_value) for point in counted for pair in point.attributes] == [
        ("pluckit.job.kind", "none")
    ]
    assert [point.as_int for point in counted] == [1]


async def test_the_app_tells_every_metric(collector: Collector) -> None:
    elsewhere = {"pluckit.digest.delivered", "pluckit.budget.rejections"}  # see integration/platform
    await collector.until(lambda: set(INSTRUMENTS) - elsewhere <= set(collector.metrics))


@pytest.fixture(params=["refusing", "hanging", "slow", "gone"])
async def troubled(
    collector: Collector, langfuse: Collector, request: pytest.FixtureRequest
) -> AsyncIterator[str]:
    """A collector and a Langfuse that do not do their work, and by their end do."""
    for each in (collector, langfuse):
        each.status = 503 if request.param == "refusing" else 200
        each.hang = request.param in {"hanging", "slow"}
        if request.param == "gone":
            await each.close()
    yield request.param
    for each, path in ((collector, OTLP), (langfuse, LANGFUSE)):
        if each.runner is None:
            await each.open(path)
        await each.release()


async def test_a_collector_in_trouble_fails_no_request_and_no_job(
    troubled: str, collector: Collector, teller: aiohttp.ClientSession
) -> None:
    """Nothing waits either: what hangs or is slow answers nothing before all of it is done."""

    async def listed() -> int:
        async with teller.get("/api/vault/items") as answer:
            return answer.status

    trace = uuid4().hex
    assert set(await asyncio.gather(*(listed() for _ in range(40)))) == {200}
    async with teller.post("/api/chat", json={"message": "Good morning!"}) as answer:
        assert b"event: done" in await answer.read()
    await completed(teller, await quizzed(teller, trace))
    if troubled == "slow":
        await collector.release()
        await collector.until(lambda: bool(collector.trace(trace)))
