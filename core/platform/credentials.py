"""The app's own identity, for every service whose settings hold no key.

One credential serves them all, so that a token is asked for once for each service and not by each client.
In Azure it is the managed identity that ``AZURE_CLIENT_ID`` names; on a laptop, whoever signed in with
``az login``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.platform import connections

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

_BOUNDS: Mapping[str, Any] = {"retry_total": 2, "connection_timeout": 3, "read_timeout": 5}
"""Left alone, the SDK asks ten times, longer apart each time, while a person waits."""


async def identity() -> AsyncTokenCredential:
    """Return this loop's credential; asked for a token, it raises ``AzureError`` where it gets none."""
    return await connections.shared("identity", _make)


async def _make() -> tuple[AsyncTokenCredential, connections.Closer]:
    from azure.identity.aio import DefaultAzureCredential

    credential = DefaultAzureCredential(**_BOUNDS)
    return credential, credential.close
