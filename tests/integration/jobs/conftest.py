"""Fixtures of the job tests: containers and queues of their own, which no running host listens to."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from azure.storage.queue.aio import QueueServiceClient

from core.jobs import repository
from core.platform import settings
from core.platform.ids import new_id
from devstack.provision import provision

APART = {
    "COSMOS_DB_TASTE_JOBS_CONTAINER": "jobs_apart",
    "COSMOS_DB_TASTE_JOB_DEAD_LETTER_CONTAINER": "dead_letters_apart",
    "TASTE_JOB_QUEUE_NAME": "jobs-apart",
    "TASTE_JOB_DEAD_LETTER_QUEUE_NAME": "dead-letters-apart",
    "TASTE_JOB_RECONCILE_AFTER_SECONDS": "60",
}


def _forget_settings() -> None:
    for cached in (settings.get, repository.jobs, repository.dead_letters):
        cached.cache_clear()


@pytest.fixture(scope="module")
async def app_env(app_env: dict[str, str]) -> AsyncIterator[dict[str, str]]:
    """The stack's settings but for where jobs are."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in APART.items():
            environment.setenv(name, value)
        _forget_settings()
        await provision()
        yield {**app_env, **APART}
    _forget_settings()


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
