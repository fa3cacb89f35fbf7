"""``python -m devstack.provision``: make the database, containers and queues the app declares.

Reads the same settings as the app, so it also serves a fresh account in the cloud. Running it twice
changes nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager

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
    with _making(f"blob container {name!r}"):
        await service.create_container(name)


async def _queue(name: str) -> None:
    service = await connections.shared("queues", storage._connect_queues)
    with _making(f"queue {name!r}"):
        await service.create_queue(name)


@contextmanager
def _making(what: str) -> Iterator[None]:
    """Let pass what is there already; what cannot be made is named, with the service's first line on it."""
    try:
        yield
    except ResourceExistsError:
        return
    except AzureError as error:
        raise AzureError(f"{what}: {error.message.splitlines()[0]}") from error


def check_settings() -> None:
    """Read every setting of the app, not only those of its accounts.

    Raises:
        SettingsError: one or more are missing or wrong, a line for each concern.
    """
    wrong = []
    for kind in settings.Settings.__subclasses__():
        try:
            settings.get(kind)
        except SettingsError as error:
            wrong.append(str(error))
    if wrong:
        raise SettingsError("\n".join(wrong))


async def provision() -> None:
    """Create everything that is declared and not there yet, with the settings in the environment.

    Raises:
        AzureError, DomainError: an account does not answer or refuses.
        SettingsError: a setting is missing or wrong.
    """
    blobs, queues = containers.blob_containers(), containers.queues()
    try:
        await asyncio.gather(_databases(), *map(_blob_container, blobs), *map(_queue, queues))
    finally:
        await connections.close_all()


def main() -> int:
    """Provision, or say in one sentence why not."""
    parser = argparse.ArgumentParser(prog="python -m devstack.provision", description=__doc__)
    parser.add_argument("--check-settings", action="store_true", help="refuse to, if any setting is wrong")
    options = parser.parse_args()
    try:
        if options.check_settings:
            check_settings()
        asyncio.run(provision())
    except (AzureError, DomainError, SettingsError) as error:
        print(f"cannot provision: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
