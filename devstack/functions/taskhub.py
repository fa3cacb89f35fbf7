"""Microsoft's in-memory Durable backend, made fit to be left running.

`InMemoryOrchestrationBackend` is written for tests that last seconds. Left as it is, a parent would wait
for ever for a sub-orchestration that takes more than 30 seconds, a timer or an activity of an instance's
earlier life would complete a task of its next one, an activity that fails without a message would count as
successful, an instance id could never be used twice, and its port would be open to the network. Each
override below mends one of these and says which; everything else is the original.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from concurrent import futures
from datetime import UTC, datetime
from typing import Any, NoReturn, cast

import grpc
from durabletask.internal import helpers
from durabletask.internal import orchestrator_service_pb2 as pb
from durabletask.internal import orchestrator_service_pb2_grpc as stubs
from durabletask.testing.in_memory_backend import InMemoryOrchestrationBackend, OrchestrationInstance

from devstack.functions.alarms import Alarms

TERMINAL = frozenset(
    {
        pb.ORCHESTRATION_STATUS_COMPLETED,
        pb.ORCHESTRATION_STATUS_FAILED,
        pb.ORCHESTRATION_STATUS_TERMINATED,
    }
)
_CONCURRENT_CALLS = 100  # every waiting client (wait_for_orchestration_completion) holds one of them
_UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


class TaskHubError(Exception):
    """The backend refused a call: a gRPC status code and its text."""

    def __init__(self, code: grpc.StatusCode, details: str) -> None:
        super().__init__(details)
        self.code = code


class LocalCall:
    """Stands for the gRPC call where the host calls the backend's methods directly."""

    def __init__(self) -> None:
        self._active = True

    def is_active(self) -> bool:
        """Whether a stream should go on."""
        return self._active

    def end(self) -> None:
        """Let a stream end after its next item or pause."""
        self._active = False

    def time_remaining(self) -> float | None:
        """No deadline."""
        return None

    def abort(self, code: grpc.StatusCode, details: str) -> NoReturn:
        """Refuse the call."""
        raise TaskHubError(code, details)


class TaskHub(InMemoryOrchestrationBackend):
    """The orchestrations, entities and queues of one task hub. In memory: they end with the process.

    `replaceable` are the states in which an instance id may be used again when the client does not say.
    """

    def __init__(self, replaceable: Iterable[Any] = TERMINAL) -> None:
        super().__init__(max_history_size=sys.maxsize, port=0)
        self._replaceable = list(replaceable)
        self._alarms = Alarms()
        self._lives: dict[str, int] = {}
        self._scheduled_by: dict[str, tuple[OrchestrationInstance, int]] = {}
        self._on_completion: dict[str, list[Callable[[OrchestrationInstance], None]]] = {}

    def start(self) -> str:
        """Serve gRPC on a free port of the loopback interface; returns `127.0.0.1:port`."""
        self._shutdown_event.clear()
        pool = futures.ThreadPoolExecutor(_CONCURRENT_CALLS, thread_name_prefix="durable-grpc")
        server = grpc.server(pool, options=_UNLIMITED)
        stubs.add_TaskHubSidecarServiceServicer_to_server(self, server)  # type: ignore[no-untyped-call]  # generated
        self._port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        self._server = server
        return f"127.0.0.1:{self._port}"

    def stop(self, grace: float | None = None) -> None:
        """End timers and the gRPC server. What was in memory is gone."""
        self._alarms.stop()
        super().stop(grace)

    def call(self, method: str, request: Any) -> Any:
        """Call one of the service's methods from the same process. Raises TaskHubError."""
        return getattr(self, method)(request, cast(grpc.ServicerContext, LocalCall()))

    def StartInstance(  # noqa: N802 - the gRPC service's name
        self, request: pb.CreateInstanceRequest, context: grpc.ServicerContext
    ) -> pb.CreateInstanceResponse:
        """As the original, but an id whose instance has ended may be used again unless the client objects."""
        if not request.orchestrationIdReusePolicy.replaceableStatus:
            request.orchestrationIdReusePolicy.replaceableStatus.extend(self._replaceable)
        with self._lock:
            start_at = request.scheduledStartTimestamp.ToDatetime(tzinfo=UTC)
            delay = (start_at - datetime.now(UTC)).total_seconds()
            response = super().StartInstance(request, context)
            if request.HasField("scheduledStartTimestamp") and delay > 0:
                self._hold(self._instances[response.instanceId], delay)
        return response

    def _hold(self, instance: OrchestrationInstance, delay: float) -> None:
        """Start at the scheduled time: the original starts at once."""
        self._orchestration_queue_set.discard(instance.instance_id)
        self._orchestration_queue.remove(instance.instance_id)
        self._alarms.after(delay, lambda: self._release(instance))

    def _release(self, instance: OrchestrationInstance) -> None:
        with self._lock:
            if self._instances.get(instance.instance_id) is instance:
                self._enqueue_orchestration(instance.instance_id)

    def CompleteOrchestratorTask(  # noqa: N802 - the gRPC service's name
        self, request: pb.OrchestratorResponse, context: grpc.ServicerContext
    ) -> pb.CompleteTaskResponse:
        """As the original, then tells parents about the end and dates the new history."""
        with self._lock:
            response = super().CompleteOrchestratorTask(request, context)
            instance = self._instances.get(request.instanceId)
            if instance is not None:
                _date(instance.history)
                self._tell_parents(instance)
        return response

    def CompleteActivityTask(  # noqa: N802 - the gRPC service's name
        self, request: pb.ActivityResponse, context: grpc.ServicerContext
    ) -> pb.CompleteTaskResponse:
        """As the original, but for the life of the instance that scheduled it, and failures stay failures."""
        with self._lock:
            owner = self._scheduled_by.pop(request.completionToken, None)
            if owner is not None and not self._is_living(*owner):
                return pb.CompleteTaskResponse()
            if request.HasField("failureDetails") and not request.failureDetails.errorMessage:
                request.failureDetails.errorMessage = request.failureDetails.errorType
            return super().CompleteActivityTask(request, context)

    def _is_living(self, instance: OrchestrationInstance, life: int) -> bool:
        """Whether this is still the same run of the instance: not ended, restarted or continued as new."""
        instance_id = instance.instance_id
        return (
            self._instances.get(instance_id) is instance
            and self._lives.get(instance_id, 0) == life
            and instance.status not in TERMINAL
        )

    def _process_complete_orchestration_action(
        self, instance: OrchestrationInstance, complete_action: pb.CompleteOrchestrationAction
    ) -> None:
        if complete_action.orchestrationStatus == pb.ORCHESTRATION_STATUS_CONTINUED_AS_NEW:
            self._lives[instance.instance_id] = self._lives.get(instance.instance_id, 0) + 1
        super()._process_complete_orchestration_action(instance, complete_action)

    def _process_schedule_task_action(
        self, instance: OrchestrationInstance, action: pb.OrchestratorAction
    ) -> None:
        super()._process_schedule_task_action(instance, action)
        item = self._activity_queue[-1]
        item.completion_token = self._next_completion_token
        self._next_completion_token += 1
        life = self._lives.get(instance.instance_id, 0)
        self._scheduled_by[str(item.completion_token)] = (instance, life)

    def _process_create_timer_action(
        self, instance: OrchestrationInstance, action: pb.OrchestratorAction
    ) -> None:
        fire_at = action.createTimer.fireAt.ToDatetime(tzinfo=UTC)
        life = self._lives.get(instance.instance_id, 0)
        instance.history.append(helpers.new_timer_created_event(action.id, fire_at))

        def fire() -> None:
            with self._lock:
                if self._is_living(instance, life):
                    instance.pending_events.append(helpers.new_timer_fired_event(action.id, fire_at))
                    instance.last_updated_at = datetime.now(UTC)
                    self._enqueue_orchestration(instance.instance_id)

        self._alarms.after((fire_at - datetime.now(UTC)).total_seconds(), fire)

    def _schedule_delayed_entity_operation(
        self, entity_id: str, event: pb.HistoryEvent, fire_at: datetime
    ) -> None:
        def fire() -> None:
            with self._lock:
                self._queue_entity_operation(entity_id, event)

        self._alarms.after((fire_at - datetime.now(UTC)).total_seconds(), fire)

    def _watch_sub_orchestration(self, parent_instance_id: str, sub_instance_id: str, task_id: int) -> None:
        parent = self._instances[parent_instance_id]
        life = self._lives.get(parent_instance_id, 0)

        def tell(child: OrchestrationInstance) -> None:
            if self._is_living(parent, life):
                parent.pending_events.append(_ended(task_id, child))
                parent.last_updated_at = datetime.now(UTC)
                self._enqueue_orchestration(parent_instance_id)

        self._on_completion.setdefault(sub_instance_id, []).append(tell)
        self._tell_parents(self._instances[sub_instance_id])

    def _tell_parents(self, instance: OrchestrationInstance) -> None:
        if instance.status in TERMINAL:
            for tell in self._on_completion.pop(instance.instance_id, []):
                tell(instance)

    def _enqueue_orchestration(self, instance_id: str) -> None:
        """As the original, but dates the events and lets instances that have ended rest."""
        instance = self._instances.get(instance_id)
        if instance is None or instance.status in TERMINAL:
            return
        _date(instance.pending_events)
        super()._enqueue_orchestration(instance_id)


def _ended(task_id: int, child: OrchestrationInstance) -> pb.HistoryEvent:
    """What the parent sees; a failure keeps its type, which the original replaces by `Exception`."""
    if child.status == pb.ORCHESTRATION_STATUS_COMPLETED:
        return helpers.new_sub_orchestration_completed_event(task_id, child.output)
    reason = child.failure_details or pb.TaskFailureDetails(
        errorType="SubOrchestrationTerminated",
        errorMessage=f"Sub-orchestration '{child.instance_id}' was terminated ({child.output})",
    )
    return pb.HistoryEvent(
        eventId=-1,
        subOrchestrationInstanceFailed=pb.SubOrchestrationInstanceFailedEvent(
            taskScheduledId=task_id, failureDetails=reason
        ),
    )


def _date(events: Iterable[pb.HistoryEvent]) -> None:
    """Give undated events the present time: the original leaves them at 1970."""
    for event in events:
        if not event.timestamp.seconds:
            event.timestamp.GetCurrentTime()
