"""Storage clients from the `connection` property of a binding, found as the platform finds them.

`NAME` is looked up as `AzureWebJobsNAME` and `NAME` (a connection string), then as the identity-based
`NAME__queueServiceUri` / `NAME__blobServiceUri` / `NAME__accountName`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from azure.storage.blob.aio import BlobServiceClient
    from azure.storage.queue.aio import QueueServiceClient

_DEFAULT = "Storage"
# Retries are the listener's: it backs off, logs one line and can be stopped at any time.
_OPTIONS: Mapping[str, Any] = {"retry_total": 2, "retry_backoff_factor": 0.2, "connection_timeout": 5}


class ConnectionMissingError(Exception):
    """No setting gives the connection a binding names."""


def queue_service(connection: str | None, settings: Mapping[str, str]) -> QueueServiceClient:
    """A client of the queue service. Raises ConnectionMissingError, worded as the platform does."""
    from azure.storage.queue.aio import QueueServiceClient

    text = _connection_string(connection, settings)
    if text is not None:
        return QueueServiceClient.from_connection_string(text, **_OPTIONS)
    uri = _service_uri(connection, "queue", settings)
    return QueueServiceClient(uri, credential=_credential(), **_OPTIONS)


def blob_service(connection: str | None, settings: Mapping[str, str]) -> BlobServiceClient:
    """A client of the blob service. Raises ConnectionMissingError, worded as the platform does."""
    from azure.storage.blob.aio import BlobServiceClient

    text = _connection_string(connection, settings)
    if text is not None:
        return BlobServiceClient.from_connection_string(text, **_OPTIONS)
    uri = _service_uri(connection, "blob", settings)
    return BlobServiceClient(uri, credential=_credential(), **_OPTIONS)


def _connection_string(connection: str | None, settings: Mapping[str, str]) -> str | None:
    return next((settings[name] for name in _names(connection) if settings.get(name)), None)


def _names(connection: str | None) -> tuple[str, str]:
    name = connection or _DEFAULT
    return f"AzureWebJobs{name}", name


def _service_uri(
    connection: str | None, service: Literal["queue", "blob"], settings: Mapping[str, str]
) -> str:
    for name in _names(connection):
        uri = settings.get(f"{name}__{service}ServiceUri") or settings.get(f"{name}__serviceUri")
        if uri:
            return uri
        if account := settings.get(f"{name}__accountName"):
            return f"https://{account}.{service}.core.windows.net"
    wanted = next(iter(_names(connection))) if connection in {None, _DEFAULT} else connection
    raise ConnectionMissingError(
        f"Storage account connection string '{wanted}' does not exist. "
        "Make sure that it is a defined App Setting."
    )


def _credential() -> Any:
    from azure.identity.aio import DefaultAzureCredential

    return DefaultAzureCredential()
