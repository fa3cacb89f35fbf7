"""Replays committed histories against today's orchestrators, and records new ones.

An orchestration that was started by an older version goes on with the code of the newer one. So each shipped
version leaves its histories under ``tests/replay/histories``, and they must replay for as long as instances
of that age may exist. ``tests/replay/record.py`` records those of the current version.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from azure.durable_functions.worker import DurableFunctionsWorker
from durabletask.internal import helpers
from durabletask.internal import orchestrator_service_pb2 as pb
from google.protobuf import json_format
from google.protobuf.wrappers_pb2 import StringValue

from devstack.functions.taskhub import TERMINAL, LocalCall, TaskHub
from tests.driving import Orchestrator, orchestrator_of

HISTORIES = Path(__file__).parent / "replay" / "histories"


_SCHEDULED = {"taskScheduled", "timerCreated", "subOrchestrationInstanceCreated"}


def orchestrators() -> dict[str, Orchestrator]:
    """Return every orchestrator of the app by its name, without the one the library registers."""
    from function_app import app

    found: dict[str, Orchestrator] = {}
    for builder in app._function_builders:
        name, trigger = str(builder._function.get_function_name()), builder._function.get_trigger()
        assert trigger is not None
        if trigger.type == "orchestrationTrigger" and not name.startswith("BuiltIn__"):
            found[name] = orchestrator_of(builder)
    return found


@dataclass(frozen=True)
class History:
    """The events of one finished instance, and what it returned."""

    instance_id: str
    events: tuple[pb.HistoryEvent, ...]
    output: Any
    name: str = "a new history"

    def save(self, path: Path) -> None:
        document = {
            "instance_id": self.instance_id,
            "output": self.output,
            "events": [json_format.MessageToDict(event) for event in self.events],
        }
        path.write_text(json.dumps(document, indent=1) + "\n")

    @classmethod
    def load(cls, path: Path) -> History:
        document = json.loads(path.read_text())
        events = tuple(json_format.ParseDict(event, pb.HistoryEvent()) for event in document["events"])
        return cls(document["instance_id"], events, document["output"], path.stem)

    def turns(self) -> Iterator[tuple[tuple[pb.HistoryEvent, ...], tuple[pb.HistoryEvent, ...]]]:
        """Yield what was past and what was new each time the orchestrator was called."""
        starts = [n for n, event in enumerate(self.events) if event.HasField("orchestratorStarted")]
        for start, end in zip(starts, [*starts[1:], len(self.events)], strict=True):
            yield self.events[:start], self.events[start:end]


class DoesNotReplay(AssertionError):
    """The code does not do what the history says was done: says who, which history, and where they part."""


def replay(history: History, orchestrator: Orchestrator) -> Any:
    """Call ``orchestrator`` as the engine did, turn by turn; return its output.

    Raises:
        DoesNotReplay: it took another way than the history.
    """
    output: Any = None
    told = f"{orchestrator.__name__} does not replay {history.name}"
    for past, new in history.turns():
        delivered = [event for event in new if not _is_decided(event)]
        request = pb.OrchestratorRequest(instanceId=history.instance_id, pastEvents=past, newEvents=delivered)
        response = _execute(orchestrator, request)
        _same_decisions(told, len(past), new, response)
        for action in response.actions:
            if action.HasField("completeOrchestration"):
                output = _output(told, action.completeOrchestration)
    if output != history.output:
        raise DoesNotReplay(f"{told}: it returned {history.output}, the code returns {output}")
    return output


def _execute(orchestrator: Orchestrator, request: pb.OrchestratorRequest) -> pb.OrchestratorResponse:
    worker = DurableFunctionsWorker()
    encoded = base64.b64encode(request.SerializeToString()).decode()
    answered = worker.execute_orchestration_request(orchestrator, encoded)
    return pb.OrchestratorResponse.FromString(base64.b64decode(answered))


def _is_decided(event: pb.HistoryEvent) -> bool:
    """Whether the event is what the orchestrator decided, not what it was told."""
    return event.WhichOneof("eventType") in {*_SCHEDULED, "executionCompleted"}


def _same_decisions(
    told: str, before: int, new: tuple[pb.HistoryEvent, ...], response: pb.OrchestratorResponse
) -> None:
    """Compare what was decided in one turn, step by step; ``before`` is how many events came earlier."""
    then = [
        (before + place, _step(getattr(event, kind)))
        for place, event in enumerate(new, 1)
        if (kind := event.WhichOneof("eventType")) in _SCHEDULED
    ]
    now = [
        _step(getattr(action, kind))
        for action in sorted(response.actions, key=lambda action: action.id)
        if (kind := action.WhichOneof("orchestratorActionType")) != "completeOrchestration"
    ]
    for at in range(max(len(then), len(now))):
        place, was = then[at] if at < len(then) else (before + len(new), "nothing more")
        does = now[at] if at < len(now) else "nothing more"
        if was != does:
            raise DoesNotReplay(f"{told}: event {place} was {was}, the code now does {does}")


def _step(decision: Any) -> str:
    """Say what was scheduled: an activity or sub-orchestration with its input's shape, or a timer."""
    if not hasattr(decision, "name"):
        return f"a timer until {decision.fireAt.ToDatetime():%H:%M:%S.%f}"
    return f"{decision.name}({_shape(json.loads(decision.input.value or 'null'))})"


def _shape(value: Any) -> str:
    """Say what fields a value has: an engine minds no other value, an activity no other field."""
    if isinstance(value, dict):
        fields = (f"{name}: {_shape(inner)}" for name, inner in sorted(value.items()))
        return "{" + ", ".join(fields) + "}"
    return "[]" if isinstance(value, list) else type(value).__name__.replace("NoneType", "null")


def _output(told: str, completed: pb.CompleteOrchestrationAction) -> Any:
    if completed.orchestrationStatus == pb.ORCHESTRATION_STATUS_FAILED:
        raise DoesNotReplay(f"{told}: {completed.failureDetails.errorMessage}")
    return json.loads(completed.result.value)


def record(orchestrator: Orchestrator, given: Any, answers: Mapping[str, list[Any]]) -> list[History]:
    """Run ``orchestrator`` on the task hub, its activities answering as told (``Exception``: they fail).

    Sub-orchestrations are answered like activities. There is one history for each time it continued as new,
    whose output is the next one's input, and a last one.
    """
    hub, call, left = TaskHub(), LocalCall(), {name: list(values) for name, values in answers.items()}
    recorded: list[History] = []
    started = pb.CreateInstanceRequest(
        instanceId="recorded", name=orchestrator.__name__, input=StringValue(value=json.dumps(given))
    )
    hub.call("StartInstance", started)
    try:
        for item in hub.GetWorkItems(pb.GetWorkItemsRequest(), cast(Any, call)):
            if item.HasField("activityRequest"):
                _answer(hub, item, left[item.activityRequest.name].pop(0))
            elif item.orchestratorRequest.instanceId != "recorded":
                hub.call("CompleteOrchestratorTask", _ended(item, left))
            else:
                response = _execute(orchestrator, item.orchestratorRequest)
                response.completionToken = item.completionToken
                recorded += _generation(item.orchestratorRequest, response)
                hub.call("CompleteOrchestratorTask", response)
            instance = hub._instances["recorded"]
            if instance.status in TERMINAL:
                call.end()
                output = json.loads(instance.output or "null")
                return [*recorded, History("recorded", tuple(instance.history), output)]
    finally:
        hub.stop(0)
    raise AssertionError("the task hub closed before the instance ended")


def _ended(item: pb.WorkItem, left: Mapping[str, list[Any]]) -> pb.OrchestratorResponse:
    """Answer a sub-orchestration at its first turn."""
    request = item.orchestratorRequest
    (name,) = (e.executionStarted.name for e in request.newEvents if e.HasField("executionStarted"))
    answer = left[name].pop(0)
    if isinstance(answer, Exception):
        details = helpers.new_failure_details(answer)
        failed = pb.ORCHESTRATION_STATUS_FAILED
        done = helpers.new_complete_orchestration_action(0, failed, failure_details=details)
    else:
        completed = pb.ORCHESTRATION_STATUS_COMPLETED
        done = helpers.new_complete_orchestration_action(0, completed, json.dumps(answer))
    return pb.OrchestratorResponse(
        instanceId=request.instanceId, actions=[done], completionToken=item.completionToken
    )


def _generation(request: pb.OrchestratorRequest, response: pb.OrchestratorResponse) -> Iterator[History]:
    """Yield the history that ends here because the orchestrator continues as new: the hub forgets it."""
    for action in response.actions:
        completed = action.completeOrchestration
        if completed.orchestrationStatus == pb.ORCHESTRATION_STATUS_CONTINUED_AS_NEW:
            events = (*request.pastEvents, *request.newEvents)
            yield History(request.instanceId, events, json.loads(completed.result.value))


def _answer(hub: TaskHub, item: pb.WorkItem, answer: Any) -> None:
    request = item.activityRequest
    response = pb.ActivityResponse(
        instanceId=request.orchestrationInstance.instanceId,
        taskId=request.taskId,
        completionToken=item.completionToken,
    )
    if isinstance(answer, Exception):
        details = pb.TaskFailureDetails(errorType=type(answer).__name__, errorMessage=str(answer))
        response.failureDetails.CopyFrom(details)
    else:
        response.result.CopyFrom(StringValue(value=json.dumps(answer)))
    hub.call("CompleteActivityTask", response)
