"""Instances that an older version started go on with today's code: every committed history must replay."""

from __future__ import annotations

from collections.abc import Generator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.replaying import HISTORIES, DoesNotReplay, History, Orchestrator, orchestrators, replay

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
    assert replay(history, ORCHESTRATORS[flow_of(path)]) == history.output


def greets_first(context: Any, given: dict[str, Any]) -> Generator[Any, Any, Any]:
    yield context.call_activity("say_hello", input=given, return_type=dict)
    return (yield context.call_activity("attempt_taste_job", input=given, return_type=dict))


def naps_first(context: Any, given: dict[str, Any]) -> Generator[Any, Any, Any]:
    yield context.create_timer(timedelta(seconds=1))
    return (yield context.call_activity("attempt_taste_job", input=given, return_type=dict))


def gives_up_at_once(context: Any, given: dict[str, Any]) -> Generator[Any, Any, Any]:
    return (yield context.call_activity("attempt_taste_job", input=given, return_type=dict))


@pytest.mark.parametrize("changed", [greets_first, naps_first, gives_up_at_once])
def test_a_changed_orchestrator_fails_and_says_what_differs(changed: Orchestrator) -> None:
    (path,) = HISTORIES.glob("taste_job.*.retried.json")
    with pytest.raises(
        DoesNotReplay, match=r"the history scheduled|history mismatch|doesn't have this action"
    ):
        replay(History.load(path), changed)
