"""The sweep's flow by hand: its phases, its pages, and never more digests at a time than the setting."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from durabletask.task import CompletableTask, TaskFailedError, WhenAnyTask
from hypothesis import given as examples
from hypothesis import strategies as st

from orchestrations import weekly_digest as module
from tests.driving import Asked, Context, drive, failed, orchestrator_of

sweep = orchestrator_of(module.weekly_digest)
page = orchestrator_of(module.weekly_digest_page)
UNTIL = "2026-11-29T17:00:00+00:00"


def given(**changes: Any) -> dict[str, Any]:
    start = {"until": UNTIL, "phase": "enrol", "after": "", "page": 0, "in_flight": 3, "counts": {}}
    return {**start, **changes}


def run(answers: list[Any], **changes: Any) -> tuple[Any, list[Asked], Context]:
    context = Context("weekly-digest", datetime(2026, 11, 29, 17))
    output, asked = drive(sweep, context, given(**changes), answers)
    return output, asked, context


def due(*people: str, after: str | None = None) -> dict[str, Any]:
    return {"people": list(people), "after": after}


def test_new_people_are_enrolled_until_there_are_none_and_then_digests_are_made() -> None:
    _, asked, context = run([{"enrolled": 500, "more": True}])
    assert [step.what for step in asked] == ["enrol_digest_readers"]
    assert context.continued_as == given(counts={"enrolled": 500})
    _, _, context = run([{"enrolled": 2, "more": False}], **{"counts": {"enrolled": 500}})
    assert context.continued_as == given(phase="deliver", counts={"enrolled": 502})


def test_failed_digests_are_requeued_page_by_page_before_anything_else() -> None:
    _, asked, context = run([due("a", "b", after="2026 b")], phase="requeue")
    assert asked[0].given == {"until": UNTIL, "after": "", "limit": module.PAGE}
    assert context.continued_as == given(phase="requeue", after="2026 b", counts={"requeued": 2})
    _, _, context = run([due("c")], phase="requeue", after="2026 b")
    assert context.continued_as == given(counts={"requeued": 1})


def test_a_page_of_due_people_is_a_sub_orchestration_with_an_id_of_its_own() -> None:
    answers = [due("a", "b", after="2026 b"), {"made": 1, "failed": 1}]
    output, asked, context = run(answers, phase="deliver", page=7, counts={"made": 300})
    assert output is None
    assert [step.what for step in asked] == ["list_due_digests", "weekly_digest_page"]
    assert asked[0].given == {"until": UNTIL, "after": "", "limit": module.LISTED}
    assert asked[1].given == {"people": ["a", "b"], "in_flight": 3}
    assert asked[1].options["instance_id"] == f"weekly-digest:{UNTIL}:7"
    assert context.continued_as == given(
        phase="deliver", after="2026 b", page=8, counts={"made": 301, "failed": 1}
    )


def test_the_last_page_ends_the_sweep_with_its_counts() -> None:
    output, _, context = run([due("a"), {"there": 1}], phase="deliver", page=1, counts={"made": 2})
    assert output == {"made": 2, "there": 1}
    assert context.continued_as is None
    assert context.statuses[-1] == {"phase": "done", "page": 2, "made": 2, "there": 1}


def test_a_page_that_was_terminated_does_not_end_the_sweep() -> None:
    _, _, context = run([due("a", "b", after="2026 b"), failed("terminated")], phase="deliver")
    assert context.continued_as == given(phase="deliver", after="2026 b", page=1, counts={"failed": 2})


def test_nobody_due_starts_no_page() -> None:
    output, asked, _ = run([due()], phase="deliver")
    assert output == {}
    assert [step.what for step in asked] == ["list_due_digests"]


class Hub:
    """Hands out tasks and remembers which are under way; the test ends them in any order."""

    instance_id = "page"

    def __init__(self) -> None:
        self.running: list[CompletableTask[str]] = []
        self.asked: list[str] = []
        self.most = 0
        self.status: Any = None

    def call_activity(self, name: str, *, input: Any, **_: Any) -> CompletableTask[str]:  # noqa: A002 - the engine's name
        assert name == "make_due_digest"
        started = CompletableTask[str]()
        self.running.append(started)
        self.asked.append(input["user_id"])
        self.most = max(self.most, len(self.running))
        return started

    def set_custom_status(self, status: Any) -> None:
        self.status = status


@examples(
    st.lists(st.sampled_from(["made", "there", "failed", "not_due", "lost"]), max_size=40),
    st.integers(1, 9),
    st.randoms(use_true_random=False),
)
def test_a_page_serves_everyone_once_and_never_more_than_allowed_at_a_time(
    ends: list[str], in_flight: int, chance: Any
) -> None:
    people, hub, left = [f"p{n}" for n in range(len(ends))], Hub(), list(ends)
    flow = page(hub, {"people": people, "in_flight": in_flight})
    counts, step = None, None
    while counts is None:
        try:
            step = next(flow) if step is None else flow.send(step.get_result())
        except StopIteration as end:
            counts = end.value
            break
        assert isinstance(step, WhenAnyTask)
        ended = hub.running.pop(chance.randrange(len(hub.running)))
        how = left.pop(0)
        if how == "lost":
            ended.fail("lost", TaskFailedError("lost", RuntimeError("lost")))
        else:
            ended.complete(how)
    assert sorted(hub.asked) == sorted(people)
    assert hub.most == min(in_flight, len(people))
    expected = ["failed" if how == "lost" else how for how in ends]
    assert counts == {how: expected.count(how) for how in expected}


def test_a_list_is_served_page_by_page_before_the_next_one_is_made() -> None:
    people = [f"p{n}" for n in range(2 * module.PAGE + 1)]
    _, asked, context = run([due(*people, after="2026 p"), {"made": 50}], phase="deliver")
    assert asked[1].given["people"] == people[: module.PAGE]
    served: list[str] = list(asked[1].given["people"])
    while "waiting" in context.continued_as:
        _, asked, context = run([{"made": 1}], **context.continued_as)
        assert [step.what for step in asked] == ["weekly_digest_page"]
        served += asked[0].given["people"]
    assert served == people
    assert (context.continued_as["after"], context.continued_as["page"]) == ("2026 p", 3)
    output, _, _ = run([due("z"), {"made": 1}], **context.continued_as)
    assert output == {"made": 53}


def test_payloads_are_ids_and_bounded() -> None:
    people = [f"{n:08}-4096-5bb6-a83a-7c1bc71563c8" for n in range(module.LISTED)]
    _, asked, context = run([due(*people, after=f"{UNTIL} {people[-1]}"), {"made": 50}], phase="deliver")
    assert len(json.dumps(asked[1].given)) < 50 * module.PAGE
    assert len(json.dumps(context.continued_as)) < 50 * module.LISTED
