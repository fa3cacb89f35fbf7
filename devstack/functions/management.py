"""The Durable extension's HTTP management API, mounted at `/runtime/webhooks/durabletask`.

Operators, `create_check_status_response` and the portal speak this API, so paths, status codes and bodies
are those of the extension's own handler. A system key opens it: it can terminate and purge.
"""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote

import grpc
from durabletask.internal import orchestrator_service_pb2 as pb
from google.protobuf.wrappers_pb2 import StringValue

from devstack.functions.durable import Durable
from devstack.functions.durable_links import WEBHOOK_PATH
from devstack.functions.keys import Keys, Level
from devstack.functions.management_entities import EntityManagement
from devstack.functions.management_query import CONTINUATION, Query, is_json, optional
from devstack.functions.management_views import message, status_document
from devstack.functions.messages import HostRequest, HostResponse
from devstack.functions.taskhub import TERMINAL, TaskHubError

KEY_NAME = "durabletask_extension"
_MOST_WAIT = 230.0  # seconds; the platform cuts every HTTP answer there
_ROUTES = (
    (r"orchestrators/(?P<name>[^/]+)(?:/(?P<instance_id>[^/]+))?", "orchestrators"),
    (r"entities/(?P<name>[^/]+)(?:/(?P<key>[^/]+))?", "entities"),
    (r"instances", "instances"),
    (r"instances/(?P<instance_id>[^/]+)", "instance"),
    (r"instances/(?P<instance_id>[^/]+)/raiseEvent/(?P<event>[^/]+)", "raise_event"),
    (r"instances/(?P<instance_id>[^/]+)/(?P<operation>[^/]+)", "operation"),
)

type _Handler = Callable[..., Awaitable[HostResponse]]


class Management:
    """Answers requests below `/runtime/webhooks/durabletask`."""

    def __init__(self, durable: Durable, keys: Keys) -> None:
        self._durable = durable
        self._keys = keys
        self._hub = durable.hub
        self._entities = EntityManagement(durable)
        self._handlers: dict[tuple[str, str], _Handler] = {
            ("POST", "orchestrators"): self._start,
            ("GET", "entities"): self._entities.read,
            ("POST", "entities"): self._entities.signal,
            ("DELETE", "entities"): self._entities.signal,
            ("GET", "instances"): self._list,
            ("DELETE", "instances"): self._purge_many,
            ("GET", "instance"): self._status,
            ("DELETE", "instance"): self._purge,
            ("POST", "raise_event"): self._raise_event,
            ("POST", "operation"): self._operate,
        }
        self._operations: dict[str, _Handler] = {
            "terminate": self._terminate,
            "suspend": self._suspend,
            "resume": self._resume,
            "rewind": self._rewind,
            "restart": self._restart,
        }

    async def handle(self, request: HostRequest) -> HostResponse:
        """Answer one request. 401 without the extension's system key (or the master key)."""
        level, name = self._keys.level(request)
        if level is not Level.ADMIN and (level, name) != (Level.SYSTEM, KEY_NAME):
            return HostResponse.empty(401)
        path = request.raw_path[len(WEBHOOK_PATH) :].strip("/")
        for pattern, route in _ROUTES:
            match = re.fullmatch(pattern, path, re.IGNORECASE)
            if match is not None:
                values = {key: unquote(value) for key, value in match.groupdict().items() if value}
                handler = self._handlers.get((request.method, route))
                return await handler(request, **values) if handler else HostResponse.empty(404)
        return HostResponse.empty(404)

    async def _start(self, request: HostRequest, name: str, instance_id: str = "") -> HostResponse:
        if request.body and not is_json(request.body):
            return message(400, "Invalid JSON content")
        if text := self._durable.missing("orchestrationTrigger", name):
            return message(400, text)
        creation = pb.CreateInstanceRequest(
            instanceId=instance_id or uuid.uuid4().hex,
            name=name,
            input=StringValue(value=request.body.decode()) if request.body else None,
        )
        if version := Query(request).text("version"):
            creation.version.value = version
        try:
            self._hub.call("StartInstance", creation)
        except TaskHubError as error:
            return message(409, str(error))
        return await self._started(request, creation.instanceId)

    async def _started(self, request: HostRequest, instance_id: str) -> HostResponse:
        """202 with the management URLs, or the result when the caller chose to wait (`timeout`)."""
        timeout = Query(request).number("timeout")
        if timeout is not None and Query(request).number("pollingInterval") is not None:
            response = await self._wait(request, instance_id, min(timeout, _MOST_WAIT))
            if response is not None:
                return response
        links = self._durable.links.at(request.origin).management(instance_id)
        return HostResponse.of_json(
            links, 202, [("Location", links["statusQueryGetUri"]), ("Retry-After", "10")]
        )

    async def _wait(self, request: HostRequest, instance_id: str, seconds: float) -> HostResponse | None:
        try:
            async with asyncio.timeout(seconds):
                while (state := self._state(instance_id)) is not None:
                    if state.orchestrationStatus in TERMINAL:
                        return _result(request, state)
                    await asyncio.sleep(0.02)
        except TimeoutError:
            return None
        return None

    async def _status(self, request: HostRequest, instance_id: str) -> HostResponse:
        query = Query(request)
        state = self._state(instance_id)
        if state is None:
            return HostResponse.empty(404)
        show_input = query.flag("showInput", default=True)
        history = None
        if query.flag("showHistory"):
            chunks = self._hub.call(
                "StreamInstanceHistory", pb.StreamInstanceHistoryRequest(instanceId=instance_id)
            )
            history = [event for chunk in chunks for event in chunk.events]
        document = status_document(
            state, show_input=show_input, history=history, show_output=query.flag("showHistoryOutput")
        )
        if state.orchestrationStatus not in TERMINAL:
            return HostResponse.of_json(document, 202, [("Location", request.url), ("Retry-After", "5")])
        failed = state.orchestrationStatus == pb.ORCHESTRATION_STATUS_FAILED
        return HostResponse.of_json(
            document, 500 if failed and query.flag("returnInternalServerErrorOnFailure") else 200
        )

    async def _list(self, request: HostRequest) -> HostResponse:
        query = Query(request)
        asked = pb.InstanceQuery(
            runtimeStatus=query.statuses(),
            createdTimeFrom=query.time("createdTimeFrom"),
            createdTimeTo=query.time("createdTimeTo"),
            maxInstanceCount=query.whole("top", 0),
            instanceIdPrefix=optional(query.text("instanceIdPrefix")),
            continuationToken=optional(request.headers.get(CONTINUATION)),
            fetchInputsAndOutputs=True,
        )
        found = self._hub.call("QueryInstances", pb.QueryInstancesRequest(query=asked))
        show_input = query.flag("showInput")
        documents = [status_document(state, show_input=show_input) for state in found.orchestrationState]
        return HostResponse.of_json(documents, 200, [(CONTINUATION, found.continuationToken.value)])

    async def _raise_event(self, request: HostRequest, instance_id: str, event: str) -> HostResponse:
        refusal = self._ended(instance_id)
        if refusal is not None:
            return refusal
        if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
            return message(400, "Only application/json request content is supported")
        if not is_json(request.body or b"null"):
            return message(400, "Invalid JSON content")
        data = optional(request.body.decode())
        self._hub.call("RaiseEvent", pb.RaiseEventRequest(instanceId=instance_id, name=event, input=data))
        return HostResponse.empty(202)

    async def _operate(self, request: HostRequest, instance_id: str, operation: str) -> HostResponse:
        handler = self._operations.get(operation.lower())
        return await handler(request, instance_id) if handler else HostResponse.empty(404)

    async def _terminate(self, request: HostRequest, instance_id: str) -> HostResponse:
        reason = StringValue(value=json.dumps(Query(request).text("reason")))
        termination = pb.TerminateRequest(instanceId=instance_id, output=reason)
        return self._ended(instance_id) or self._accept("TerminateInstance", termination)

    async def _suspend(self, request: HostRequest, instance_id: str) -> HostResponse:
        reason = optional(Query(request).text("reason"))
        suspension = pb.SuspendRequest(instanceId=instance_id, reason=reason)
        return self._ended(instance_id) or self._accept("SuspendInstance", suspension)

    async def _resume(self, request: HostRequest, instance_id: str) -> HostResponse:
        reason = optional(Query(request).text("reason"))
        resumption = pb.ResumeRequest(instanceId=instance_id, reason=reason)
        return self._ended(instance_id) or self._accept("ResumeInstance", resumption)

    async def _rewind(self, request: HostRequest, instance_id: str) -> HostResponse:
        state = self._state(instance_id)
        if state is None:
            return HostResponse.empty(404)
        if state.orchestrationStatus != pb.ORCHESTRATION_STATUS_FAILED:
            return message(412, 'Only orchestrations in the "Failed" state can be rewound.')
        reason = optional(Query(request).text("reason"))
        return self._accept("RewindInstance", pb.RewindInstanceRequest(instanceId=instance_id, reason=reason))

    async def _restart(self, request: HostRequest, instance_id: str) -> HostResponse:
        new_id = Query(request).flag("restartWithNewInstanceId", default=True)
        restart = pb.RestartInstanceRequest(instanceId=instance_id, restartWithNewInstanceId=new_id)
        try:
            restarted = self._hub.call("RestartInstance", restart)
        except TaskHubError as error:
            if error.code is grpc.StatusCode.NOT_FOUND:
                return message(400, "InstanceId does not match a valid orchestration instance.")
            return message(409, "A non-terminal instance with this instance ID already exists.")
        return await self._started(request, restarted.instanceId)

    async def _purge(self, request: HostRequest, instance_id: str) -> HostResponse:
        state = self._state(instance_id)
        if state is None:
            return HostResponse.empty(404)
        if state.orchestrationStatus not in TERMINAL:
            return message(412, "Only orchestrations in a terminal state can be purged.")
        purged = self._hub.call("PurgeInstances", pb.PurgeInstancesRequest(instanceId=instance_id))
        return HostResponse.of_json({"instancesDeleted": purged.deletedInstanceCount})

    async def _purge_many(self, request: HostRequest) -> HostResponse:
        query = Query(request)
        since = query.time("createdTimeFrom")
        if since is None:
            return message(400, "Please provide value for 'createdTimeFrom' parameter.")
        wanted = pb.PurgeInstanceFilter(
            createdTimeFrom=since,
            createdTimeTo=query.time("createdTimeTo"),
            runtimeStatus=query.statuses(),
        )
        purged = self._hub.call("PurgeInstances", pb.PurgeInstancesRequest(purgeInstanceFilter=wanted))
        if not purged.deletedInstanceCount:
            return HostResponse.empty(404)
        return HostResponse.of_json({"instancesDeleted": purged.deletedInstanceCount})

    def _state(self, instance_id: str) -> pb.OrchestrationState | None:
        wanted = pb.GetInstanceRequest(instanceId=instance_id, getInputsAndOutputs=True)
        found = self._hub.call("GetInstance", wanted)
        return found.orchestrationState if found.exists else None

    def _ended(self, instance_id: str) -> HostResponse | None:
        """404 for no such instance, 410 for one that has ended, None when it can still be told things."""
        state = self._state(instance_id)
        if state is None:
            return HostResponse.empty(404)
        return HostResponse.empty(410) if state.orchestrationStatus in TERMINAL else None

    def _accept(self, method: str, call: Any) -> HostResponse:
        self._hub.call(method, call)
        return HostResponse.empty(202)


def _result(request: HostRequest, state: pb.OrchestrationState) -> HostResponse:
    """What a caller who waited gets: the output itself, or the status when it did not complete."""
    if state.orchestrationStatus == pb.ORCHESTRATION_STATUS_COMPLETED:
        return HostResponse.of_json(json.loads(state.output.value or "null"))
    failed = state.orchestrationStatus == pb.ORCHESTRATION_STATUS_FAILED
    wants_500 = Query(request).flag("returnInternalServerErrorOnFailure")
    return HostResponse.of_json(status_document(state, show_input=True), 500 if failed and wants_500 else 200)
