"""A digest job: one person's digest of this week, made because they asked for it."""

from __future__ import annotations

from typing import Any

import azure.durable_functions as df
from durabletask.task import OrchestrationContext

from core.platform.invocations import told
from orchestrations import attempts
from orchestrations.attempts import Given, Step

bp = df.Blueprint()


@bp.orchestration_trigger(context_name="flow")
def digest_job(flow: OrchestrationContext, given: dict[str, Any]) -> Step:
    """Run one digest job; ``given`` as ``orchestrations.starting.given_to`` makes it."""
    return (yield from attempts.run(flow, given, attempt="attempt_digest_job", bury="bury_digest_job"))


@bp.activity_trigger(input_name="given")
@told("other")
async def attempt_digest_job(given: Given) -> dict[str, Any]:
    """Count an attempt, then make the digest; tell how it ended."""
    from core.digest import service

    return await attempts.attempt_job(given, service.work)


@bp.activity_trigger(input_name="given")
@told("other")
async def bury_digest_job(given: Given) -> dict[str, Any]:
    """Give the digest up; the sweep makes it when it is due."""
    return await attempts.bury_job(given)
