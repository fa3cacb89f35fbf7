"""Starts the orchestration of a job, once per run: which flow serves which kind, and what it is given."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import azure.durable_functions as df
import grpc

from core import jobs
from core.platform import clock, telemetry

FLOWS: Mapping[str, str] = {
    "taste": "taste_job",
    "digest": "digest_job",
    "scrape_sweep": "scrape_sweep",
    "moods": "moods_job",
    "account_export": "account_export",
    "account_erasure": "account_erasure",
}
"""The orchestrator of each kind of job."""

_PERSISTENT: Mapping[str, int] = {"account_erasure": 50}
"""Attempts of kinds that people have a right to: an outage of hours must not end them."""

_log = logging.getLogger("pluckit.jobs")


async def start(client: df.DurableFunctionsClient, launch: jobs.Launch) -> None:
    """Start the flow of a job that was not over when last seen; one that runs or waits is left alone.

    An instance that has ended although its record is not over is started again: by default the platform
    replaces instances that no longer run.
    """
    flow, instance = FLOWS[launch.kind], launch.ref.instance_id
    try:
        with telemetry.span(f"start {flow}", "producer", {"pluckit.orchestration.id": instance}):
            await client.schedule_new_orchestration(flow, input=given_to(launch), instance_id=instance)
    except grpc.aio.AioRpcError as error:
        if error.code() is not grpc.StatusCode.ALREADY_EXISTS:
            raise
        _log.info("job %s is being worked on: message dropped", launch.ref.job_id)


def given_to(launch: jobs.Launch) -> dict[str, Any]:
    """Return the input of a job's flow: ids, the retry settings, and what an earlier instance had got to.

    The settings travel in the input because an orchestrator must not read them.
    """
    from core.platform import settings

    retry = settings.get(settings.RetrySettings)
    due = launch.due
    return {
        **launch.ref.model_dump(exclude_none=True),
        "attempts": launch.attempts,
        "traceparent": telemetry.traceparent(),
        "not_before": due.isoformat() if due is not None and due > clock.now() else None,
        "max_attempts": _PERSISTENT.get(launch.kind, retry.max_attempts),
        "base": retry.base_seconds,
        "cap": retry.max_seconds,
        "jitter": retry.jitter_seconds,
    }
