"""Drives an orchestrator's generator by hand: what it asks for, and what it does with each answer."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from azure.functions.decorators.function_app import FunctionBuilder
from durabletask.internal import orchestrator_service_pb2 as pb
from durabletask.task import TaskFailedError

type Orchestrator = Callable[..., Generator[Any, Any, Any]]


def orchestrator_of(builder: FunctionBuilder) -> Orchestrator:
    """Return the orchestrator an ``orchestration_trigger`` was put on."""
    handle: Any = builder._function.get_user_function()
    orchestrator: Orchestrator = handle.orchestrator_function
    return orchestrator


@dataclass(frozen=True)
class Asked:
    """A task the orchestrator waits for: an activity or sub-orchestration with its input, or ``timer``."""

    what: str
    given: Any
    options: dict[str, Any] = field(default_factory=dict)


@dataclass
class Context:
    """The part of an orchestration context our flows use; time moves only by timers."""

    instance_id: str
    current_utc_datetime: datetime
    statuses: list[Any] = field(default_factory=list)
    continued_as: Any = None

    def set_custom_status(self, status: Any) -> None:
        self.statuses.append(status)

    def call_activity(self, name: str, *, input: Any, **options: Any) -> Asked:  # noqa: A002 - the engine's name
        return Asked(name, input, options)

    def call_sub_orchestrator(self, name: str, *, input: Any, **options: Any) -> Asked:  # noqa: A002 - as above
        return Asked(name, input, options)

    def continue_as_new(self, new_input: Any) -> None:
        self.continued_as = new_input

    def create_timer(self, due: datetime) -> Asked:
        return Asked("timer", due)


def failed(message: str) -> TaskFailedError:
    """Return what the orchestrator sees of an activity that raised."""
    return TaskFailedError(message, pb.TaskFailureDetails(errorType="Error", errorMessage=message))


def drive(
    orchestrator: Orchestrator, context: Context, given: Any, answers: list[Any]
) -> tuple[Any, list[Asked]]:
    """Run to the end with ``answers`` to the activities, in order (exceptions are raised); timers just fire.

    Returns the output and everything that was asked. All answers must be used.
    """
    generator, left = orchestrator(context, given), list(answers)
    asked: list[Asked] = []
    resume: Callable[[], Asked] = partial(next, generator)
    while True:
        try:
            step = resume()
        except StopIteration as end:
            assert left == [], f"never asked for: {left}"
            return end.value, asked
        asked.append(step)
        answer = None if step.what == "timer" else left.pop(0)
        if step.what == "timer":
            due = step.given.replace(tzinfo=None)
            context.current_utc_datetime = max(context.current_utc_datetime, due)
        else:
            context.current_utc_datetime += timedelta(milliseconds=7)
        if isinstance(answer, Exception):
            resume = partial(generator.throw, answer)
        else:
            resume = partial(generator.send, answer)
