"""``python -m devstack.provision``: make the database, containers and queues the app declares.

Reads the same settings as the app, so it also serves a fresh account in the cloud. Running it twice
changes nothing.
"""

from __future__ import annotations

import asyncio
import sys

from azure.core.exceptions import AzureError, ResourceExistsError
from azure.cosmos import PartitionKey

from core.platform import connections, containers, cosmos, settings, storage
from core.platform.errors import DomainError
from core.platform.settings import SettingsError


async def _databases() -> None:
    client = await connections.shared("cosmos", cosmos._connect)
    name = settings.get(settings.CosmosSettings).database
    database = await client.create_database_if_not_exists(name)
    await asyncio.gather(
        *(
            database.create_container_if_not_exists(
                declared.name,
                PartitionKey(declared.partition_key),
                indexing_policy=declared.indexing_policy,
                default_ttl=declared.default_ttl,
            )
            for declared in containers.cosmos_containers()
        )
    )


async def _blob_container(name: str) -> None:
    service = await connections.shared("blobs", storage._connect_blobs)
    try:
        await service.create_container(name)
    except ResourceExistsError:
        return


async def _queue(name: str) -> None:
    service = await connections.shared("queues", storage._connect_queues)
    try:
        await service.create_queue(name)
    except ResourceExistsError:
        return


async def provision() -> None:
    """Create everything that is declared and not there yet, with the settings in the environment.

    Raises:
        AzureError, DomainError: an account does not answer or refuses.
        SettingsError: a setting is missing or wrong.
    """
    try:
        await asyncio.gather(
            _databases(),
            *(_blob_container(name) for name in containers.blob_containers()),
            *(_queue(name) for name in containers.queues()),
        )
    finally:
        await connections.close_all()


def main() -> int:
    """Provision, or say in one sentence why not."""
    try:
        asyncio.run(provision())
    except (AzureError, DomainError, SettingsError) as error:
        print(f"cannot provision: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
