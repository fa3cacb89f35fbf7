"""Blobs and queues against Azurite."""

from __future__ import annotations

import base64

import pytest
from azure.storage.queue.aio import QueueServiceClient

from core.platform import ids
from core.platform.append_blobs import AppendBlobs, Moved
from core.platform.errors import Unavailable
from core.platform.storage import Blobs, Queue
from devstack.stack import Stack

pytestmark = pytest.mark.usefixtures("app_env")

MEDIA = Blobs("media")


async def test_a_blob_is_written_read_in_parts_listed_and_deleted() -> None:
    name = f"{ids.new_id()}/photo"
    assert await MEDIA.get(name) is None
    assert await MEDIA.head(name) is None
    await MEDIA.put(name, b"0123456789", "image/png")
    assert await MEDIA.get(name) == b"0123456789"
    assert await MEDIA.get_range(name, 2, 3) == b"234"
    head = await MEDIA.head(name)
    assert head is not None
    assert (head.size, head.content_type) == (10, "image/png")
    assert head.etag.strip('"') == head.etag
    assert [found async for found in MEDIA.names(name[:36])] == [name]
    assert await MEDIA.delete(name)
    assert not await MEDIA.delete(name)


async def test_put_if_absent_keeps_what_is_there() -> None:
    name = f"{ids.new_id()}/photo"
    assert await MEDIA.put_if_absent(name, b"first", "image/png")
    assert not await MEDIA.put_if_absent(name, b"second", "image/png")
    assert await MEDIA.get(name) == b"first"


async def test_a_log_that_is_gone_is_lost_to_its_writer_and_needs_no_removal() -> None:
    logs, name = AppendBlobs("media"), f"{ids.new_id()}/log"
    with pytest.raises(Moved):
        await logs.append(name, b"more", at=0)
    assert not await logs.describe(name, {"by": "me"}, etag="0x1")
    assert not await logs.remove(name, etag="0x1")
    assert await logs.create(name, "text/plain", {"by": "me"})
    assert not await logs.remove(name, etag="0x1"), "it is another log"
    head = await logs.head(name)
    assert head is not None
    assert await logs.remove(name, etag=head.etag)


async def test_a_missing_container_is_unavailable_not_a_trace() -> None:
    with pytest.raises(Unavailable):
        await Blobs("no-such-container").put("a", b"", "text/plain")


async def test_a_message_is_base64_as_the_queue_trigger_expects(stack: Stack) -> None:
    name = f"q-{ids.new_id()}"
    async with QueueServiceClient.from_connection_string(stack.settings["StorageQueue"]) as service:
        await service.create_queue(name)
        await Queue(name).send('{"id": "é"}')
        [message] = [m async for m in service.get_queue_client(name).receive_messages()]
        await service.delete_queue(name)
        assert await Queue(name).depth() == 0, "there is no such queue any more"
    assert base64.b64decode(message.content).decode() == '{"id": "é"}'


async def test_a_message_is_found_in_a_queue_whoever_wrote_it(stack: Stack) -> None:
    name = f"q-{ids.new_id()}"
    async with QueueServiceClient.from_connection_string(stack.settings["StorageQueue"]) as service:
        queue = await service.create_queue(name)
        await queue.send_message("plain words")
        await Queue(name).send("in base64")
        assert [await Queue(name).shows(text) for text in ("plain", "base64", "none")] == [True, True, False]
        assert await Queue(name).depth() == 2
        await service.delete_queue(name)
