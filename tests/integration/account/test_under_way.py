"""What runs while its person is erased: a turn, an upload, a taste job write late, and nothing stays."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest

from core import chat, jobs, media, taste
from core.account import erasing
from core.chat import history
from core.jobs import JobRef
from core.jobs import repository as records
from core.jobs.models import JobMessage
from core.media import segmentation
from core.platform import clock, connections, storage
from core.platform.errors import DomainError
from core.platform.ids import new_id
from core.platform.storage import Queue
from core.taste import applying
from core.taste import repository as profiles
from tests.fixtures.tuning import Tune
from tests.integration.account.test_erasing import asked, no_flows, swept
from tests.integration.media.conftest import shirt_photo
from tests.remains import remains

pytestmark = pytest.mark.usefixtures("app_env", "at_once")


class Held:
    """A call that, once it is reached, waits until the test lets it go on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
        self.reached, self.gate = asyncio.Event(), asyncio.Event()
        self._call: Callable[..., Awaitable[Any]] = getattr(module, name)
        monkeypatch.setattr(module, name, self)

    async def __call__(self, *args: Any, **options: Any) -> Any:
        self.reached.set()
        await self.gate.wait()
        return await self._call(*args, **options)


async def erased_around(person: str, held: Held, writing: Awaitable[Any]) -> dict[str, Any]:
    """Sweep once while ``writing`` is held, let it end as it may, and sweep until it is over."""
    at_work = asyncio.ensure_future(writing)
    await held.reached.wait()
    job = await asked(person)
    with pytest.raises(jobs.Paused):
        await erasing.work(job, no_flows)
    assert await remains(person) in ([], [f"erasures/{job.id}"])
    held.gate.set()
    with suppress(DomainError):
        await at_work
    receipt, _ = await swept(job)
    assert await remains(person) == []
    return receipt


async def test_a_chat_turn(person: str, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(monkeypatch, history, "commit")
    message = chat.NewTurn.model_validate({"message": "I love green linen and I never wear wool."})
    turn = chat.Turn.of(person, message)
    receipt = await erased_around(person, held, chat.post_turn(turn, chat.run_turn))
    assert receipt["documents"]["conversations"] >= 1


async def test_an_upload(person: str, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(monkeypatch, segmentation, "mask_of")
    receipt = await erased_around(person, held, media.process(person, shirt_photo((32, 48, 110))))
    assert receipt["blobs"] or receipt["documents"]["media"]


async def test_an_attempt_at_a_taste_job(person: str, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(monkeypatch, profiles, "add")
    said = taste.TasteEvent(
        key=new_id(), user_id=person, kind="statement", occurred_at=clock.now(), text="I love linen."
    )
    now = clock.now()
    job, _ = await records.add(
        jobs.Job(
            id=new_id(),
            user_id=person,
            kind="taste",
            status="queued",
            payload=said.model_dump(mode="json", exclude_none=True),
            created_at=now,
            updated_at=now,
        )
    )
    policy = jobs.RetryPolicy(max_attempts=3, base=0, cap=0, jitter=0)
    attempt = jobs.attempt(JobRef(user_id=person, job_id=job.id), policy, applying.work)
    receipt = await erased_around(person, held, attempt)
    assert receipt["documents"]["profiles"] == 1


async def test_a_message_that_names_the_person_is_waited_for(person: str, tune: Tune) -> None:
    name = f"jobs-{new_id()}"
    tune("TASTE_JOB_QUEUE_NAME", name)
    service = await connections.shared("queues", storage._connect_queues)
    for queue in (name, f"{name}-poison"):
        await service.create_queue(queue)
    await Queue(name).send(JobMessage(job_id=new_id(), user_id=person))
    job = await asked(person)
    for _ in range(3):
        with pytest.raises(jobs.Paused):
            await erasing.work(job, no_flows)
    await service.get_queue_client(name).clear_messages()
    await swept(job)
    for queue in (name, f"{name}-poison"):
        await service.delete_queue(queue)
