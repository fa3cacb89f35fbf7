"""What `TaskHub` mends in the in-memory backend, driven message by message."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import grpc
import pytest
from durabletask.internal import helpers
from durabletask.internal import orchestrator_service_pb2 as pb
from google.protobuf.timestamp_pb2 import Timestamp
from google.protobuf.wrappers_pb2 import StringValue

from devstack.functions.taskhub import LocalCall, TaskHub, TaskHubError


class Dispatcher:
    """Takes one work item at a time from a hub and completes it."""

    def __init__(self, hub: TaskHub) -> None:
        self.hub = hub
        self.call = LocalCall()
        stream = hub.GetWorkItems(pb.GetWorkItemsRequest(), cast(grpc.ServicerContext, self.call))
        self.items: Iterator[pb.WorkItem] = iter(stream)

    def start(self, instance_id: str, **fields: Any) -> None:
        self.hub.call("StartInstance", pb.CreateInstanceRequest(instanceId=instance_id, name="o", **fields))

    def orchestrate(self, *actions: pb.OrchestratorAction) -> pb.OrchestratorRequest:
        """Answer the next orchestrator work item with `actions`."""
        item = next(self.items)
        response = pb.OrchestratorResponse(
            instanceId=item.orchestratorRequest.instanceId,
            actions=actions,
            completionToken=item.completionToken,
        )
        self.hub.call("CompleteOrchestratorTask", response)
        return item.orchestratorRequest

    def activity(self) -> pb.WorkItem:
        item = next(self.items)
        assert item.HasField("activityRequest")
        return item

    def answer(self, item: pb.WorkItem, **result: Any) -> None:
        response = pb.ActivityResponse(
            instanceId=item.activityRequest.orchestrationInstance.instanceId,
            taskId=item.activityRequest.taskId,
            completionToken=item.completionToken,
            **result,
        )
        self.hub.call("CompleteActivityTask", response)

    def status(self, instance_id: str) -> int:
        found = self.hub.call("GetInstance", pb.GetInstanceRequest(instanceId=instance_id))
        return int(found.orchestrationState.orchestrationStatus)


@pytest.fixture
def dispatcher() -> Iterator[Dispatcher]:
    hub = TaskHub()
    yield Dispatcher(hub)
    hub.stop()


def complete(status: Any = pb.ORCHESTRATION_STATUS_COMPLETED, **details: Any) -> pb.OrchestratorAction:
    return helpers.new_complete_orchestration_action(9, status, "1", **details)


def schedule(task_id: int = 1) -> pb.OrchestratorAction:
    return pb.OrchestratorAction(id=task_id, scheduleTask=pb.ScheduleTaskAction(name="a"))


def ahead(wait: timedelta) -> Timestamp:
    at = Timestamp()
    at.FromDatetime(datetime.now(UTC) + wait)
    return at


def alarm(delay: timedelta, task_id: int = 1) -> pb.OrchestratorAction:
    timer = pb.CreateTimerAction(fireAt=ahead(delay))
    return pb.OrchestratorAction(id=task_id, createTimer=timer)


def kinds(request: pb.OrchestratorRequest) -> list[str]:
    return [event.WhichOneof("eventType") for event in request.newEvents]


CONTINUE = helpers.new_complete_orchestration_action(9, pb.ORCHESTRATION_STATUS_CONTINUED_AS_NEW, "2")


def test_an_ended_instance_may_run_again_and_a_running_one_may_not(dispatcher: Dispatcher) -> None:
    dispatcher.start("i")
    with pytest.raises(TaskHubError) as refusal:
        dispatcher.start("i")
    assert refusal.value.code is grpc.StatusCode.ALREADY_EXISTS
    dispatcher.orchestrate(complete())
    dispatcher.start("i")
    assert dispatcher.status("i") == pb.ORCHESTRATION_STATUS_PENDING


def test_the_client_may_still_insist_on_a_new_id(dispatcher: Dispatcher) -> None:
    dispatcher.start("i")
    dispatcher.orchestrate(complete())
    only_failed = pb.OrchestrationIdReusePolicy(replaceableStatus=[pb.ORCHESTRATION_STATUS_FAILED])
    with pytest.raises(TaskHubError):
        dispatcher.start("i", orchestrationIdReusePolicy=only_failed)


def test_an_activity_that_fails_without_a_message_has_failed(dispatcher: Dispatcher) -> None:
    dispatcher.start("i")
    dispatcher.orchestrate(schedule())
    dispatcher.answer(dispatcher.activity(), failureDetails=pb.TaskFailureDetails(errorType="LookupError"))
    assert kinds(dispatcher.orchestrate(complete())) == ["orchestratorStarted", "taskFailed"]


def _ends(dispatcher: Dispatcher) -> None:
    dispatcher.orchestrate(complete())
    dispatcher.start("i")


def _continues(dispatcher: Dispatcher) -> None:
    dispatcher.orchestrate(CONTINUE)


@pytest.mark.parametrize("next_life", [_ends, _continues])
def test_an_activity_of_an_earlier_life_completes_nothing_in_the_next(
    dispatcher: Dispatcher, next_life: Callable[[Dispatcher], None]
) -> None:
    dispatcher.start("i")
    dispatcher.orchestrate(schedule(1))
    stale = dispatcher.activity()
    event = pb.RaiseEventRequest(instanceId="i", name="on")
    dispatcher.hub.call("RaiseEvent", event)
    next_life(dispatcher)
    dispatcher.orchestrate(schedule(1))
    fresh = dispatcher.activity()
    dispatcher.answer(stale, result=StringValue(value='"stale"'))
    dispatcher.answer(fresh, result=StringValue(value='"fresh"'))
    request = dispatcher.orchestrate(complete())
    results = [
        event.taskCompleted.result.value for event in request.newEvents if event.HasField("taskCompleted")
    ]
    assert results == ['"fresh"']


def test_a_timer_fires_in_its_own_life_only(dispatcher: Dispatcher) -> None:
    dispatcher.start("i")
    dispatcher.orchestrate(alarm(timedelta(milliseconds=30)), CONTINUE)
    dispatcher.orchestrate(alarm(timedelta(milliseconds=90)))
    fired = dispatcher.orchestrate(complete())
    assert kinds(fired) == ["orchestratorStarted", "timerFired"]
    created = [event for event in fired.pastEvents if event.HasField("timerCreated")]
    assert fired.newEvents[1].timerFired.fireAt == created[0].timerCreated.fireAt


def test_timers_and_children_cost_no_thread_each(dispatcher: Dispatcher) -> None:
    before = threading.active_count()
    for number in range(50):
        dispatcher.start(f"i{number}")
        child = pb.CreateSubOrchestrationAction(name="o", instanceId=f"c{number}")
        action = pb.OrchestratorAction(id=2, createSubOrchestration=child)
        dispatcher.orchestrate(alarm(timedelta(hours=1)), action)
        dispatcher.orchestrate(alarm(timedelta(hours=1)))
    assert threading.active_count() <= before + 1


def test_a_parent_hears_of_the_failure_of_a_child_with_its_type(dispatcher: Dispatcher) -> None:
    dispatcher.start("i")
    child = pb.CreateSubOrchestrationAction(name="o", instanceId="child")
    dispatcher.orchestrate(pb.OrchestratorAction(id=1, createSubOrchestration=child))
    details = pb.TaskFailureDetails(errorType="my.Error", errorMessage="broken")
    dispatcher.orchestrate(complete(pb.ORCHESTRATION_STATUS_FAILED, failure_details=details))
    request = dispatcher.orchestrate(complete())
    assert request.newEvents[1].subOrchestrationInstanceFailed.failureDetails == details


def test_a_scheduled_start_waits(dispatcher: Dispatcher) -> None:
    at = ahead(timedelta(milliseconds=60))
    dispatcher.start("later", scheduledStartTimestamp=at)
    assert dispatcher.orchestrate(complete()).instanceId == "later"
    assert datetime.now(UTC) >= at.ToDatetime(tzinfo=UTC)


def test_a_scheduled_start_holds_up_no_other(dispatcher: Dispatcher) -> None:
    dispatcher.start("later", scheduledStartTimestamp=ahead(timedelta(hours=1)))
    dispatcher.start("now")
    assert dispatcher.orchestrate(complete()).instanceId == "now"


def test_history_carries_dates(dispatcher: Dispatcher) -> None:
    dispatcher.start("i")
    dispatcher.orchestrate(schedule())
    dispatcher.answer(dispatcher.activity(), result=StringValue(value="1"))
    dispatcher.orchestrate(complete())
    wanted = pb.StreamInstanceHistoryRequest(instanceId="i")
    events = [
        event for chunk in dispatcher.hub.call("StreamInstanceHistory", wanted) for event in chunk.events
    ]
    assert len(events) > 5
    assert all(event.timestamp.ToDatetime().year > 2020 for event in events)


def test_refusals_carry_the_grpc_status(dispatcher: Dispatcher) -> None:
    with pytest.raises(TaskHubError) as refusal:
        dispatcher.hub.call("RaiseEvent", pb.RaiseEventRequest(instanceId="nobody", name="e"))
    assert refusal.value.code is grpc.StatusCode.NOT_FOUND
