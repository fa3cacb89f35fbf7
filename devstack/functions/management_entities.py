"""The entities part of the Durable management API."""

from __future__ import annotations

import json
import uuid

from durabletask.internal import orchestrator_service_pb2 as pb
from google.protobuf.wrappers_pb2 import StringValue

from devstack.functions.durable import Durable
from devstack.functions.management_query import CONTINUATION, Query, is_json, optional
from devstack.functions.management_views import entity_metadata, message
from devstack.functions.messages import HostRequest, HostResponse

_EMPTY_KEY = "$"


class EntityManagement:
    """Reads and signals entities."""

    def __init__(self, durable: Durable) -> None:
        self._durable = durable
        self._hub = durable.hub

    async def read(self, request: HostRequest, name: str, key: str | None = None) -> HostResponse:
        """GET: one entity's state, or all entities of a name."""
        if key is None:
            return self._list(request, name)
        wanted = pb.GetEntityRequest(instanceId=_entity_id(name, key), includeState=True)
        found = self._hub.call("GetEntity", wanted)
        if not found.exists or not found.entity.serializedState.value:
            return HostResponse.empty(404)
        return HostResponse.of_json(json.loads(found.entity.serializedState.value))

    def _list(self, request: HostRequest, name: str) -> HostResponse:
        query = Query(request)
        with_state = query.flag("fetchState")
        asked = pb.EntityQuery(
            instanceIdStartsWith=StringValue(value=f"@{name.lower()}@"),
            lastModifiedFrom=query.time("lastOperationTimeFrom"),
            lastModifiedTo=query.time("lastOperationTimeTo"),
            includeState=with_state,
            includeTransient=True,
            continuationToken=optional(request.headers.get(CONTINUATION)),
        )
        if top := query.whole("top", 0):
            asked.pageSize.value = top
        found = self._hub.call("QueryEntities", pb.QueryEntitiesRequest(query=asked))
        documents = [entity_metadata(entity, with_state=with_state) for entity in found.entities]
        return HostResponse.of_json(documents, 200, [(CONTINUATION, found.continuationToken.value)])

    async def signal(self, request: HostRequest, name: str, key: str | None = None) -> HostResponse:
        """POST: run an operation (`op`) sooner or later; DELETE: the operation `delete`."""
        if key is None:
            return HostResponse.empty(404)
        if text := self._durable.missing("entityTrigger", name):
            return message(400, text)
        says_json = "application/json" in request.headers.get("Content-Type", "").lower()
        if request.body and says_json and not is_json(request.body):
            return message(400, "Could not parse JSON content")
        body = request.body.decode() if says_json else json.dumps(request.body.decode())
        operation = "delete" if request.method == "DELETE" else Query(request).text("op") or ""
        signal = pb.SignalEntityRequest(
            instanceId=_entity_id(name, key),
            name=operation,
            requestId=str(uuid.uuid4()),
            input=StringValue(value=body) if request.body else None,
        )
        self._hub.call("SignalEntity", signal)
        return HostResponse.empty(202)


def _entity_id(name: str, key: str) -> str:
    return f"@{name.lower()}@{'' if key == _EMPTY_KEY else key}"
