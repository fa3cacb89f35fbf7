"""An export: everything of a person into one archive, piece by piece until it is whole."""

from __future__ import annotations

from typing import Any

import azure.durable_functions as df
from durabletask.task import OrchestrationContext

from core.platform.invocations import told
from orchestrations import attempts
from orchestrations.attempts import Given, Step

bp = df.Blueprint()


@bp.orchestration_trigger(context_name="flow")
def account_export(flow: OrchestrationContext, given: dict[str, Any]) -> Step:
    """Run one export; ``given`` as ``orchestrations.starting.given_to`` makes it."""
    steps = {"attempt": "attempt_account_export", "bury": "bury_account_export"}
    return (yield from attempts.run(flow, given, **steps))


@bp.activity_trigger(input_name="given")
@told("other")
async def attempt_account_export(given: Given) -> dict[str, Any]:
    """Write the next piece of the archive; tell how that ended."""
    from core.account import exporting

    return await attempts.attempt_job(given, exporting.work)


@bp.activity_trigger(input_name="given")
@told("other")
async def bury_account_export(given: Given) -> dict[str, Any]:
    """Give the export up, or find that its archive is there after all."""
    from core.account import exporting

    return await attempts.bury_job(given, exporting.finished)
