"""The queueTrigger listener: polls Azure Storage queues and runs a function per message.

Follows the platform's listener: batches, a backoff while a queue is empty, `maxDequeueCount` attempts and
then `<queue>-poison`. One thing is deliberately different: the platform hides a message for ten minutes
while it is worked on, this host for seconds (the setting `DEVSTACK_QUEUE_LEASE`, 10 by default), renewed
as long as the function runs. Nobody sees the difference until the host is killed; then the message is back
after seconds instead of minutes.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from devstack.functions.bindings import Function
from devstack.functions.connections import ConnectionMissingError, queue_service
from devstack.functions.extensions import QueueOptions
from devstack.functions.grace import DRAIN
from devstack.functions.invocation import Invoker
from devstack.functions.outputs import send_creating
from devstack.functions.queue_message import binding_data, body_of, trigger_metadata, trigger_value
from devstack.functions.worker import FunctionLoadError

if TYPE_CHECKING:
    from azure.storage.queue import QueueMessage
    from azure.storage.queue.aio import QueueClient, QueueServiceClient

log = logging.getLogger("host.queues")

_LEASE_SETTING = "DEVSTACK_QUEUE_LEASE"
_LEASE = 10  # seconds a message stays hidden while its function runs
_LONGEST_LEASE = 600
_SHORTEST_POLL = 0.1
_LONGEST_OUTAGE_POLL = 5.0


class Queues:
    """All queueTrigger functions of an app."""

    def __init__(
        self,
        functions: Iterable[Function],
        options: QueueOptions,
        settings: Mapping[str, str],
    ) -> None:
        """Raises FunctionLoadError when the connection of a trigger is not among the settings."""
        lease = _lease(settings)
        self._services: dict[str | None, QueueServiceClient] = {}
        self._listeners: list[QueueListener] = []
        for function in functions:
            if function.trigger.type == "queueTrigger":
                queue = self._service(function, settings)
                name = function.trigger.properties["queueName"].lower()
                poison = queue.get_queue_client(f"{name}-poison")
                listener = QueueListener(function, queue.get_queue_client(name), poison, options, lease)
                self._listeners.append(listener)

    def _service(self, function: Function, settings: Mapping[str, str]) -> QueueServiceClient:
        connection = function.trigger.properties.get("connection")
        if connection not in self._services:
            try:
                self._services[connection] = queue_service(connection, settings)
            except ConnectionMissingError as error:
                raise FunctionLoadError(
                    f"The listener for function 'Functions.{function.name}' was unable to start. {error}"
                ) from error
        return self._services[connection]

    async def start(self, invoker: Invoker) -> None:
        """Begin to poll."""
        for listener in self._listeners:
            listener.start(invoker)

    async def survey(self) -> list[dict[str, Any]]:
        """Every queue of the accounts that functions listen to; see `queue_survey`."""
        from devstack.functions.queue_survey import survey

        readers = {listener.queue_name: listener.function_name for listener in self._listeners}
        return await survey(self._services.values(), readers)

    async def stop(self) -> None:
        """Stop polling; running functions may finish, messages of those that do not become visible again."""
        await asyncio.gather(*(listener.stop() for listener in self._listeners))
        for service in self._services.values():
            await service.close()


class QueueListener:
    """Polls one queue for one function."""

    def __init__(
        self,
        function: Function,
        queue: QueueClient,
        poison: QueueClient,
        options: QueueOptions,
        lease: int,
    ) -> None:
        self._function = function
        self._queue = queue
        self._poison = poison
        self._options = options
        self._lease = lease
        self._running: set[asyncio.Task[None]] = set()
        self._silent_about = ""

    @property
    def queue_name(self) -> str:
        """The queue it polls."""
        return str(self._queue.queue_name)

    @property
    def function_name(self) -> str:
        """The function it polls for."""
        return self._function.name

    def start(self, invoker: Invoker) -> None:
        """Begin to poll."""
        self._invoker = invoker
        self._polling = asyncio.create_task(self._poll_for_ever())

    async def stop(self) -> None:
        """Stop polling, wait a while for what runs, give back what is left."""
        self._polling.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._polling
        if self._running:
            await asyncio.wait(self._running, timeout=DRAIN)
        left = list(self._running)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _poll_for_ever(self) -> None:
        pause = 0.0
        while True:
            await asyncio.sleep(pause)
            found = await self._poll()
            pause = 0.0 if found else self._longer(pause, found)
            await self._until_few_are_running()

    def _longer(self, pause: float, found: int | None) -> float:
        """Twice the last pause with a little jitter, up to the limit."""
        limit = self._options.max_polling_interval if found is not None else _LONGEST_OUTAGE_POLL
        return min(limit, max(_SHORTEST_POLL, pause * random.uniform(1.8, 2.2)))  # noqa: S311 - not for secrets

    async def _poll(self) -> int | None:
        """Take one batch and start a function per message; None when the queue cannot be read."""
        from azure.core.exceptions import AzureError, ResourceNotFoundError

        try:
            batch = await self._receive()
        except ResourceNotFoundError:
            return 0  # the platform waits for somebody to make the queue
        except AzureError as error:
            self._complain(error)
            return None
        self._silent_about = ""
        for message in batch:
            task = asyncio.create_task(self._handle(message))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return len(batch)

    async def _receive(self) -> list[QueueMessage]:
        pages = self._queue.receive_messages(
            messages_per_page=self._options.batch_size, visibility_timeout=self._lease
        ).by_page()
        async for page in pages:
            return [message async for message in page]
        return []

    def _complain(self, error: Exception) -> None:
        """One line per kind of outage, not one per poll."""
        kind = type(error).__name__
        if kind != self._silent_about:
            log.warning("Queue '%s' cannot be read (%s): trying on", self._queue.queue_name, error)
        self._silent_about = kind

    async def _until_few_are_running(self) -> None:
        while len(self._running) > self._options.new_batch_threshold:
            await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)

    async def _handle(self, message: QueueMessage) -> None:
        try:
            succeeded = await self._run(message)
            await (self._finish(message) if succeeded else self._release(message))
        except asyncio.CancelledError:
            await self._give_back(message, 0)
            raise
        except Exception:  # the message becomes visible again when its lease ends
            log.exception("Message %s of queue '%s' could not be settled", message.id, self._queue.queue_name)

    async def _run(self, message: QueueMessage) -> bool:
        """Invoke the function; whatever goes wrong on the way counts as a failed delivery."""
        try:
            return await self._delivered(message)
        except Exception:
            log.exception(
                "Message %s of queue '%s' could not be delivered", message.id, self._queue.queue_name
            )
            return False

    async def _delivered(self, message: QueueMessage) -> bool:
        body = body_of(message.content, base64_encoded=self._options.base64)
        if body is None:
            log.error("Message %s of queue '%s' is not base64", message.id, self._queue.queue_name)
            return False
        renewal = asyncio.create_task(self._renew(message))
        try:
            outcome = await self._invoker.run(
                self._function,
                trigger_value(body, self._function.trigger),
                metadata=trigger_metadata(message, body),
                data=binding_data(message, body),
                reason=f"New queue message detected on '{self._queue.queue_name}'.",
            )
        finally:
            renewal.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await renewal
        return outcome.error is None

    async def _renew(self, message: QueueMessage) -> None:
        """Keep the message hidden while its function runs."""
        from azure.core.exceptions import AzureError

        while True:
            await asyncio.sleep(self._lease / 2)
            try:
                await self._hide(message, self._lease)
            except AzureError as error:
                log.warning("The lease of message %s could not be renewed: %s", message.id, error)

    async def _hide(self, message: QueueMessage, seconds: float) -> None:
        # A new receipt replaces the old one; an update cut off half-way would leave us with neither.
        renewed = await asyncio.shield(
            self._queue.update_message(
                message.id, message.pop_receipt, content=message.content, visibility_timeout=round(seconds)
            )
        )
        message.pop_receipt = renewed.pop_receipt

    async def _finish(self, message: QueueMessage) -> None:
        from azure.core.exceptions import ResourceNotFoundError

        with contextlib.suppress(ResourceNotFoundError):  # its lease ran out; somebody else has it now
            await self._queue.delete_message(message.id, message.pop_receipt)

    async def _release(self, message: QueueMessage) -> None:
        """After a failure: back to the queue, or to the poison queue after the last attempt."""
        if (message.dequeue_count or 1) < self._options.max_dequeue_count:
            await self._give_back(message, self._options.visibility_timeout)
            return
        name = self._poison.queue_name
        log.warning(
            "Message has reached MaxDequeueCount of %d. Moving message to queue '%s'.",
            self._options.max_dequeue_count,
            name,
        )
        await send_creating(self._poison, message.content)  # before the delete: twice is better than never
        await self._finish(message)

    async def _give_back(self, message: QueueMessage, seconds: float) -> None:
        from azure.core.exceptions import ResourceNotFoundError

        with contextlib.suppress(ResourceNotFoundError):
            await self._hide(message, seconds)


def _lease(settings: Mapping[str, str]) -> int:
    text = settings.get(_LEASE_SETTING) or str(_LEASE)
    if not text.isdecimal() or not 1 <= int(text) <= _LONGEST_LEASE:
        raise FunctionLoadError(f"{_LEASE_SETTING} is '{text}'; it must be 1 to {_LONGEST_LEASE} seconds")
    return int(text)
