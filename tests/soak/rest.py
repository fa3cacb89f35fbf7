"""What is on its way: a stretch is over once nothing is, and a run that never gets there says what it was."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import ClientError
from azure.core.exceptions import AzureError
from azure.storage.queue.aio import QueueClient

from core.jobs import repository
from core.jobs.models import Job
from core.platform.errors import Unavailable
from tests.soak.host import Host
from tests.soak.town import Town

_UNSETTLED = (
    "c.status IN ('queued', 'running', 'waiting') OR (c.status = 'dead_lettered' AND c.buried = false)"
)
_NO_ANSWER = (AzureError, ClientError, OSError, TimeoutError, Unavailable)


class Restless(Exception):
    """There was time enough to come to rest, ``when``; ``moving`` names what is still on its way."""

    def __init__(self, when: str, moving: list[str]) -> None:
        super().__init__(when, moving)
        self.when = when
        self.moving = moving


async def settled(town: Town) -> None:
    """Wait until no job is on its way and the queue is empty."""
    while True:
        if not await _messages(town) and not await _unsettled():
            return
        await asyncio.sleep(0.3)


async def moving(town: Town, host: Host) -> list[str]:
    """Name what is on its way: people's acts, messages, jobs, and the Durable instances behind them."""
    found = [f"somebody is at {act}" for act in sorted(town.acting.elements())]
    looks: dict[str, Callable[[], Awaitable[list[str]]]] = {
        "messages": lambda: _messages(town),
        "jobs": _jobs,
        "instances": host.instances,
    }
    for what, look in looks.items():
        try:
            found += await look()
        except _NO_ANSWER as error:
            found.append(f"nobody can say which {what}: {type(error).__name__}")
    return found or ["what was on its way came to rest a moment too late"]


async def _messages(town: Town) -> list[str]:
    settings = town.stack.settings
    name = settings["TASTE_JOB_QUEUE_NAME"]
    async with QueueClient.from_connection_string(settings["StorageQueue"], name) as queue:
        left = (await queue.get_queue_properties()).approximate_message_count
    return [f"{left} messages in {name}"] if left else []


async def _jobs() -> list[str]:
    return [_told(job) async for job in repository.jobs().everyone(where=_UNSETTLED)]


def _told(job: Job) -> str:
    since = f"{job.status} since {job.updated_at:%H:%M:%S}, attempt {job.attempt}"
    due = f", due {job.next_attempt_at:%H:%M:%S}" if job.next_attempt_at else ""
    why = f": {job.error}" if job.error else ""
    return f"{job.kind} {job.id} is {since}{due}{why}"


async def _unsettled() -> bool:
    try:
        return bool(await _jobs())
    except Unavailable:
        return True
