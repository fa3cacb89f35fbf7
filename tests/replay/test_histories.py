"""Instances that an older version started go on with today's code: every committed history must replay."""

from __future__ import annotations

from collections.abc import Generator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.driving import Orchestrator
from tests.replay.record import WAYS
from tests.replaying import HISTORIES, DoesNotReplay, History, orchestrators, replay

ORCHESTRATORS = orchestrators()
COMMITTED = sorted(HISTORIES.glob("*.json"))


def flow_of(path: Path) -> str:
    return path.name.split(".")[0]


def test_every_orchestrator_has_left_its_histories() -> None:
    assert {flow_of(path) for path in COMMITTED} == ORCHESTRATORS.keys()


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.stem)
def test_a_committed_history_replays(path: Path) -> None:
    history = History.load(path)
    assert history.output is not None
    replay(history, ORCHESTRATORS[flow_of(path)])


RETRIED = History.load(HISTORIES / "taste_job.v1.retried.json")
type Step = Generator[Any, Any, Any]


def other_name(context: Any, given: dict[str, Any]) -> Step:
    return (yield context.call_activity("try_taste_job", input=given, return_type=dict))


def one_more(context: Any, given: dict[str, Any]) -> Step:
    yield context.call_activity("say_hello", input=given, return_type=dict)
    return (yield context.call_activity("attempt_taste_job", input=given, return_type=dict))


def other_order(context: Any, given: dict[str, Any]) -> Step:
    yield context.create_timer(timedelta(seconds=1))
    return (yield context.call_activity("attempt_taste_job", input=given, return_type=dict))


def other_timer(context: Any, given: dict[str, Any]) -> Step:
    yield context.call_activity("attempt_taste_job", input=given, return_type=dict)
    yield context.create_timer(timedelta(hours=1))


def other_input(context: Any, given: dict[str, Any]) -> Step:
    asked = {"job": given["job_id"]}
    return (yield context.call_activity("attempt_taste_job", input=asked, return_type=dict))


def ends_early(context: Any, given: dict[str, Any]) -> Step:
    return (yield context.call_activity("attempt_taste_job", input=given, return_type=dict))


def breaks(context: Any, given: dict[str, Any]) -> Step:
    yield context.call_activity("attempt_taste_job", input=given, return_type=dict)
    raise KeyError("gone")


CHANGED: dict[Orchestrator, str] = {
    other_name: r"event 3 was attempt_taste_job\(.*, the code now does try_taste_job\(",
    one_more: r"event 3 was attempt_taste_job\(.*, the code now does say_hello\(",
    other_order: r"event 3 was attempt_taste_job\(.*, the code now does a timer until ",
    other_timer: r"event \d+ was a timer until [\d:.]+, the code now does a timer until ",
    other_input: r"attempt_taste_job\({attempts: int, .*, the code now does attempt_taste_job\({job: str}\)",
    ends_early: r"event \d+ was a timer until [\d:.]+, the code now does nothing more",
    breaks: r"event \d+ was a timer until [\d:.]+, the code now does nothing more",
}


@pytest.mark.parametrize(("changed", "told"), CHANGED.items(), ids=lambda it: getattr(it, "__name__", ""))
def test_a_changed_orchestrator_fails_and_says_what_differs(changed: Orchestrator, told: str) -> None:
    with pytest.raises(DoesNotReplay, match=told) as refused:
        replay(RETRIED, changed)
    assert str(refused.value).startswith(f"{changed.__name__} does not replay taste_job.v1.retried: ")


def other_answer(context: Any, given: dict[str, Any]) -> Step:
    return {"answer": (yield context.call_activity("attempt_taste_job", input=given, return_type=dict))}


def test_another_answer_at_the_end_is_told_too() -> None:
    with pytest.raises(DoesNotReplay, match=r"completed: it returned {'state'.*, the code returns {'answer'"):
        replay(History.load(HISTORIES / "taste_job.v1.completed.json"), other_answer)


def test_every_shape_that_is_recorded_is_committed() -> None:
    shapes = {(flow_of(path), path.stem.split(".")[2].split("-")[0]) for path in COMMITTED}
    assert shapes == {(flow, name) for flow, ways in WAYS.items() for name in ways}
