"""An erasure: sweeps, with pauses for what was under way, until one finds nothing of the person any more."""

from __future__ import annotations

from functools import partial
from typing import Any

import azure.durable_functions as df
from durabletask.task import OrchestrationContext

from core.platform.invocations import told
from orchestrations import attempts, purging
from orchestrations.attempts import Given, Step

bp = df.Blueprint()


@bp.orchestration_trigger(context_name="flow")
def account_erasure(flow: OrchestrationContext, given: dict[str, Any]) -> Step:
    """Run one erasure; ``given`` as ``orchestrations.starting.given_to`` makes it, and names no person."""
    steps = {"attempt": "attempt_account_erasure", "bury": "bury_account_erasure"}
    return (yield from attempts.run(flow, given, **steps))


@bp.activity_trigger(input_name="given")
@bp.durable_client_input(client_name="client")
@told("other")
async def attempt_account_erasure(given: Given, client: df.DurableFunctionsClient) -> dict[str, Any]:
    """Sweep once; tell how that ended."""
    from core.account import erasing

    forget_flows = partial(purging.forget, client)
    return await attempts.attempt_job(given, partial(erasing.work, forget_flows=forget_flows))


@bp.activity_trigger(input_name="given")
@told("other")
async def bury_account_erasure(given: Given) -> dict[str, Any]:
    """Give up for now, and tell administrators, whose replay sweeps on; or find that it is done after all."""
    from core.account import erasing

    return await attempts.bury_job(given, erasing.finished)
