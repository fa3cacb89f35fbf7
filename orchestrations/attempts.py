"""The flow every kind of job shares: attempts with growing pauses until the work is done, or a dead letter.

The retry loop is the orchestrator's own, over durable timers: no built-in policy has jitter or knows a
server's ``Retry-After``. Attempts are counted in the record before the work, so an input that kills its
worker runs out of them too. A kind of job is a module with an orchestrator of one line and two activities,
so that the portal shows each kind by its name.
"""

from __future__ import annotations

from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from durabletask.task import OrchestrationContext, RetryPolicy, Task, TaskFailedError

from core import jobs

if TYPE_CHECKING:
    type Given = dict[str, Any]
else:
    Given = dict  # the worker refuses a binding with a parametrised annotation
type Step = Generator[Task[Any], Any, Any]

BURIAL = RetryPolicy(
    first_retry_interval=timedelta(seconds=2),
    max_number_of_attempts=12,
    backoff_coefficient=2.0,
    max_retry_interval=timedelta(seconds=60),
)
"""Burying outlasts an outage of the database: seven minutes of pauses; then the reconciler starts over."""


def run(flow: OrchestrationContext, given: Given, *, attempt: str, bury: str) -> Step:
    """Run one job by its two activities; ``given`` as ``orchestrations.starting.given_to`` makes it.

    Returns the outcome of the activity that ended it (``core.jobs.Outcome``).
    """
    policy = policy_of(given)
    failures = int(given["attempts"])
    if given["not_before"] is not None:
        yield from _wait_until(flow, datetime.fromisoformat(given["not_before"]), failures)
    while True:
        flow.set_custom_status({"state": "running", "attempt": min(failures + 1, policy.max_attempts)})
        outcome = yield from _attempt(flow, attempt, given)
        if outcome["state"] == "paused":
            failures = 0
            yield from _wait_until(flow, _now(flow) + timedelta(seconds=outcome["retry_after"]), 0)
            continue
        failures = max(failures + 1, outcome["attempt"])
        if outcome["state"] != "retry" or failures >= policy.max_attempts:
            break
        wait = jobs.backoff.delay(policy, flow.instance_id, failures, outcome["retry_after"])
        yield from _wait_until(flow, _now(flow) + wait, failures)
    if outcome["state"] in {"retry", "hopeless"}:
        burial = {**given, "reason": outcome["error"]}
        outcome = yield flow.call_activity(bury, input=burial, retry_policy=BURIAL, return_type=dict)
    flow.set_custom_status({"state": outcome["state"], "attempt": outcome["attempt"]})
    return outcome


def _attempt(flow: OrchestrationContext, attempt: str, given: Given) -> Step:
    """Attempt once; an activity that could not even report counts as a failed attempt."""
    try:
        return (yield flow.call_activity(attempt, input=given, return_type=dict))
    except TaskFailedError as error:
        return {"state": "retry", "attempt": 0, "error": error.details.message, "retry_after": None}


def _wait_until(flow: OrchestrationContext, due: datetime, attempt: int) -> Step:
    flow.set_custom_status({"state": "waiting", "attempt": attempt, "next_attempt_at": due.isoformat()})
    yield flow.create_timer(due)


def _now(flow: OrchestrationContext) -> datetime:
    """Return the moment this step is at, aware; the engine gives it in UTC without saying so."""
    return flow.current_utc_datetime.replace(tzinfo=UTC)


def policy_of(given: Given) -> jobs.RetryPolicy:
    """Return the pauses of a job's flow, from its input."""
    return jobs.RetryPolicy(given["max_attempts"], given["base"], given["cap"], given["jitter"])


async def attempt_job(given: Given, work: jobs.Work) -> dict[str, Any]:
    """Count an attempt, then ``work``; tell how it ended."""
    return dict(await jobs.attempt(_ref_of(given), policy_of(given), work))


async def bury_job(given: Given, finished: jobs.Finished | None = None) -> dict[str, Any]:
    """Give up: record, dead letter, announcement; or complete what ``finished`` finds done after all."""
    return dict(await jobs.give_up(_ref_of(given), given["reason"], finished))


def _ref_of(given: Given) -> jobs.JobRef:
    kept = {name: given[name] for name in jobs.JobRef.model_fields if name in given}
    return jobs.JobRef.model_validate(kept)
