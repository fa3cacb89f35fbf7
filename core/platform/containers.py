"""What must exist in Cosmos DB and Storage before the app starts: infrastructure is made from this list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

NEVER = -1
DAY = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class CosmosContainer:
    """A container; ``default_ttl`` in seconds, -1 where only a document's own ``ttl`` counts.

    Those partitioned by ``/userId`` hold what people own; those by ``/partition`` belong to nobody.
    ``mentions`` are fields that name a person in documents outside the person's own partition: erasing an
    account looks for them too. What is not ``indexed`` is read by id, or as a whole partition, and nothing
    else: with its fields left out of the index a write costs less.
    """

    name: str
    partition_key: str = "/userId"
    default_ttl: int = NEVER
    mentions: tuple[str, ...] = ()
    indexed: bool = True

    @property
    def indexing_policy(self) -> dict[str, Any]:
        """The indexing policy as Cosmos DB takes it; ids and times of writing are indexed in any case."""
        everything = [{"path": "/*"}]
        return {
            "indexingMode": "consistent",
            "automatic": True,
            "includedPaths": everything if self.indexed else [],
            "excludedPaths": [{"path": '/"_etag"/?'}] if self.indexed else everything,
        }


def cosmos_containers() -> tuple[CosmosContainer, ...]:
    """Return the Cosmos DB containers, those of jobs by the names in their settings."""
    from core.platform import settings

    jobs = settings.get(settings.JobSettings)
    return (
        CosmosContainer("users"),
        CosmosContainer("refresh_tokens"),
        CosmosContainer("sign_ins", mentions=("account_id",)),
        CosmosContainer("vault"),
        CosmosContainer("media"),
        CosmosContainer("profiles", indexed=False),
        CosmosContainer("quizzes", indexed=False),
        CosmosContainer("conversations"),
        CosmosContainer("memory"),
        CosmosContainer("digests"),
        CosmosContainer(jobs.container),
        CosmosContainer(jobs.dead_letter_container, mentions=("body",)),
        CosmosContainer("idempotency", default_ttl=DAY, mentions=("owner",)),
        CosmosContainer("ai_usage", default_ttl=90 * DAY, indexed=False),
        CosmosContainer("subscriptions"),
        CosmosContainer("reactions"),
        CosmosContainer("sources", "/partition"),
        CosmosContainer("feed_items", "/partition"),
        CosmosContainer("moods", "/partition"),
        CosmosContainer("rate_limits", default_ttl=DAY, indexed=False),
        CosmosContainer("erasures", "/partition"),
        CosmosContainer("web_hosts", "/partition", indexed=False),
    )


def blob_containers() -> tuple[str, ...]:
    """Return the names of the blob containers, the archive's from its setting."""
    from core.platform import settings

    return (settings.get(settings.StorageSettings).archive_container, "media", "chat-turns", "exports")


def queues() -> tuple[str, ...]:
    """Return the names of the queues; the poison queue too, for a trigger listens to it."""
    from core.platform import settings

    jobs = settings.get(settings.JobSettings)
    return (jobs.queue, f"{jobs.queue}-poison", jobs.dead_letter_queue)
