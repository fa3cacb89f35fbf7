"""From the first card of a quiz to a profile that explains itself, over HTTP as clients do it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import ClientSession

type Headers = Mapping[str, str]
LIKED = "vividness"


async def signed_in(api: ClientSession, email: str = "") -> dict[str, str]:
    async with api.post("/api/auth/local", json={"email": email or f"{uuid4()}@example.org"}) as answer:
        return {"Authorization": f"Bearer {(await answer.json())['access_token']}"}


@pytest.fixture
async def me(api: ClientSession) -> Headers:
    return await signed_in(api)


async def call(
    api: ClientSession, method: str, path: str, headers: Headers, body: Any = None
) -> tuple[int, Any]:
    async with api.request(method, path, headers=headers, json=body) as answer:
        sent = await answer.read()
        return answer.status, json.loads(sent) if sent else None


async def opened(api: ClientSession, me: Headers) -> dict[str, Any]:
    status, body = await call(api, "POST", "/api/taste/quiz", me, {})
    assert status == 201, body
    quiz: dict[str, Any] = body
    return quiz


async def answered(api: ClientSession, me: Headers, quiz: Any, answer: str, card_id: str = "") -> Any:
    body = {"card_id": card_id or quiz["card"]["card_id"], "answer": answer}
    return await call(api, "POST", f"/api/taste/quiz/{quiz['quiz_id']}/answers", me, body)


def opinion(card: Mapping[str, Any]) -> str:
    """What somebody says who likes vivid clothes and nothing else."""
    position = card["facets"].get(LIKED, 0)
    return "love" if position > 0.4 else "like" if position > 0 else "dislike"


async def through(api: ClientSession, me: Headers, *, most: int = 60) -> dict[str, Any]:
    """Open a quiz and answer until it is done."""
    quiz = await opened(api, me)
    for _ in range(most):
        if quiz["done"]:
            break
        status, quiz = await answered(api, me, quiz, opinion(quiz["card"]))
        assert status == 200, quiz
    return quiz


async def polled(api: ClientSession, me: Headers, location: str) -> tuple[int, Any, list[int]]:
    """Poll a 202 until it is none; returns the last answer and every status before it."""
    seen: list[int] = []
    for _ in range(300):
        async with api.get(location, headers=me) as answer:
            body = await answer.json()
            if answer.status != 202:
                return answer.status, body, seen
            assert answer.headers["Location"] == location
            assert int(answer.headers["Retry-After"]) >= 1
        seen.append(202)
        await asyncio.sleep(0.05)
    raise AssertionError("the job never ended")


async def test_a_quiz_becomes_a_profile_that_explains_itself(api: ClientSession, me: Headers) -> None:
    _, before = await call(api, "GET", "/api/taste/profile", me)
    assert {facet["leaning"] for facet in before["facets"]} == {"open"}
    quiz = await through(api, me)
    assert quiz["done"]
    async with api.post(f"/api/taste/quiz/{quiz['quiz_id']}/complete", headers=me) as answer:
        assert answer.status == 202
        location = answer.headers["Location"]
        started = await answer.json()
    assert location == f"/api/jobs/{started['job_id']}"
    status, job, _ = await polled(api, me, location)
    assert (status, job["status"], job["kind"], job["attempt"]) == (200, "completed", "taste", 1)
    status, profile = await call(api, "GET", job["result"]["profile"], me)
    assert status == 200
    (vivid,) = [facet for facet in profile["facets"] if facet["facet"] == LIKED]
    assert vivid["leaning"] == "vivid"
    assert vivid["position"] > 0.3
    assert vivid["because"]
    assert all(sentence.startswith("you ") for sentence in vivid["because"])
    assert profile["opinions"]["quiz"] == quiz["answered"]


async def test_a_quiz_goes_on_on_another_device_and_answers_count_once(
    api: ClientSession, me: Headers
) -> None:
    quiz = await opened(api, me)
    first = quiz["card"]["card_id"]
    _, after = await answered(api, me, quiz, "like")
    _, again = await answered(api, me, quiz, "like")
    assert after == again
    _, resumed = await call(api, "GET", f"/api/taste/quiz/{quiz['quiz_id']}", me)
    assert resumed == after
    _, changed = await answered(api, me, quiz, "dislike", first)
    assert (changed["answered"], changed["card"]) == (1, after["card"])


async def test_completing_twice_is_one_job(api: ClientSession, me: Headers) -> None:
    quiz = await opened(api, me)
    await answered(api, me, quiz, "like")
    path = f"/api/taste/quiz/{quiz['quiz_id']}/complete"
    started = await asyncio.gather(*(call(api, "POST", path, me) for _ in range(5)))
    assert len({body["job_id"] for status, body in started if status == 202}) == 1
    await polled(api, me, f"/api/jobs/{started[0][1]['job_id']}")
    _, profile = await call(api, "GET", "/api/taste/profile", me)
    assert profile["opinions"] == {"quiz": 1}


async def test_a_retried_opening_is_the_same_quiz(api: ClientSession, me: Headers) -> None:
    headers = {**me, "Idempotency-Key": str(uuid4())}
    opened_twice = [await call(api, "POST", "/api/taste/quiz", headers, {}) for _ in range(2)]
    assert opened_twice[0] == opened_twice[1]


async def test_what_can_be_wrong_with_an_answer(api: ClientSession, me: Headers) -> None:
    quiz = await opened(api, me)
    status, problem = await answered(api, me, quiz, "like", "no-such-card")
    assert (status, problem["type"]) == (422, "/problems/card-not-in-quiz")
    status, problem = await answered(api, me, quiz, "meh")
    assert (status, problem["type"], problem["errors"][0]["pointer"]) == (
        422,
        "/problems/validation",
        "/answer",
    )
    stranger = await signed_in(api)
    status, problem = await answered(api, stranger, quiz, "like")
    assert (status, problem["type"]) == (404, "/problems/quiz-not-found")
    path = f"/api/taste/quiz/{quiz['quiz_id']}"
    status, problem = await call(api, "POST", f"{path}/complete", me)
    assert (status, problem["type"]) == (409, "/problems/quiz-unanswered")
    await answered(api, me, quiz, "like")
    assert (await call(api, "POST", f"{path}/complete", me))[0] == 202
    status, problem = await answered(api, me, quiz, "dislike")
    assert (status, problem["type"]) == (409, "/problems/quiz-completed")
    assert (await answered(api, me, quiz, "like"))[0] == 200


async def test_a_strangers_job_is_not_found(api: ClientSession, me: Headers) -> None:
    quiz = await opened(api, me)
    await answered(api, me, quiz, "like")
    _, started = await call(api, "POST", f"/api/taste/quiz/{quiz['quiz_id']}/complete", me)
    stranger = await signed_in(api)
    status, problem = await call(api, "GET", f"/api/jobs/{started['job_id']}", stranger)
    assert (status, problem["type"]) == (404, "/problems/job-not-found")


async def test_a_reset_forgets(api: ClientSession, me: Headers) -> None:
    quiz = await opened(api, me)
    await answered(api, me, quiz, "love")
    _, started = await call(api, "POST", f"/api/taste/quiz/{quiz['quiz_id']}/complete", me)
    await polled(api, me, f"/api/jobs/{started['job_id']}")
    status, blank = await call(api, "POST", "/api/taste/profile/reset", me)
    assert (status, blank["opinions"], blank["colours"]) == (200, {}, [])
    assert {facet["leaning"] for facet in blank["facets"]} == {"open"}


async def test_administrators_see_the_instance_behind_a_job(api: ClientSession, me: Headers) -> None:
    quiz = await opened(api, me)
    await answered(api, me, quiz, "like")
    _, started = await call(api, "POST", f"/api/taste/quiz/{quiz['quiz_id']}/complete", me)
    await polled(api, me, f"/api/jobs/{started['job_id']}")
    admin = await signed_in(api, "admin@example.org")
    for _ in range(100):
        status, job = await call(api, "GET", f"/api/admin/jobs/{started['job_id']}", admin)
        assert status == 200
        if job["instance"]["runtime_status"] == "COMPLETED":
            break
        await asyncio.sleep(0.05)
    assert job["instance"]["orchestrator"] == "taste_job"
    assert job["instance"]["custom_status"] == {"state": "completed", "attempt": 1}
    async with api.get(job["management"]["statusQueryGetUri"]) as answer:
        assert answer.status == 200
        assert (await answer.json())["runtimeStatus"] == "Completed"
