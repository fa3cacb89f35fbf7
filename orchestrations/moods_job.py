"""A moods job: the moods of one month's feed, attempted until they are there or a dead letter is."""

from __future__ import annotations

from typing import Any

import azure.durable_functions as df
from durabletask.task import OrchestrationContext

from core.platform.invocations import told
from orchestrations import attempts
from orchestrations.attempts import Given, Step

bp = df.Blueprint()


@bp.orchestration_trigger(context_name="flow")
def moods_job(flow: OrchestrationContext, given: dict[str, Any]) -> Step:
    """Run one moods job; ``given`` as ``orchestrations.starting.given_to`` makes it."""
    return (yield from attempts.run(flow, given, attempt="attempt_moods_job", bury="bury_moods_job"))


@bp.activity_trigger(input_name="given")
@told("other")
async def attempt_moods_job(given: Given) -> dict[str, Any]:
    """Count an attempt, then make the month's moods; tell how it ended."""
    from core.moods import generating

    return await attempts.attempt_job(given, generating.work)


@bp.activity_trigger(input_name="given")
@told("other")
async def bury_moods_job(given: Given) -> dict[str, Any]:
    """Give the month up; an administrator can replay it."""
    return await attempts.bury_job(given)
