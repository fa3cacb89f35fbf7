"""Fixtures of the job tests: someone new, and what is in the queues."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from azure.storage.queue.aio import QueueServiceClient

from core.platform.ids import new_id


@pytest.fixture
def person() -> str:
    return new_id()


@pytest.fixture
async def queues(app_env: dict[str, str]) -> AsyncIterator[QueueServiceClient]:
    async with QueueServiceClient.from_connection_string(app_env["StorageQueue"]) as service:
        yield service


@pytest.fixture
async def empty_queues(queues: QueueServiceClient, app_env: dict[str, str]) -> QueueServiceClient:
    for name in ("TASTE_JOB_QUEUE_NAME", "TASTE_JOB_DEAD_LETTER_QUEUE_NAME"):
        await queues.get_queue_client(app_env[name]).clear_messages()
    return queues
