"""What must exist in Cosmos DB and Storage before the app starts: infrastructure is made from this list."""

from __future__ import annotations

from dataclasses import dataclass

NEVER = -1
DAY = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class CosmosContainer:
    """A container; ``default_ttl`` in seconds, -1 where only a document's own ``ttl`` counts."""

    name: str
    partition_key: str = "/userId"
    default_ttl: int = NEVER


COSMOS: tuple[CosmosContainer, ...] = (
    CosmosContainer("users"),
    CosmosContainer("refresh_tokens"),
    CosmosContainer("vault"),
    CosmosContainer("media"),
    CosmosContainer("idempotency", default_ttl=DAY),
    CosmosContainer("ai_usage", default_ttl=90 * DAY),
)


def blob_containers() -> tuple[str, ...]:
    """Return the names of the blob containers, the archive's from its setting."""
    from core.platform import settings

    return (settings.get(settings.StorageSettings).archive_container, "media")


QUEUES: tuple[str, ...] = ()
