"""People with something in every container, and calls that die at a chosen step."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from core.chat import Turn, TurnFeedback, give_feedback, run_turn, turns
from core.chat.turn import NewTurn
from core.jobs import Job
from core.platform import clock, containers, cosmos, storage
from core.platform.partitions import PERSONAL
from tests.fixtures.tuning import Tune

type Call = Callable[..., Awaitable[Any]]
NOBODY = "nobody-known"


@pytest.fixture
def person() -> str:
    return str(uuid4())


@pytest.fixture
def at_once(tune: Tune) -> None:
    tune("ACCOUNT_ERASURE_SETTLE_SECONDS", "0")


async def leave_traces(user_id: str, mark: str = "") -> int:
    """Write a document into every container of people's documents, and a blob into every blob container."""
    written = 0
    for declared in containers.cosmos_containers():
        proxy = await cosmos.container(declared.name)
        path = declared.partition_key.strip("/")
        documents = [{"id": str(uuid4()), path: NOBODY, field: user_id} for field in declared.mentions]
        if declared.partition_key == PERSONAL:
            documents.append({"id": str(uuid4()), path: user_id, "mark": mark})
        for document in documents:
            await proxy.create_item(document)
        written += len(documents)
    for name in containers.blob_containers():
        blobs = storage.Blobs(name)
        await blobs.put(f"{user_id}/{uuid4()}/1/cutout.webp", b"cutout of " + user_id.encode(), "image/webp")
        client = await blobs._blob(f"{user_id}/{uuid4()}/staged")
        await client.stage_block("0" * 8, b"never committed")
        written += 2
    return written


async def say_of_an_answer(user_id: str, comment: str) -> Turn:
    """Have the stylist answer, and say what the person thinks of that."""
    asked = {"message": "Hello there", "turn_id": str(uuid4())}
    turn = Turn.of(user_id, NewTurn.model_validate(asked))
    await turns.post(turn, run_turn)
    await give_feedback(user_id, turn.turn_id, TurnFeedback(rating="down", comment=comment))
    return turn


def job_of(user_id: str, job_id: str, kind: str) -> Job:
    now = clock.now()
    return Job(
        id=job_id, user_id=user_id, kind=kind, status="queued", payload={}, created_at=now, updated_at=now
    )


class Died(Exception):
    """The process is gone."""


@dataclass
class Crashes:
    """Dies at step ``at`` of the calls that are wrapped, before or after it has happened."""

    at: int = -1
    after: bool = False
    steps: int = 0

    def around(self, call: Call) -> Call:
        async def wrapped(*args: Any, **options: Any) -> Any:
            mine = self.steps == self.at
            self.steps += 1
            if mine and not self.after:
                raise Died
            done = await call(*args, **options)
            if mine:
                raise Died
            return done

        return wrapped
