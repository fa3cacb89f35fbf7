"""Histories of background work: gone with the person they were for, and gone after a while in any case.

A history holds what its instance was given: ids of people among it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import datetime

import azure.durable_functions as df
from durabletask.client import OrchestrationStatus

TERMINAL = (OrchestrationStatus.COMPLETED, OrchestrationStatus.FAILED, OrchestrationStatus.TERMINATED)

_LOOKS = 10
_PAUSE_SECONDS = 0.3


async def forget(client: df.DurableFunctionsClient, instance_ids: Collection[str]) -> int:
    """End these instances and purge their histories; return how many there were."""
    return sum([await _forget_one(client, instance_id) for instance_id in instance_ids])


async def forget_finished(client: df.DurableFunctionsClient, before: datetime) -> int:
    """Purge the histories of everything that is over and began before ``before``; return how many."""
    purged = await client.purge_orchestrations_by(created_time_to=before, runtime_status=list(TERMINAL))
    return int(purged.deleted_instance_count)


async def _forget_one(client: df.DurableFunctionsClient, instance_id: str) -> bool:
    state = await client.get_orchestration_state(instance_id, fetch_payloads=False)
    if state is None:
        return False
    if state.runtime_status not in TERMINAL:
        await client.terminate_orchestration(instance_id)
        await _until_over(client, instance_id)
    await client.purge_orchestration(instance_id)
    return True


async def _until_over(client: df.DurableFunctionsClient, instance_id: str) -> None:
    """Wait a little for an instance to end; one that does not is purged by the next sweep."""
    for _ in range(_LOOKS):
        state = await client.get_orchestration_state(instance_id, fetch_payloads=False)
        if state is None or state.runtime_status in TERMINAL:
            return
        await asyncio.sleep(_PAUSE_SECONDS)
