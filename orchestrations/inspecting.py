"""What the task hub knows of an instance: for administrators, as its URLs carry a key that can terminate."""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any

import azure.durable_functions as df

from core import jobs


async def instance_of(client: df.DurableFunctionsClient, job: jobs.Job) -> jobs.Instance | None:
    """Return the Durable instance of the job's current run, ``None`` where there is none."""
    state = await client.get_orchestration_state(job.instance_id)
    if state is None:
        return None
    return jobs.Instance(
        instance_id=state.instance_id,
        orchestrator=state.name,
        runtime_status=state.runtime_status.name,
        custom_status=_loaded(state.serialized_custom_status),
        output=_loaded(state.serialized_output),
        created_at=state.created_at.replace(tzinfo=UTC),
        last_updated_at=state.last_updated_at.replace(tzinfo=UTC),
    )


def management_urls(client: df.DurableFunctionsClient, instance_id: str) -> dict[str, str]:
    """Return Durable's own URLs to watch, terminate or purge an instance."""
    return dict(client.create_http_management_payload(instance_id=instance_id))


def _loaded(serialized: str | None) -> Any:
    return None if serialized is None else json.loads(serialized)
