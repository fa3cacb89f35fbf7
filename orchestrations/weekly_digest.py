"""The sweep that makes everyone's weekly digest: page by page, a few at a time, history of constant size.

There is one sweep at a time, because all ticks start the same instance id and the task hub runs an id once: a
tick that comes while a sweep is under way starts nothing, and the running sweep's people are not doubled. The
sweep lists people who are due, hands a page of them to a sub-orchestration that keeps at most ``in_flight``
digests going, and continues as new behind that page. Payloads carry ids and positions only.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

import azure.durable_functions as df
import grpc
from durabletask import task
from durabletask.task import OrchestrationContext, Task, TaskFailedError

from core.platform.invocations import told
from orchestrations.attempts import BURIAL, Given, Step

bp = df.Blueprint()

INSTANCE = "weekly-digest"
PAGE = 50
"""People in a sub-orchestration: each of them costs it four events of history."""
LISTED = 500
"""People found by one query, which goes over all partitions; their ids are carried along page by page."""


async def start(client: df.DurableFunctionsClient, now: datetime, *, failed_too: bool = False) -> bool:
    """Start a sweep of everyone due at ``now``, and, ``failed_too``, of those whose digest failed.

    ``False`` where a sweep is running already.
    """
    from core.platform import settings

    given: Given = {
        "until": now.isoformat(),
        "phase": "requeue" if failed_too else "enrol",
        "after": "",
        "page": 0,
        "in_flight": settings.get(settings.DigestSettings).max_concurrency,
        "counts": {},
    }
    try:
        await client.schedule_new_orchestration("weekly_digest", input=given, instance_id=INSTANCE)
    except grpc.aio.AioRpcError as error:
        if error.code() is not grpc.StatusCode.ALREADY_EXISTS:
            raise
        return False
    return True


@bp.orchestration_trigger(context_name="flow")
def weekly_digest(flow: OrchestrationContext, given: dict[str, Any]) -> Step:
    """Do one page of one phase, then continue as new; ``given`` as ``start`` makes it.

    Phases: ``requeue`` (failed digests become due), ``enrol`` (new people get a subscription), ``deliver``.
    Returns the counts: people enrolled and requeued, digests made, there already, failed, no longer due.
    """
    flow.set_custom_status({"phase": given["phase"], "page": given["page"], **given["counts"]})
    steps = {"requeue": _requeue, "enrol": _enrol, "deliver": _deliver}
    following = yield from steps[given["phase"]](flow, given)
    if following["phase"] == "done":
        flow.set_custom_status({"phase": "done", "page": following["page"], **following["counts"]})
        return following["counts"]
    flow.continue_as_new(following)
    return None


def _requeue(flow: OrchestrationContext, given: dict[str, Any]) -> Step:
    asked = {"until": given["until"], "after": given["after"], "limit": PAGE}
    page = yield _steadily(flow, "requeue_failed_digests", asked)
    counts = _plus(given["counts"], {"requeued": len(page["people"])})
    if page["after"] is None:
        return {**given, "phase": "enrol", "after": "", "counts": counts}
    return {**given, "after": page["after"], "counts": counts}


def _enrol(flow: OrchestrationContext, given: dict[str, Any]) -> Step:
    found = yield _steadily(flow, "enrol_digest_readers", {})
    counts = _plus(given["counts"], {"enrolled": found["enrolled"]})
    return {**given, "phase": "enrol" if found["more"] else "deliver", "counts": counts}


def _deliver(flow: OrchestrationContext, given: dict[str, Any]) -> Step:
    """Make one page's digests, of those listed and not served yet or else of a new list."""
    waiting, after = given.get("waiting", []), given["after"]
    if not waiting:
        asked = {"until": given["until"], "after": after, "limit": LISTED}
        listed = yield _steadily(flow, "list_due_digests", asked)
        waiting, after = listed["people"], listed["after"]
    following = {**given, "after": after, "waiting": waiting[PAGE:]}
    if waiting:
        made = yield from _page(flow, given, waiting[:PAGE])
        following |= {"page": given["page"] + 1, "counts": _plus(given["counts"], made)}
    if not following["waiting"]:
        del following["waiting"]
        following["phase"] = "deliver" if after is not None else "done"
    return following


def _page(flow: OrchestrationContext, given: dict[str, Any], people: list[str]) -> Step:
    """Make a page's digests; where it is terminated, all count as failed and are due at the next tick."""
    try:
        return (
            yield flow.call_sub_orchestrator(
                "weekly_digest_page",
                input={"people": people, "in_flight": given["in_flight"]},
                instance_id=f"{flow.instance_id}:{given['until']}:{given['page']}",
                return_type=dict,
            )
        )
    except TaskFailedError:
        return {"failed": len(people)}


def _steadily(flow: OrchestrationContext, activity: str, asked: dict[str, Any]) -> Task[Any]:
    """Call a step that belongs to nobody in particular: it outlasts an outage of the database."""
    return flow.call_activity(activity, input=asked, retry_policy=BURIAL, return_type=dict)


@bp.orchestration_trigger(context_name="flow")
def weekly_digest_page(flow: OrchestrationContext, given: dict[str, Any]) -> Step:
    """Make the digests of one page of people, at most ``in_flight`` at a time; return how many ended how."""
    waiting, counts = list(given["people"]), dict[str, int]()
    running: list[Task[str]] = []
    while waiting or running:
        while waiting and len(running) < given["in_flight"]:
            person = {"user_id": waiting.pop(0)}
            running.append(flow.call_activity("make_due_digest", input=person, return_type=str))
        done = yield task.when_any(running)
        running.remove(done)
        counts = _plus(counts, {"failed" if done.is_failed else done.get_result(): 1})
        flow.set_custom_status({"left": len(waiting) + len(running), **counts})
    return counts


def _plus(counts: dict[str, int], more: dict[str, int]) -> dict[str, int]:
    return dict(Counter(counts) + Counter(more))


@bp.activity_trigger(input_name="given")
@told("other")
async def requeue_failed_digests(given: Given) -> dict[str, Any]:
    """Make a page of failed digests due again."""
    from core.digest import sweeping

    due = datetime.fromisoformat(given["until"])
    return dict(await sweeping.requeue(due, given["after"], given["limit"]))


@bp.activity_trigger(input_name="given")
@told("other")
async def enrol_digest_readers(given: Given) -> dict[str, Any]:
    """Give new people their subscription."""
    from core.digest import sweeping

    enrolled, more = await sweeping.enrol()
    return {"enrolled": enrolled, "more": more}


@bp.activity_trigger(input_name="given")
@told("other")
async def list_due_digests(given: Given) -> dict[str, Any]:
    """Return a page of whose digest is due, as ids."""
    from core.digest import sweeping

    until = datetime.fromisoformat(given["until"])
    return dict(await sweeping.due(until, given["after"], given["limit"]))


@bp.activity_trigger(input_name="given")
@told("other")
async def make_due_digest(given: Given) -> str:
    """Make one person's digest; tell what came of it."""
    from core.digest import sweeping

    return await sweeping.deliver(given["user_id"])
