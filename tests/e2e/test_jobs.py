"""Jobs that fail, wait, are given up and come back, on the running app."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import ClientSession

from core import jobs, taste
from core.jobs import repository
from core.jobs.models import Job
from core.platform import clock
from core.taste import repository as profiles
from devstack.stack import Stack
from tests.fixtures.app import FunctionsHost

type Headers = Mapping[str, str]
ATTEMPTS = 3
"""TASTE_JOB_MAX_RETRIES of the tests' stack."""

pytestmark = pytest.mark.usefixtures("app_env")


async def signed_in(api: ClientSession, email: str) -> tuple[dict[str, str], str]:
    async with api.post("/api/auth/local", json={"email": email}) as answer:
        session = await answer.json()
    return {"Authorization": f"Bearer {session['access_token']}"}, session["user"]["id"]


@pytest.fixture
async def admin(api: ClientSession) -> Headers:
    return (await signed_in(api, "admin@example.org"))[0]


@dataclass(frozen=True)
class Model:
    """The controls of the model's emulator."""

    http: ClientSession

    async def arm(self, **fault: Any) -> None:
        async with self.http.post("/__control/faults", json=fault) as answer:
            assert answer.status == 200, await answer.text()

    async def mend(self) -> None:
        await self.http.delete("/__control/faults")

    async def asked(self, mark: str) -> int:
        """Return how many requests carried ``mark``."""
        async with self.http.get("/__control/requests", params={"match": mark}) as answer:
            return len((await answer.json())["requests"])

    async def until_asked(self, mark: str, times: int) -> None:
        for _ in range(600):
            if await self.asked(mark) >= times:
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"the model was not asked {times} times")


@pytest.fixture
async def model(stack: Stack) -> AsyncIterator[Model]:
    async with ClientSession(stack.url("openai")) as http:
        found = Model(http)
        yield found
        await found.mend()


async def call(api: ClientSession, method: str, path: str, headers: Headers) -> tuple[int, Any]:
    async with api.request(method, path, headers=headers) as answer:
        sent = await answer.read()
        return answer.status, json.loads(sent) if sent else None


def said(user_id: str, text: str) -> taste.TasteEvent:
    return taste.TasteEvent(
        key=str(uuid4()), user_id=user_id, kind="statement", occurred_at=clock.now(), text=text
    )


async def until(job: Job, status: str, *, patience: float = 30) -> Job:
    """Poll the record until it has ``status``."""
    for _ in range(int(patience / 0.05)):
        found = await repository.jobs().get(job.user_id, job.id)
        if found is not None and found.status == status:
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(f"the job is {found and found.status}, not {status}")


async def letter_of(api: ClientSession, admin: Headers, job: Job) -> dict[str, Any]:
    _, page = await call(api, "GET", "/api/admin/dead-letters?limit=100", admin)
    letters: list[dict[str, Any]] = page["items"]
    (letter,) = [letter for letter in letters if letter["job_id"] == job.id]
    return letter


async def test_a_job_that_is_given_up_comes_back_once_its_cause_is_mended(
    api: ClientSession, admin: Headers, model: Model
) -> None:
    me, user_id = await signed_in(api, f"{uuid4()}@example.org")
    mark = uuid4().hex
    await model.arm(kind="server_error", retry_after=0.1, times=None, match=mark)
    event = said(user_id, f"I love minimal, formal clothes in muted colours. {mark}")
    job = await taste.submit(event)
    await until(job, "dead_lettered")
    status, problem = await call(api, "GET", f"/api/jobs/{job.id}", me)
    assert (status, problem["type"]) == (409, "/problems/job-failed")
    assert f"after attempt {ATTEMPTS}" in problem["detail"]
    letter = await letter_of(api, admin, job)
    assert [attempt["number"] for attempt in letter["attempts"]] == [1, 2, 3]
    assert all("does not answer" in attempt["error"] for attempt in letter["attempts"])

    await model.mend()
    for _ in range(2):
        path = f"/api/admin/dead-letters/{letter['dead_letter_id']}/replay"
        assert await call(api, "POST", path, admin) == (202, {"job_id": job.id})
    done = await until(job, "completed")
    assert (done.run, done.attempt) == (1, 1)
    assert (await call(api, "GET", f"/api/jobs/{job.id}", me))[0] == 200
    assert (await profiles.profile(user_id)).ledger.holds(job.id, event.occurred_at)
    _, page = await call(api, "GET", "/api/admin/dead-letters?limit=100", admin)
    assert job.id not in {found["job_id"] for found in page["items"]}


async def test_a_throttled_job_says_when_it_tries_again(api: ClientSession, model: Model) -> None:
    me, user_id = await signed_in(api, f"{uuid4()}@example.org")
    mark = uuid4().hex
    await model.arm(kind="rate_limit", retry_after=3, match=mark)
    job = await taste.submit(said(user_id, f"I love vivid colours. {mark}"))
    waiting = await until(job, "waiting")
    assert waiting.next_attempt_at is not None
    assert (waiting.next_attempt_at - waiting.updated_at).total_seconds() == pytest.approx(3, abs=0.01)
    async with api.get(f"/api/jobs/{job.id}", headers=me) as answer:
        shown = await answer.json()
        assert (answer.status, shown["status"], shown["attempt"]) == (202, "waiting", 1)
        assert 1 <= int(answer.headers["Retry-After"]) <= 3
        assert datetime.fromisoformat(shown["next_attempt_at"]) == waiting.next_attempt_at
    done = await until(job, "completed")
    assert done.attempts[1].started_at >= waiting.next_attempt_at
    assert await model.asked(mark) == 2


async def test_an_input_that_kills_its_worker_runs_out_of_attempts(
    api: ClientSession, admin: Headers, model: Model, functions_host: FunctionsHost
) -> None:
    _, user_id = await signed_in(api, f"{uuid4()}@example.org")
    mark = uuid4().hex
    await model.arm(kind="hang", times=None, match=mark)
    job = await taste.submit(said(user_id, f"I love linen. {mark}"))
    for attempt in range(1, ATTEMPTS + 1):
        await model.until_asked(mark, attempt)
        await asyncio.to_thread(functions_host.kill)
        await asyncio.to_thread(functions_host.start)
    dead = await until(job, "dead_lettered")
    assert dead.attempt == ATTEMPTS
    assert await model.asked(mark) == ATTEMPTS
    letter = await letter_of(api, admin, job)
    assert "without a word" in letter["reason"]


async def test_fifty_posts_of_one_event_are_one_job_and_count_once(api: ClientSession) -> None:
    me, user_id = await signed_in(api, f"{uuid4()}@example.org")
    liked = taste.Evidence(subject="item:1", label="a red coat", answer="like", facets={"vividness": 0.9})
    event = taste.TasteEvent(
        key="swipe-1", user_id=user_id, kind="item_reaction", occurred_at=clock.now(), evidence=(liked,)
    )
    submitted = await asyncio.gather(*(taste.submit(event) for _ in range(50)))
    assert len({job.id for job in submitted}) == 1
    await until(submitted[0], "completed")
    _, profile = await call(api, "GET", "/api/taste/profile", me)
    assert profile["opinions"] == {"item_reaction": 1}


async def test_an_event_of_an_unknown_version_is_given_up_at_once(api: ClientSession, admin: Headers) -> None:
    _, user_id = await signed_in(api, f"{uuid4()}@example.org")
    job = await jobs.submit(user_id, "taste", "from-tomorrow", {"version": 2, "what": "ever"})
    dead = await until(job, "dead_lettered")
    assert dead.attempt == 1
    letter = await letter_of(api, admin, job)
    assert letter["payload"] == {"version": 2, "what": "ever"}
    assert "version" in letter["reason"]
    assert await call(api, "DELETE", f"/api/admin/dead-letters/{letter['dead_letter_id']}", admin) == (
        204,
        None,
    )
