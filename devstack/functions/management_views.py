"""The JSON documents of the Durable management API."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC
from typing import Any

from azure.durable_functions.internal.compat.history_projection import project_history
from durabletask import history as histories
from durabletask.entities import EntityInstanceId
from durabletask.internal import orchestrator_service_pb2 as pb

from devstack.functions.messages import HostResponse

# Status names of the API, which are not those of the gRPC protocol.
_NAMES = {
    pb.ORCHESTRATION_STATUS_RUNNING: "Running",
    pb.ORCHESTRATION_STATUS_COMPLETED: "Completed",
    pb.ORCHESTRATION_STATUS_CONTINUED_AS_NEW: "ContinuedAsNew",
    pb.ORCHESTRATION_STATUS_FAILED: "Failed",
    pb.ORCHESTRATION_STATUS_CANCELED: "Canceled",
    pb.ORCHESTRATION_STATUS_TERMINATED: "Terminated",
    pb.ORCHESTRATION_STATUS_PENDING: "Pending",
    pb.ORCHESTRATION_STATUS_SUSPENDED: "Suspended",
}


def status_document(
    state: pb.OrchestrationState,
    *,
    show_input: bool,
    history: Iterable[pb.HistoryEvent] | None = None,
    show_output: bool = False,
) -> dict[str, Any]:
    """One instance. A failed one has its error message as output, as in the extension."""
    output = _payload(state.output.value)
    if state.orchestrationStatus == pb.ORCHESTRATION_STATUS_FAILED and output is None:
        output = state.failureDetails.errorMessage
    document = {
        "name": state.name,
        "instanceId": state.instanceId,
        "runtimeStatus": _NAMES[state.orchestrationStatus],
        "input": _payload(state.input.value) if show_input else None,
        "customStatus": _payload(state.customStatus.value),
        "output": output,
        "createdTime": _seconds(state.createdTimestamp),
        "lastUpdatedTime": _seconds(state.lastUpdatedTimestamp),
    }
    if history is not None:
        # The library offers no public way from wire events to its own history classes.
        events = [histories._from_protobuf(event) for event in history]
        document["historyEvents"] = project_history(
            events, show_input=show_input, show_history_output=show_output
        )
    return document


def entity_metadata(entity: pb.EntityMetadata, *, with_state: bool) -> dict[str, Any]:
    """One entity in a list."""
    identity = EntityInstanceId.parse(entity.instanceId)
    document: dict[str, Any] = {
        "entityId": {"name": identity.entity, "key": identity.key},
        "lastOperationTime": _seconds(entity.lastModifiedTime),
    }
    if with_state:
        document["state"] = _payload(entity.serializedState.value)
    return document


def message(status: int, text: str) -> HostResponse:
    """A refusal with its reason, in the form of the extension's error answers."""
    return HostResponse.of_json({"Message": text}, status)


def _payload(serialized: str) -> Any:
    """The value behind a serialized payload; text that is no JSON stays text."""
    if not serialized:
        return None
    try:
        return json.loads(serialized)
    except ValueError:
        return serialized


def _seconds(stamp: Any) -> str:
    return str(stamp.ToDatetime(tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
