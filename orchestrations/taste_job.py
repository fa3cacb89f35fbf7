"""A taste job: one event into one person's profile, attempted until it is there or a dead letter is."""

from __future__ import annotations

from typing import Any

import azure.durable_functions as df
from durabletask.task import OrchestrationContext

from core.platform.invocations import told
from orchestrations import attempts
from orchestrations.attempts import Given, Step

bp = df.Blueprint()


# Not "context": the library would then call the binding "_durable_input", and Azure takes no such name.
@bp.orchestration_trigger(context_name="flow")
def taste_job(flow: OrchestrationContext, given: dict[str, Any]) -> Step:
    """Run one taste job; ``given`` as ``orchestrations.starting.given_to`` makes it."""
    return (yield from attempts.run(flow, given, attempt="attempt_taste_job", bury="bury_taste_job"))


@bp.activity_trigger(input_name="given")
@told("other")
async def attempt_taste_job(given: Given) -> dict[str, Any]:
    """Count an attempt, then apply the event; tell how it ended."""
    from core.taste import applying

    return await attempts.attempt_job(given, applying.work)


@bp.activity_trigger(input_name="given")
@told("other")
async def bury_taste_job(given: Given) -> dict[str, Any]:
    """Give the event up, or find that it is in the profile after all."""
    from core.taste import applying

    return await attempts.bury_job(given, applying.finished)
