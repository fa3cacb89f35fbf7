"""Where a person is found: in every container, blob container and queue that is declared, known to us or not.

``core/platform/containers.py`` is walked, so a container that is added is swept without being named here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.platform import containers, partitions, settings
from core.platform.containers import CosmosContainer
from core.platform.partitions import Key
from core.platform.storage import BlobInfo, Blobs, Queue

SESSIONS = "refresh_tokens"
"""The container of sessions, which go first."""

_IN_FLIGHT = 8


@dataclass(frozen=True, slots=True)
class Traces:
    """What was found of a person, by container."""

    documents: Mapping[str, Sequence[Key]]
    blobs: Mapping[str, Sequence[BlobInfo]] = field(default_factory=dict)
    messages: int = 0
    """Messages on their way that name the person; their triggers take them, and find nothing to do."""

    def __bool__(self) -> bool:
        return bool(self.documents or self.blobs or self.messages)

    def counts(self) -> dict[str, int]:
        """Return how many of each there are; messages are not counted, for they are not removed."""
        documents = {f"documents/{name}": len(keys) for name, keys in self.documents.items()}
        return documents | {f"blobs/{name}": len(found) for name, found in self.blobs.items()}

    async def remove(self) -> None:
        """Remove all of it as it was found: what has changed since is left to the next sweep."""
        for container, blobs in self.blobs.items():
            await _erase(Blobs(container), blobs)
        for container, keys in self.documents.items():
            await partitions.remove(container, keys)


async def of(user_id: str) -> Traces:
    """Return everything there is of a person."""
    declared = containers.cosmos_containers()
    blobs = {name: await _blobs(name, user_id) for name in containers.blob_containers()}
    messages = sum([await Queue(name).shows(user_id) for name in _drained_queues()])
    found = {name: names for name, names in blobs.items() if names}
    return Traces(await _documents(declared, user_id), found, messages)


async def within(container: str, user_id: str) -> Traces:
    """Return what there is of the person in one container."""
    declared = [one for one in containers.cosmos_containers() if one.name == container]
    return Traces(await _documents(declared, user_id))


async def flows(user_id: str) -> frozenset[str]:
    """Return the ids of Durable instances that worked for the person: those of all runs of all their jobs."""
    jobs = CosmosContainer(settings.get(settings.JobSettings).container)
    found: set[str] = set()
    async for job in partitions.documents(jobs, user_id):
        runs = range(1, int(job.get("run", 0)) + 1)
        found |= {job["id"], *(f"{job['id']}:{run}" for run in runs)}
    return frozenset(found)


def _drained_queues() -> list[str]:
    """Return the queues a trigger listens to; on the others, messages do not name people."""
    announcements = settings.get(settings.JobSettings).dead_letter_queue
    return [name for name in containers.queues() if name != announcements]


async def _documents(declared: Sequence[CosmosContainer], user_id: str) -> dict[str, Sequence[Key]]:
    keys = {one.name: await partitions.traces(one, user_id) for one in declared}
    return {name: found for name, found in keys.items() if found}


async def _blobs(container: str, user_id: str) -> list[BlobInfo]:
    return [found async for found in Blobs(container).traces(f"{user_id}/")]


async def _erase(container: Blobs, found: Sequence[BlobInfo]) -> None:
    places = asyncio.Semaphore(_IN_FLIGHT)

    async def one(blob: BlobInfo) -> None:
        async with places:
            await container.erase(blob)

    await asyncio.gather(*(one(blob) for blob in found))
