"""The flow of the sweep by hand: every source of a page once, never more at a time than the setting."""

from __future__ import annotations

import json
from datetime import datetime
from random import Random
from typing import Any

from durabletask.task import CompletableTask, TaskFailedError, WhenAnyTask
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from core.scraper import sweeps
from orchestrations import scrape_sweep as module
from tests.driving import Context, drive, orchestrator_of

flow_of = orchestrator_of(module.scrape_sweep)
JOB = {
    "user_id": "scraper", "job_id": "j", "run": 0, "attempts": 0, "not_before": None,
    "max_attempts": 3, "base": 1, "cap": 2, "jitter": 0,
}  # fmt: skip


class Hub(Context):
    """Hands out tasks; the test ends them in any order. ``most`` is how many sources were swept at a time."""

    def __init__(self, sources: list[str], at_once: int) -> None:
        super().__init__("j", datetime(2026, 11, 24))
        self.page = {"sources": sources, "at_once": at_once}
        self.running: list[tuple[CompletableTask[Any], dict[str, Any]]] = []
        self.slices: list[tuple[str, int]] = []
        self.noted: list[Any] = []
        self.most = 0

    def call_activity(self, name: str, *, input: Any, **_: Any) -> Any:  # noqa: A002 - the engine's name
        task = CompletableTask[Any]()
        if name == "sweep_source":
            self.running.append((task, input))
            self.slices.append((input["source_id"], input["slice"]))
            self.most = max(self.most, len(self.running))
        elif name == "list_due_sources":
            task.complete(self.page)
        else:
            self.noted.append((name, input["progress"], input["done"]))
            task.complete({"state": "paused"})
        return task


def run(hub: Hub, given: dict[str, Any], ends: dict[str, list[str]], chance: Any) -> None:
    flow, step = flow_of(hub, given), None
    while True:
        try:
            step = next(flow) if step is None else flow.send(step.get_result())
        except StopIteration:
            return
        if isinstance(step, WhenAnyTask):
            task, asked = hub.running.pop(chance.randrange(len(hub.running)))
            how = ends[asked["source_id"]].pop(0)
            if how == "lost":
                task.fail("lost", TaskFailedError("lost", RuntimeError("lost")))
            else:
                task.complete({"state": how, "seen": 2, "new": 1, "changed": 0, "error": None})


WAYS = st.lists(st.just("more"), max_size=3).flatmap(
    lambda more: st.sampled_from(["done", "failed", "put_off", "skipped", "lost"]).map(
        lambda end: [*more, end]
    )
)


@settings(max_examples=60)
@examples(
    st.lists(WAYS, min_size=1, max_size=sweeps.PAGE), st.integers(1, 9), st.randoms(use_true_random=False)
)
def test_a_page_sweeps_every_source_to_its_end_and_never_more_than_allowed_at_a_time(
    ways: list[list[str]], at_once: int, chance: Any
) -> None:
    sources = [f"{number:02}" for number in range(len(ways))]
    hub = Hub(sources, at_once)
    run(hub, JOB, {source: list(way) for source, way in zip(sources, ways, strict=True)}, chance)
    assert sorted(hub.slices) == [
        (s, n + 1) for s, way in zip(sources, ways, strict=True) for n in range(len(way))
    ]
    assert hub.most == min(at_once, len(sources))
    ends = [way[-1] for way in ways]
    told = sum(end != "lost" for end in ends)
    counts = {end: ends.count(end) for end in ends} | ({"seen": 2 * told, "new": told} if told else {})
    progress = {"after": sources[-1], "counts": counts}
    assert hub.noted == [("note_scrape_sweep", progress, False)]
    assert hub.continued_as == {**JOB, "progress": progress}
    assert len(json.dumps(hub.continued_as)) < 500


def test_a_source_that_never_ends_is_left_to_the_next_sweep() -> None:
    hub = Hub(["a"], 2)
    run(hub, JOB, {"a": ["more"] * 100}, Random(1))
    assert len(hub.slices) == sweeps.MOST_SLICES
    assert hub.continued_as["progress"]["counts"]["more"] == 1


def test_the_last_page_ends_the_job_with_the_counts() -> None:
    progress = {"after": "s", "counts": {"done": 40}}
    context = Context("j", datetime(2026, 11, 24))
    done = {"state": "completed", "attempt": 1, "error": None, "retry_after": None}
    output, asked = drive(
        flow_of, context, {**JOB, "progress": progress}, [{"sources": [], "at_once": 2}, done]
    )
    assert output == done
    assert [step.what for step in asked] == ["list_due_sources", "note_scrape_sweep"]
    assert asked[0].given == {"after": "s"}
    assert (asked[1].given["done"], asked[1].given["progress"]) == (True, progress)
    assert context.continued_as is None
