"""Writes infra/containers.json, by which the cloud gets its containers and queues, from the app's list."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from core.platform import containers, settings
from devstack import appsettings
from devstack.process import REPOSITORY

TARGET = REPOSITORY / "infra" / "containers.json"


def rendered() -> str:
    """Return the file as the defaults of the settings name everything."""
    with _as_shipped():
        made = {
            "database": settings.get(settings.CosmosSettings).database,
            "cosmosContainers": [
                {
                    "name": one.name,
                    "partitionKey": one.partition_key,
                    "defaultTtl": one.default_ttl,
                    "indexingPolicy": one.indexing_policy,
                }
                for one in containers.cosmos_containers()
            ],
            "blobContainers": list(containers.blob_containers()),
            "queues": list(containers.queues()),
        }
    return json.dumps(made, indent=2) + "\n"


@contextmanager
def _as_shipped() -> Iterator[None]:
    """Read the settings of the example, whatever this process has been told."""
    settings.get.cache_clear()
    try:
        with patch.dict(os.environ, appsettings.example(REPOSITORY), clear=True):
            yield
    finally:
        settings.get.cache_clear()


def main() -> None:
    """Write the file."""
    TARGET.write_text(rendered())
    print(f"wrote {TARGET.name}")


if __name__ == "__main__":
    main()
