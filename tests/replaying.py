"""Replays committed histories against today's orchestrators, and records new ones.

An orchestration that was started by an older version goes on with the code of the newer one. So each shipped
version leaves its histories under ``tests/replay/histories``, and they must replay for as long as instances
of that age may exist. ``tests/replay/record.py`` records those of the current version.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from azure.durable_functions.worker import DurableFunctionsWorker
from durabletask.internal import orchestrator_service_pb2 as pb
from google.protobuf import json_format
from google.protobuf.wrappers_pb2 import StringValue

from devstack.functions.taskhub import TERMINAL, LocalCall, TaskHub

HISTORIES = Path(__file__).parent / "replay" / "histories"

type Orchestrator = Callable[..., Any]


def orchestrators() -> dict[str, Orchestrator]:
    """Return every orchestrator of the app by its name, without the one the library registers."""
    from function_app import app

    builders = (builder._function for builder in app._function_builders)
    return {
        function.get_function_name(): function.get_user_function().orchestrator_function
        for function in builders
        if function.get_trigger().type == "orchestrationTrigger"
        and not function.get_function_name().startswith("BuiltIn__")
    }


@dataclass(frozen=True)
class History:
    """The events of one finished instance, and what it returned."""

    instance_id: str
    events: tuple[pb.HistoryEvent, ...]
    output: Any

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
        return cls(document["instance_id"], events, document["output"])

    def turns(self) -> Iterator[tuple[tuple[pb.HistoryEvent, ...], tuple[pb.HistoryEvent, ...]]]:
        """Yield what was past and what was new each time the orchestrator was called."""
        starts = [n for n, event in enumerate(self.events) if event.HasField("orchestratorStarted")]
        for start, end in zip(starts, [*starts[1:], len(self.events)], strict=True):
            yield self.events[:start], self.events[start:end]


class DoesNotReplay(AssertionError):
    """The code does not do what the history says was done; the message is the engine's own."""


def replay(history: History, orchestrator: Orchestrator) -> Any:
    """Call ``orchestrator`` as the engine did, turn by turn; return its output.

    Raises:
        DoesNotReplay: it took another way than the history.
    """
    output: Any = None
    for past, new in history.turns():
        delivered = [event for event in new if not _is_decided(event)]
        request = pb.OrchestratorRequest(instanceId=history.instance_id, pastEvents=past, newEvents=delivered)
        response = _execute(orchestrator, request)
        for action in response.actions:
            if action.HasField("completeOrchestration"):
                output = _output(action.completeOrchestration)
        _same_decisions(new, response)
    return output


def _execute(orchestrator: Orchestrator, request: pb.OrchestratorRequest) -> pb.OrchestratorResponse:
    worker = DurableFunctionsWorker()
    encoded = base64.b64encode(request.SerializeToString()).decode()
    answered = worker.execute_orchestration_request(orchestrator, encoded)
    return pb.OrchestratorResponse.FromString(base64.b64decode(answered))


def _is_decided(event: pb.HistoryEvent) -> bool:
    """Whether the event is what the orchestrator decided, not what it was told."""
    return event.WhichOneof("eventType") in {"taskScheduled", "timerCreated", "executionCompleted"}


def _same_decisions(new: tuple[pb.HistoryEvent, ...], response: pb.OrchestratorResponse) -> None:
    decided = [
        (event.taskScheduled.name or "timer") if event.HasField("taskScheduled") else "timer"
        for event in new
        if event.WhichOneof("eventType") in {"taskScheduled", "timerCreated"}
    ]
    now = [
        action.scheduleTask.name if action.HasField("scheduleTask") else "timer"
        for action in response.actions
        if not action.HasField("completeOrchestration")
    ]
    if decided != now:
        raise DoesNotReplay(f"the history scheduled {decided or 'nothing'} here, the code {now or 'nothing'}")


def _output(completed: pb.CompleteOrchestrationAction) -> Any:
    if completed.orchestrationStatus == pb.ORCHESTRATION_STATUS_FAILED:
        raise DoesNotReplay(completed.failureDetails.errorMessage)
    return json.loads(completed.result.value)


def record(orchestrator: Orchestrator, given: Any, answers: Mapping[str, list[Any]]) -> History:
    """Run ``orchestrator`` on the task hub, its activities answering as told (``Exception``: they fail)."""
    hub, call, left = TaskHub(), LocalCall(), {name: list(values) for name, values in answers.items()}
    started = pb.CreateInstanceRequest(
        instanceId="recorded", name=orchestrator.__name__, input=StringValue(value=json.dumps(given))
    )
    hub.call("StartInstance", started)
    try:
        for item in hub.GetWorkItems(pb.GetWorkItemsRequest(), cast(Any, call)):
            if item.HasField("activityRequest"):
                _answer(hub, item, left[item.activityRequest.name].pop(0))
            else:
                response = _execute(orchestrator, item.orchestratorRequest)
                response.completionToken = item.completionToken
                hub.call("CompleteOrchestratorTask", response)
            instance = hub._instances["recorded"]
            if instance.status in TERMINAL:
                call.end()
                return History("recorded", tuple(instance.history), json.loads(instance.output or "null"))
    finally:
        hub.stop(0)
    raise AssertionError("the task hub closed before the instance ended")


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
