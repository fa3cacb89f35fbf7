"""A storage service that refuses: a condition that is not met is told from every other reason."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError

from core.platform import storage
from core.platform.append_blobs import AppendBlobs, Moved
from core.platform.block_blobs import BlockBlobs
from core.platform.errors import Unavailable
from tests.fixtures.tuning import Tune

LOGS, FILES = AppendBlobs("turns"), BlockBlobs("exports")


class Refusing:
    """A blob whose every call fails, as ``kind`` with ``status``."""

    def __init__(self, kind: type[HttpResponseError], status: int) -> None:
        self._kind, self._status = kind, status

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        async def call(*given: Any, **named: Any) -> Any:
            error = self._kind(f"{name} is refused")
            error.status_code = self._status
            raise error

        return call


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> Callable[[type[HttpResponseError], int], None]:
    """Have every blob refuse so from now on."""

    def set_to(kind: type[HttpResponseError], status: int) -> None:
        async def blob(self: storage.Blobs, name: str) -> Any:
            return Refusing(kind, status)

        monkeypatch.setattr(storage.Blobs, "_blob", blob)

    return set_to


@pytest.mark.parametrize(
    "write",
    [
        lambda: LOGS.create("log", "text/event-stream", {"by": "me"}),
        lambda: LOGS.append("log", b"more", at=0),
        lambda: LOGS.describe("log", {"by": "me"}, etag="1"),
        lambda: LOGS.remove("log", etag="1"),
        lambda: FILES.commit("file", ["1"], "application/zip", {}),
        lambda: FILES.save("note", b"{}", version=None),
        lambda: FILES.save("note", b"{}", version='"1"'),
    ],
    ids=["create", "append", "describe", "remove", "commit", "save", "save over"],
)
async def test_a_forbidden_write_is_unavailable(
    refusing: Callable[[type[HttpResponseError], int], None], write: Callable[[], Awaitable[Any]]
) -> None:
    refusing(HttpResponseError, 403)
    with pytest.raises(Unavailable) as refused:
        await write()
    assert refused.value.retry_after
    assert "refused" not in refused.value.detail, "the service's own words stay here"


async def test_a_log_that_is_not_there_is_lost_to_its_writer_and_needs_no_removal(
    refusing: Callable[[type[HttpResponseError], int], None],
) -> None:
    refusing(ResourceNotFoundError, 404)
    with pytest.raises(Moved):
        await LOGS.append("log", b"more", at=0)
    assert not await LOGS.describe("log", {"by": "me"}, etag="1")
    assert not await LOGS.remove("log", etag="1")


async def test_an_account_of_our_name_and_key_is_asked_with_them(
    monkeypatch: pytest.MonkeyPatch, tune: Tune
) -> None:
    for name in ("StorageQueue", "StorageQueue__blobServiceUri", "StorageQueue__queueServiceUri"):
        monkeypatch.delenv(name, raising=False)
    tune("STORAGE_ACCOUNT_NAME", "wardrobes")
    tune("STORAGE_ACCOUNT_KEY", "a2V5")
    for connect, service in ((storage._connect_blobs, "blob"), (storage._connect_queues, "queue")):
        client, close = await connect()
        assert client.url.startswith(f"https://wardrobes.{service}.core.windows.net")
        assert (client.credential.account_name, client.credential.account_key) == ("wardrobes", "a2V5")
        await close()
