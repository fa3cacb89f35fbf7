"""What was given up, as administrators meet it over HTTP."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import ClientSession
from azure.storage.queue.aio import QueueClient

from devstack.stack import Stack

type Headers = Mapping[str, str]


async def signed_in(api: ClientSession, email: str) -> dict[str, str]:
    async with api.post("/api/auth/local", json={"email": email}) as answer:
        return {"Authorization": f"Bearer {(await answer.json())['access_token']}"}


@pytest.fixture
async def admin(api: ClientSession) -> Headers:
    return await signed_in(api, "admin@example.org")


@pytest.fixture
async def somebody(api: ClientSession) -> Headers:
    return await signed_in(api, f"{uuid4()}@example.org")


@pytest.fixture
async def queue(stack: Stack) -> AsyncIterator[QueueClient]:
    name = stack.settings["TASTE_JOB_QUEUE_NAME"]
    async with QueueClient.from_connection_string(stack.settings["StorageQueue"], name) as client:
        yield client


async def call(api: ClientSession, method: str, path: str, headers: Headers) -> tuple[int, Any]:
    async with api.request(method, path, headers=headers) as answer:
        body = await answer.read()
        return answer.status, json.loads(body) if body else None


async def dead_letter_with(api: ClientSession, admin: Headers, body: str) -> dict[str, Any]:
    """Poll the list until a letter with this raw body is on it."""
    for _ in range(100):
        path = "/api/admin/dead-letters?limit=100"
        _, page = await call(api, "GET", path, admin)
        letters: list[dict[str, Any]] = page["items"]
        for letter in letters:
            if letter["body"] == body:
                return letter
        await asyncio.sleep(0.1)
    raise AssertionError(f"no dead letter with body {body!r} appeared")


@pytest.mark.parametrize("encoded", [True, False])
async def test_a_message_that_is_no_jobs_becomes_a_dead_letter_with_its_raw_body(
    api: ClientSession, admin: Headers, queue: QueueClient, encoded: bool
) -> None:
    body = f'{{"job": "{uuid4()}"'
    await queue.send_message(base64.b64encode(body.encode()).decode() if encoded else body)
    letter = await dead_letter_with(api, admin, body)
    assert letter["job_id"] is None
    assert letter["replayable"] is False
    path = f"/api/admin/dead-letters/{letter['dead_letter_id']}"
    assert await call(api, "GET", path, admin) == (200, letter)
    status, problem = await call(api, "POST", f"{path}/replay", admin)
    assert (status, problem["type"]) == (409, "/problems/dead-letter-not-replayable")
    assert await call(api, "DELETE", path, admin) == (204, None)
    for method in ("GET", "DELETE"):
        status, problem = await call(api, method, path, admin)
        assert (status, problem["type"]) == (404, "/problems/dead-letter-not-found")


async def test_brackets_nested_too_deep_to_read_do_not_loop(
    api: ClientSession, admin: Headers, queue: QueueClient
) -> None:
    body = "[" * 20_000
    await queue.send_message(body)
    letter = await dead_letter_with(api, admin, body)
    path = f"/api/admin/dead-letters/{letter['dead_letter_id']}"
    assert await call(api, "DELETE", path, admin) == (204, None)


async def test_bytes_that_are_no_text_are_kept_too(
    api: ClientSession, admin: Headers, queue: QueueClient
) -> None:
    mark = str(uuid4())
    await queue.send_message(base64.b64encode(b"\xff" + mark.encode()).decode())
    shown = base64.b64encode(b"\xff" + mark.encode()).decode()
    letter = await dead_letter_with(api, admin, shown)
    assert base64.b64decode(letter["body"]).endswith(mark.encode())


async def test_only_administrators_see_them(api: ClientSession, somebody: Headers) -> None:
    nothing = uuid4()
    for method, path in (
        ("GET", "/api/admin/dead-letters"),
        ("GET", f"/api/admin/dead-letters/{nothing}"),
        ("POST", f"/api/admin/dead-letters/{nothing}/replay"),
        ("DELETE", f"/api/admin/dead-letters/{nothing}"),
        ("GET", f"/api/admin/jobs/{nothing}"),
    ):
        status, problem = await call(api, method, path, somebody)
        assert (status, problem["type"]) == (403, "/problems/administrators-only")
        assert (await call(api, method, path, {}))[0] == 401


async def test_a_job_nobody_has_is_not_found(api: ClientSession, admin: Headers, somebody: Headers) -> None:
    for path, headers in ((f"/api/jobs/{uuid4()}", somebody), (f"/api/admin/jobs/{uuid4()}", admin)):
        status, problem = await call(api, "GET", path, headers)
        assert (status, problem["type"]) == (404, "/problems/job-not-found")


async def test_a_cursor_of_another_list_is_refused(api: ClientSession, admin: Headers) -> None:
    status, problem = await call(api, "GET", "/api/admin/dead-letters?cursor=abcdefgh", admin)
    assert (status, problem["type"]) == (422, "/problems/invalid-cursor")
