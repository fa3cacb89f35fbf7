"""A taste job: attempts with growing pauses until the event is in the profile, or a dead letter is.

The retry loop is the orchestrator's own, over durable timers: no built-in policy has jitter or knows a
server's ``Retry-After``. Attempts are counted in the record before the work, so an input that kills its
worker runs out of them too.
"""

from __future__ import annotations

from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import azure.durable_functions as df
from durabletask.task import OrchestrationContext, RetryPolicy, Task, TaskFailedError

from core.jobs import JobRef, backoff

bp = df.Blueprint()

BURIAL = RetryPolicy(
    first_retry_interval=timedelta(seconds=2),
    max_number_of_attempts=12,
    backoff_coefficient=2.0,
    max_retry_interval=timedelta(seconds=60),
)
"""Burying must outlast an outage of the database: about nine minutes, and then the reconciler starts over."""

if TYPE_CHECKING:
    type Given = dict[str, Any]
else:
    Given = dict  # the worker refuses a binding with a parametrised annotation
type Step = Generator[Task[Any], Any, Any]


# Not "context": the library would then call the binding "_durable_input", and Azure takes no such name.
@bp.orchestration_trigger(context_name="flow")
def taste_job(flow: OrchestrationContext, given: dict[str, Any]) -> Step:
    """Run one job; ``given`` as ``orchestrations.starting.given_to`` makes it."""
    policy = backoff.RetryPolicy(given["max_attempts"], given["base"], given["cap"], given["jitter"])
    failures = int(given["attempts"])
    if given["not_before"] is not None:
        yield from _wait_until(flow, datetime.fromisoformat(given["not_before"]), failures)
    while True:
        flow.set_custom_status({"state": "running", "attempt": min(failures + 1, policy.max_attempts)})
        outcome = yield from _attempt(flow, given)
        failures = max(failures + 1, outcome["attempt"])
        if outcome["state"] != "retry" or failures >= policy.max_attempts:
            break
        wait = backoff.delay(policy, flow.instance_id, failures, outcome["retry_after"])
        yield from _wait_until(flow, _now(flow) + wait, failures)
    if outcome["state"] in {"retry", "hopeless"}:
        burial = {**given, "reason": outcome["error"]}
        outcome = yield flow.call_activity(
            "bury_taste_job", input=burial, retry_policy=BURIAL, return_type=dict
        )
    flow.set_custom_status({"state": outcome["state"], "attempt": outcome["attempt"]})
    return outcome


def _attempt(flow: OrchestrationContext, given: dict[str, Any]) -> Step:
    """Attempt once; an activity that could not even report counts as a failed attempt."""
    try:
        return (yield flow.call_activity("attempt_taste_job", input=given, return_type=dict))
    except TaskFailedError as error:
        return {"state": "retry", "attempt": 0, "error": error.details.message, "retry_after": None}


def _wait_until(flow: OrchestrationContext, due: datetime, attempt: int) -> Step:
    flow.set_custom_status({"state": "waiting", "attempt": attempt, "next_attempt_at": due.isoformat()})
    yield flow.create_timer(due)


def _now(flow: OrchestrationContext) -> datetime:
    """Return the moment this step is at, aware; the engine gives it in UTC without saying so."""
    return flow.current_utc_datetime.replace(tzinfo=UTC)


@bp.activity_trigger(input_name="given")
async def attempt_taste_job(given: Given) -> dict[str, Any]:
    """Count an attempt, then work; tell how it ended."""
    from core.taste import applying

    policy = backoff.RetryPolicy(given["max_attempts"], given["base"], given["cap"], given["jitter"])
    return dict(await applying.attempt(_run_of(given), policy))


@bp.activity_trigger(input_name="given")
async def bury_taste_job(given: Given) -> dict[str, Any]:
    """Give up: record, dead letter, announcement; or find that the work was done after all."""
    from core.taste import applying

    return dict(await applying.give_up(_run_of(given), given["reason"]))


def _run_of(given: Given) -> JobRef:
    return JobRef(user_id=given["user_id"], job_id=given["job_id"], run=given["run"])
