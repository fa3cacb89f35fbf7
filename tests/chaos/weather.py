"""Bad weather for a running stack: failing services, lost and copied messages, and a host that is killed."""

from __future__ import annotations

import asyncio
import base64
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from azure.storage.queue.aio import QueueClient

from core.jobs.models import Job, JobMessage
from core.platform.errors import Unavailable
from devstack.stack import Stack

DATABASE: tuple[dict[str, Any], ...] = (
    {"status": 429, "retry_after_ms": 20, "probability": 0.03, "seed": 1, "path": "/docs"},
    {"status": 503, "probability": 0.02, "seed": 2, "path": "/docs"},
    {"status": 412, "probability": 0.04, "seed": 3, "path": "/docs/", "method": "PUT"},
    {"status": 412, "probability": 0.04, "seed": 6, "path": "/colls/taste_jobs/docs/", "method": "PATCH"},
    {"status": 503, "probability": 0.02, "seed": 7, "path": "/docs/", "method": "PATCH", "when": "after"},
    {"status": 503, "probability": 0.02, "seed": 4, "path": "/docs", "method": "PUT", "when": "after"},
    {"status": 0, "probability": 0.01, "seed": 5, "path": "/docs", "method": "POST", "when": "after"},
)
"""Throttled, down, overtaken; and twice the effect happened but the answer was lost.

Only what is written on condition can be overtaken; of patches those are the ones of job records.
"""
MODEL = [
    {"kind": "rate_limit", "retry_after": 1, "times": 8},
    {"kind": "server_error", "times": 2, "skip": 3},
]
"""No unusable answers: a repaired one may read a text differently, and profiles are compared to the bit."""


@dataclass
class Tally:
    """What was done to the stack."""

    kills: int = 0
    copies: int = 0
    rubbish: list[str] = field(default_factory=list)
    refused: int = 0
    faults: int = 0


@asynccontextmanager
async def storm(stack: Stack, tally: Tally) -> AsyncIterator[None]:
    """Cosmos DB and the model fail now and then, until the block ends."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=False)) as http:
        database, model = f"{stack.url('cosmos')}/__faults", f"{stack.url('openai')}/__control/faults"
        for fault in DATABASE:
            async with http.post(database, json=fault) as answer:
                assert answer.status == 200, await answer.text()
        async with http.post(model, json=MODEL) as answer:
            assert answer.status == 200, await answer.text()
        try:
            yield
        finally:
            async with http.get(database) as answer:
                tally.faults += sum(fault["struck"] for fault in await answer.json(content_type=None))
            await http.delete(database)
            await http.delete(model)


async def insisting(tally: Tally, send: Callable[[], Awaitable[Job]]) -> Job:
    """Call until it is accepted, as a client does that was told to try again."""
    while True:
        try:
            return await send()
        except Unavailable:
            tally.refused += 1
            await asyncio.sleep(0.05)


async def copies(queue: QueueClient, job: Job, chance: random.Random, tally: Tally) -> None:
    """Send the job's message again, up to three times, at once or seconds late, as first sent or later."""
    bodies = [JobMessage.of(job), JobMessage(job_id=job.id, user_id=job.user_id)]
    for _ in range(chance.choice((0, 0, 1, 1, 2, 3))):
        body = chance.choice(bodies).model_dump_json().encode()
        late = chance.choice((0, 0, 1, 3))
        await queue.send_message(base64.b64encode(body).decode(), visibility_timeout=late)
        tally.copies += 1


async def rubbish(queue: QueueClient, number: int, tally: Tally) -> None:
    """Send messages that are no job's."""
    for n in range(number):
        body = f'{{"rubbish": {n}'
        await queue.send_message(body if n % 2 else base64.b64encode(body.encode()).decode())
        tally.rubbish.append(body)


async def killer(stack: Stack, chance: random.Random, tally: Tally, kills: int) -> None:
    """SIGKILL the functions host at random moments and start it again, ``kills`` times."""
    for _ in range(kills):
        await asyncio.sleep(chance.uniform(0.5, 3.5))
        stack.kill("functions")
        tally.kills += 1
        await asyncio.to_thread(stack.start_service, "functions")
