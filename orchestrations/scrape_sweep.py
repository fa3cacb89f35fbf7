"""The sweep of sources: page by page, a few at a time, history of constant size.

It is a job that runs alone (``core.scraper.sweeps``), so a tick while a sweep is under way starts nothing, an
administrator who asks for one polls the one there is, and a sweep that was lost is started again. A source
that is done is no longer due, so starting again is going on. Payloads carry ids, positions and counts only.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import azure.durable_functions as df
from durabletask import task
from durabletask.task import OrchestrationContext, Task

from core import scraper
from core.platform.invocations import told
from orchestrations import attempts
from orchestrations.attempts import BURIAL, Given, Step

bp = df.Blueprint()


@bp.orchestration_trigger(context_name="flow")
def scrape_sweep(flow: OrchestrationContext, given: dict[str, Any]) -> Step:
    """Sweep one page of sources and continue as new, or end; ``given`` as ``starting.given_to`` makes it."""
    so_far = given.get("progress", {"after": "", "counts": {}})
    flow.set_custom_status({"state": "sweeping", **so_far["counts"]})
    asked = {"after": so_far["after"]}
    page = yield flow.call_activity("list_due_sources", input=asked, retry_policy=BURIAL, return_type=dict)
    if not page["sources"]:
        ending = {**given, "progress": so_far, "done": True}
        return (yield from attempts.run(flow, ending, attempt="note_scrape_sweep", bury="bury_scrape_sweep"))
    counts = yield from _swept(flow, given["job_id"], page, so_far["counts"])
    progress = {"after": page["sources"][-1], "counts": counts}
    noted = {**given, "progress": progress, "done": False}
    yield flow.call_activity("note_scrape_sweep", input=noted, retry_policy=BURIAL, return_type=dict)
    flow.continue_as_new({**given, "attempts": 0, "not_before": None, "progress": progress})
    return None


def _swept(flow: OrchestrationContext, sweep: str, page: dict[str, Any], counts: dict[str, int]) -> Step:
    """Sweep the page's sources, at most ``at_once`` at a time; return the counts with theirs added."""
    waiting = [{"source_id": source, "sweep": sweep, "slice": 1} for source in page["sources"]]
    running: dict[Task[Any], dict[str, Any]] = {}
    while waiting or running:
        while waiting and len(running) < page["at_once"]:
            asked = waiting.pop(0)
            running[flow.call_activity("sweep_source", input=asked, return_type=dict)] = asked
        ended = yield task.when_any(list(running))
        asked = running.pop(ended)
        swept = {"state": "lost"} if ended.is_failed else ended.get_result()
        if swept["state"] == "more" and asked["slice"] < scraper.sweeps.MOST_SLICES:
            waiting.insert(0, {**asked, "slice": asked["slice"] + 1})
            continue
        counts = _plus(counts, swept)
        flow.set_custom_status({"state": "sweeping", "left": len(waiting) + len(running), **counts})
    return counts


def _plus(counts: dict[str, int], swept: dict[str, Any]) -> dict[str, int]:
    told = {swept["state"]: 1, **{name: swept.get(name, 0) for name in ("seen", "new", "changed")}}
    return dict(Counter(counts) + Counter(told))


@bp.activity_trigger(input_name="given")
@told("other")
async def list_due_sources(given: Given) -> dict[str, Any]:
    """Return the next page of sources that want attention, as ids."""
    return dict(await scraper.sweeps.page(given["after"]))


@bp.activity_trigger(input_name="given")
@told("other")
async def sweep_source(given: Given) -> dict[str, Any]:
    """Sweep one source for a while; tell how it went."""
    return await scraper.sweeps.attend(given["source_id"], given["sweep"])


@bp.activity_trigger(input_name="given")
@told("other")
async def note_scrape_sweep(given: Given) -> dict[str, Any]:
    """Note how far the sweep has got, for whoever polls; or that it is done."""
    progress = given["progress"]["counts"]
    return await attempts.attempt_job(given, scraper.sweeps.work(progress, done=given["done"]))


@bp.activity_trigger(input_name="given")
@told("other")
async def bury_scrape_sweep(given: Given) -> dict[str, Any]:
    """Give the record of a sweep up; its sources were swept all the same."""
    return await attempts.bury_job(given)
