"""The queue listener against a queue of objects: what it does with receipts, leases and the last attempt."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest
from azure.core.exceptions import ResourceNotFoundError, ServiceRequestError
from azure.storage.queue.aio import QueueClient

from devstack.functions.bindings import Binding, Function
from devstack.functions.extensions import QueueOptions
from devstack.functions.invocation import Invoker
from devstack.functions.queues import QueueListener
from devstack.functions.worker import Datum, Outcome

SORT = Function("1", "sort", (Binding("m", "queueTrigger", "in", {"queueName": "q"}),))


@dataclass
class Shelf:
    """Behaves as an Azure Storage queue: a receipt is good until the next update."""

    waiting: list[Any] = field(default_factory=list)
    events: list[tuple[Any, ...]] = field(default_factory=list)
    receipts: dict[str, str] = field(default_factory=dict)
    queue_name: str = "q"
    broken: bool = False
    exists: bool = True

    def put(self, *contents: str, dequeue_count: int = 1) -> None:
        for content in contents:
            name = f"m{len(self.receipts)}"
            self.receipts[name] = f"{name}-0"
            self.waiting.append(
                SimpleNamespace(
                    id=name, content=content, dequeue_count=dequeue_count, pop_receipt=f"{name}-0",
                    inserted_on=None, expires_on=None, next_visible_on=None,
                )
            )  # fmt: skip

    def receive_messages(self, *, messages_per_page: int, visibility_timeout: int) -> Any:
        async def page(batch: list[Any]) -> AsyncIterator[Any]:
            for message in batch:
                yield message

        async def pages() -> AsyncIterator[AsyncIterator[Any]]:
            self.events.append(("poll", messages_per_page))
            if self.broken:
                raise ServiceRequestError("no connection")
            if not self.exists:
                raise ResourceNotFoundError("no such queue")
            batch = self.waiting[:messages_per_page]
            del self.waiting[: len(batch)]
            yield page(batch)

        return SimpleNamespace(by_page=pages)

    async def update_message(self, name: str, receipt: str, *, content: str, visibility_timeout: int) -> Any:
        if self.receipts.get(name) != receipt:
            raise ResourceNotFoundError("the receipt is spent")
        self.receipts[name] = f"{receipt}+"
        self.events.append(("hide", name, visibility_timeout))
        return SimpleNamespace(pop_receipt=self.receipts[name])

    async def delete_message(self, name: str, receipt: str) -> None:
        if self.receipts.get(name) != receipt:
            raise ResourceNotFoundError("the receipt is spent")
        del self.receipts[name]
        self.events.append(("delete", name))

    async def send_message(self, content: str) -> None:
        self.events.append(("send", content))

    def of(self, *kinds: str) -> list[tuple[Any, ...]]:
        return [event for event in self.events if event[0] in kinds]


@dataclass
class Runs:
    """Stands where the invoker would run the app."""

    answer: Callable[[str], Outcome] = lambda _: Outcome("id")
    gate: asyncio.Event | None = None
    at_once: int = 0
    most: int = 0

    async def run(self, function: Function, trigger: Datum, **call: Any) -> Outcome:
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            await (self.gate.wait() if self.gate else asyncio.sleep(0))
        finally:
            self.at_once -= 1
        return self.answer(trigger.value)


def listener(shelf: Shelf, poison: Shelf, *, lease: int = 600, **options: Any) -> QueueListener:
    queues, poisons = cast(QueueClient, shelf), cast(QueueClient, poison)
    section = {"batchSize": 4, "newBatchThreshold": 2, "maxDequeueCount": 3, **options}
    return QueueListener(SORT, queues, poisons, QueueOptions.of({"queues": section}), lease)


async def until(seen: Callable[[], Any]) -> None:
    for _ in range(5_000):
        if seen():
            return
        await asyncio.sleep(0.001)
    raise AssertionError("it never happened")


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


async def test_a_message_is_deleted_once_its_function_succeeded() -> None:
    shelf = Shelf()
    shelf.put(encoded("a"), encoded("b"))
    queue = listener(shelf, Shelf())
    queue.start(cast(Invoker, Runs()))
    await until(lambda: not shelf.receipts)
    await queue.stop()
    assert sorted(shelf.of("delete", "hide")) == [("delete", "m0"), ("delete", "m1")]


async def test_a_failed_message_waits_for_the_visibility_timeout() -> None:
    shelf = Shelf()
    shelf.put(encoded("a"), dequeue_count=2)
    queue = listener(shelf, Shelf(), visibilityTimeout="00:00:07")
    queue.start(cast(Invoker, Runs(lambda _: Outcome("id", error="ValueError: no"))))
    await until(lambda: shelf.of("hide"))
    await queue.stop()
    assert shelf.of("hide", "delete") == [("hide", "m0", 7)]


@pytest.mark.parametrize("content", [encoded("a"), "not base64!"])
async def test_the_last_attempt_copies_to_the_poison_queue_before_it_deletes(content: str) -> None:
    shelf = Shelf()
    poison = Shelf(events=shelf.events)
    shelf.put(content, dequeue_count=3)
    queue = listener(shelf, poison)
    queue.start(cast(Invoker, Runs(lambda _: Outcome("id", error="ValueError: no"))))
    await until(lambda: not shelf.receipts)
    await queue.stop()
    assert shelf.of("send", "delete") == [("send", content), ("delete", "m0")]


async def test_takes_a_new_batch_only_when_few_are_running() -> None:
    shelf, runs = Shelf(), Runs(gate=asyncio.Event())
    shelf.put(*[encoded("x")] * 9)
    queue = listener(shelf, Shelf())
    queue.start(cast(Invoker, runs))
    await until(lambda: runs.at_once == 4)
    for _ in range(50):
        await asyncio.sleep(0)
    assert len(shelf.of("poll")) == 1
    assert runs.gate is not None
    runs.gate.set()
    await until(lambda: not shelf.receipts)
    await queue.stop()
    assert runs.most <= 4 + 2


async def test_renews_the_lease_and_settles_with_the_newest_receipt() -> None:
    shelf, runs = Shelf(), Runs(gate=asyncio.Event())
    shelf.put(encoded("a"))
    queue = listener(shelf, Shelf(), lease=1)
    queue.start(cast(Invoker, runs))
    await until(lambda: shelf.of("hide"))
    assert runs.gate is not None
    runs.gate.set()
    await until(lambda: not shelf.receipts)
    await queue.stop()
    assert shelf.of("hide", "delete")[-1] == ("delete", "m0")


async def test_what_still_runs_after_the_drain_becomes_visible_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("devstack.functions.queues.DRAIN", 0.01)
    shelf, runs = Shelf(), Runs(gate=asyncio.Event())
    shelf.put(encoded("a"))
    queue = listener(shelf, Shelf())
    queue.start(cast(Invoker, runs))
    await until(lambda: runs.at_once)
    await queue.stop()
    assert shelf.of("hide", "delete") == [("hide", "m0", 0)]


@pytest.mark.parametrize("trouble", [{"broken": True}, {"exists": False}])
async def test_goes_on_when_the_queue_is_away_or_not_made_yet(trouble: dict[str, Any]) -> None:
    shelf = Shelf(**trouble)
    shelf.put(encoded("a"))
    queue = listener(shelf, Shelf())
    queue.start(cast(Invoker, Runs()))
    await until(lambda: shelf.of("poll"))
    shelf.broken, shelf.exists = False, True
    await until(lambda: not shelf.receipts)
    await queue.stop()
    assert shelf.of("delete") == [("delete", "m0")]
