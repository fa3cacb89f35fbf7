"""The Durable Task extension of this host: takes work from the task hub and runs the app's functions on it.

The platform's extension receives work items from its storage and calls the language worker; here they come
from `TaskHub`, in the same process. Everything is in memory: after the process is killed no orchestration
is left, and reconciling that is the app's business.
"""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import threading
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, cast

import grpc
from durabletask.entities import EntityInstanceId
from durabletask.internal import helpers
from durabletask.internal import orchestrator_service_pb2 as pb
from google.protobuf.message import DecodeError
from google.protobuf.wrappers_pb2 import StringValue

from devstack.functions.bindings import Binding, Function
from devstack.functions.durable_links import Links
from devstack.functions.extensions import DurableOptions
from devstack.functions.grace import DURABLE
from devstack.functions.invocation import Invoker
from devstack.functions.taskhub import TERMINAL, LocalCall, TaskHub
from devstack.functions.worker import Datum, Outcome

log = logging.getLogger("host.durable")

_KINDS = {
    "orchestrationTrigger": ("orchestration", "an orchestrator"),
    "activityTrigger": ("activity", "an activity"),
    "entityTrigger": ("entityName", "an entity"),
}
_LARGEST_MESSAGE = 2**31 - 1


class Durable:
    """The task hub and its dispatcher.

    `links` makes the management URLs the app hands out. Work starts with `start`, once the invoker that
    runs the functions is known; the hub itself exists (and can be asked) from construction on.
    """

    def __init__(self, functions: tuple[Function, ...], options: DurableOptions, links: Links) -> None:
        self.options = options
        self.links = links
        every = [value for name, value in pb.OrchestrationStatus.items()]
        self.hub = TaskHub(every if options.reuse == "anystate" else TERMINAL)
        self._functions = {
            kind: {_durable_name(function).lower(): function for function in _of_kind(functions, kind)}
            for kind in _KINDS
        }
        self._names = {
            kind: [_durable_name(function) for function in _of_kind(functions, kind)] for kind in _KINDS
        }
        self._address = ""
        self._stream = LocalCall()
        self._running: set[asyncio.Task[None]] = set()
        self._slots = {
            "activityRequest": asyncio.Semaphore(options.max_activities),
            "orchestratorRequest": asyncio.Semaphore(options.max_orchestrators),
            "entityRequestV2": asyncio.Semaphore(options.max_entities),
        }

    @property
    def needed(self) -> bool:
        """Whether the app has durable functions at all."""
        return any(self._functions.values())

    async def start(self, invoker: Invoker) -> None:
        """Serve the hub's gRPC port to the app's clients and begin to dispatch work."""
        self._invoker = invoker
        self._loop = asyncio.get_running_loop()
        self._address = self.hub.start()
        self._reader = threading.Thread(target=self._read, name="durable-dispatch", daemon=True)
        self._reader.start()

    async def stop(self) -> None:
        """Take no more work, let running functions finish for a few seconds, then end the hub."""
        self._stream.end()
        await asyncio.to_thread(self._reader.join)
        if self._running:
            await asyncio.wait(self._running, timeout=DURABLE)
        for task in self._running:
            task.cancel()
        await asyncio.to_thread(self.hub.stop, 0)

    def client_binding(self, binding: Binding) -> Datum:
        """The JSON configuration that a `durableClient` input gives to the app's client."""
        hub = binding.properties.get("taskHub") or self.options.hub_name
        configuration = {
            "taskHubName": hub,
            "connectionName": binding.properties.get("connectionName") or "Storage",
            "creationUrls": self.links.creation(),
            "managementUrls": self.links.management("INSTANCEID"),
            "baseUrl": self.links.base_url,
            "httpBaseUrl": self.links.base_url,
            "requiredQueryStringParameters": self.links.query,
            "rpcBaseUrl": f"http://{self._address}",
            "maxGrpcMessageSizeInBytes": _LARGEST_MESSAGE,
            "grpcHttpClientTimeout": "00:01:40",
        }
        return Datum(json.dumps(configuration), "string")

    def missing(self, kind: str, name: str) -> str | None:
        """The platform's text when no function with that trigger has the name, else None."""
        if name.lower() in self._functions[kind]:
            return None
        noun = _KINDS[kind][1]
        known = "', '".join(self._names[kind])
        short = noun.split()[1]
        extra = (
            f"The following are the known {short} functions: '{known}'."
            if known
            else f"No {short} functions are currently registered!"
        )
        return (
            f"The function '{name}' doesn't exist, is disabled, or is not {noun} function. "
            f"Additional info: {extra}"
        )

    def _read(self) -> None:
        while self._stream.is_active():  # the backend ends a stream in which something went wrong
            call = cast(grpc.ServicerContext, self._stream)
            for item in self.hub.GetWorkItems(pb.GetWorkItemsRequest(), call):
                self._loop.call_soon_threadsafe(self._accept, item)

    def _accept(self, item: pb.WorkItem) -> None:
        kind = item.WhichOneof("request") or ""
        work: dict[str, Callable[[pb.WorkItem], Coroutine[Any, Any, None]]] = {
            "orchestratorRequest": self._orchestrate,
            "activityRequest": self._act,
            "entityRequestV2": self._operate,
        }
        task = asyncio.create_task(self._within(self._slots[kind], work[kind], item))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _within(
        self, slots: asyncio.Semaphore, work: Callable[[pb.WorkItem], Awaitable[None]], item: pb.WorkItem
    ) -> None:
        async with slots:
            try:
                await work(item)
            except Exception:  # a broken work item must not end the dispatcher
                log.exception("Durable work item failed: %s", item.WhichOneof("request"))

    async def _orchestrate(self, item: pb.WorkItem) -> None:
        request = item.orchestratorRequest
        name = _orchestrator_name(request)
        response = pb.OrchestratorResponse(instanceId=request.instanceId)
        if text := self.missing("orchestrationTrigger", name):
            _fail(response, pb.TaskFailureDetails(errorType="OrchestrationNotFound", errorMessage=text))
        else:
            function = self._functions["orchestrationTrigger"][name.lower()]
            outcome = await self._invoke(function, _encoded(request), f"instance {request.instanceId}")
            if details := _decode(outcome, response):
                _fail(response, details)
        response.completionToken = item.completionToken
        self.hub.call("CompleteOrchestratorTask", response)

    async def _act(self, item: pb.WorkItem) -> None:
        request = item.activityRequest
        response = pb.ActivityResponse(
            instanceId=request.orchestrationInstance.instanceId,
            taskId=request.taskId,
            completionToken=item.completionToken,
        )
        if text := self.missing("activityTrigger", request.name):
            response.failureDetails.CopyFrom(
                pb.TaskFailureDetails(errorType="ActivityNotFound", errorMessage=text)
            )
        else:
            await self._run_activity(request, response)
        self.hub.call("CompleteActivityTask", response)

    async def _run_activity(self, request: pb.ActivityRequest, response: pb.ActivityResponse) -> None:
        function = self._functions["activityTrigger"][request.name.lower()]
        value = Datum(request.input.value if request.HasField("input") else "null", "json")
        outcome = await self._invoke(function, value, f"instance {response.instanceId}")
        while outcome.timed_out:  # the platform aborts the dispatch and tries the activity again
            outcome = await self._invoke(function, value, f"instance {response.instanceId}, after a timeout")
        if outcome.error:
            response.failureDetails.CopyFrom(failure(outcome))
        elif outcome.returned is not None and outcome.returned.value is not None:
            response.result.CopyFrom(StringValue(value=str(outcome.returned.value)))

    async def _operate(self, item: pb.WorkItem) -> None:
        batch, infos = helpers.convert_to_entity_batch_request(item.entityRequestV2)
        name = EntityInstanceId.parse(batch.instanceId).entity
        if text := self.missing("entityTrigger", name):
            result = _refused(
                batch,
                pb.TaskFailureDetails(
                    errorType="EntityFunctionNotFound", errorMessage=text, isNonRetriable=True
                ),
            )
        else:
            function = self._functions["entityTrigger"][name.lower()]
            outcome = await self._invoke(function, _encoded(batch), f"entity {batch.instanceId}")
            result = pb.EntityBatchResult()
            if details := _decode(outcome, result):
                result = _refused(batch, details)
        result.completionToken = item.completionToken
        del result.operationInfos[:]
        result.operationInfos.extend(infos)
        self.hub.call("CompleteEntityTask", result)

    async def _invoke(self, function: Function, value: Datum, what: str) -> Outcome:
        return await self._invoker.run(function, value, reason=f"(Durable: {what})")


def failure(outcome: Outcome) -> pb.TaskFailureDetails:
    """What the orchestrator sees of a failed invocation: error type, message and the worker's trace.

    The platform's extension takes the type from the text before the first colon of "Type: message".
    """
    kind, _, message = (outcome.error or "").partition(": ")
    stack = StringValue(value=outcome.trace) if outcome.trace else None
    return pb.TaskFailureDetails(errorType=kind, errorMessage=message or kind, stackTrace=stack)


def _of_kind(functions: tuple[Function, ...], kind: str) -> list[Function]:
    return [function for function in functions if function.trigger.type == kind]


def _durable_name(function: Function) -> str:
    named: Mapping[str, Any] = function.trigger.properties
    return str(named.get(_KINDS[function.trigger.type][0]) or function.name)


def _orchestrator_name(request: pb.OrchestratorRequest) -> str:
    events = [*request.pastEvents, *request.newEvents]
    started = [event for event in events if event.HasField("executionStarted")]
    return started[-1].executionStarted.name if started else ""


def _encoded(message: pb.OrchestratorRequest | pb.EntityBatchRequest) -> Datum:
    return Datum(base64.b64encode(message.SerializeToString()).decode(), "string")


def _decode(
    outcome: Outcome, into: pb.OrchestratorResponse | pb.EntityBatchResult
) -> pb.TaskFailureDetails | None:
    """Read what the function returned; the failure instead, when there is nothing to read."""
    if outcome.error:
        return failure(outcome)
    try:
        into.ParseFromString(base64.b64decode(outcome.return_value, validate=True))
    except (TypeError, ValueError, DecodeError) as error:
        text = f"The function did not return what the durable library returns: {error}"
        return pb.TaskFailureDetails(errorType="InvalidOperationException", errorMessage=text)
    return None


def _fail(response: pb.OrchestratorResponse, details: pb.TaskFailureDetails) -> None:
    response.actions.append(
        helpers.new_complete_orchestration_action(-1, pb.ORCHESTRATION_STATUS_FAILED, None, details)
    )


def _refused(batch: pb.EntityBatchRequest, details: pb.TaskFailureDetails) -> pb.EntityBatchResult:
    """Every operation failed and the state is what it was, so no caller waits for an answer."""
    failed = pb.OperationResult(failure=pb.OperationResultFailure(failureDetails=details))
    return pb.EntityBatchResult(
        results=[failed] * len(batch.operations),
        entityState=batch.entityState if batch.HasField("entityState") else None,
    )
