"""A mail relay: parcels are weighed, stamped and handed over, by every background trigger there is."""

import json
import logging
import time
from collections.abc import Generator
from datetime import timedelta
from typing import Any, List  # noqa: UP035 - the worker library refuses func.Out[list[str]]

import azure.durable_functions as df
import azure.functions as func
from azure.functions.timer import TimerRequest
from durabletask.entities import EntityInstanceId
from durabletask.task import OrchestrationContext, RetryPolicy, Task, TaskFailedError, when_all, when_any

type Flow = Generator[Task[Any], Any, Any]

app = df.DFApp(http_auth_level=func.AuthLevel.ANONYMOUS)
seen: list[dict[str, Any]] = []
running = {"now": 0, "most": 0}


@app.route(route="relay/{name}", methods=["POST"])
@app.durable_client_input(client_name="client")
async def start(req: func.HttpRequest, client: df.DurableFunctionsClient) -> func.HttpResponse:
    """Start any orchestrator with the JSON body as its input."""
    wanted = req.params.get("id")
    body = req.get_json() if req.get_body() else None
    instance_id = await client.schedule_new_orchestration(
        req.route_params["name"], input=body, instance_id=wanted
    )
    return client.create_check_status_response(req, instance_id)


@app.route(route="relay/{instance}/events/{event}", methods=["POST"])
@app.durable_client_input(client_name="client")
async def tell(req: func.HttpRequest, client: df.DurableFunctionsClient) -> func.HttpResponse:
    """Raise an external event."""
    data = req.get_json() if req.get_body() else None
    await client.raise_orchestration_event(req.route_params["instance"], req.route_params["event"], data=data)
    return func.HttpResponse(status_code=202)


@app.route(route="seen", methods=["GET"])
def what_was_seen(req: func.HttpRequest) -> func.HttpResponse:
    """Everything the queue and timer functions noted."""
    return func.HttpResponse(json.dumps(seen), mimetype="application/json")


@app.route(route="most-at-once", methods=["GET"])
def most_at_once(req: func.HttpRequest) -> func.HttpResponse:
    """The largest number of `slow` activities that ran at the same time."""
    return func.HttpResponse(str(running["most"]))


@app.orchestration_trigger(context_name="ctx")
def empty(context: OrchestrationContext, given: Any) -> str:
    """Nothing at all."""
    return "done"


@app.orchestration_trigger(context_name="ctx")
def chain(context: OrchestrationContext, given: Any) -> Flow:
    """As many activities, one after the other, as the input says."""
    total = 0
    for number in range(given):
        total += yield context.call_activity("weigh", input=number)
    return total


@app.orchestration_trigger(context_name="ctx")
def fan_out(context: OrchestrationContext, given: Any) -> Flow:
    """All at once."""
    parts = yield when_all([context.call_activity("slow", input=n) for n in range(given)])
    return sum(parts)


@app.orchestration_trigger(context_name="ctx")
def stubborn(context: OrchestrationContext, given: Any) -> Flow:
    """Retries an activity that fails until its third attempt."""
    policy = RetryPolicy(first_retry_interval=timedelta(milliseconds=10), max_number_of_attempts=4)
    return (yield context.call_activity("flaky", input=context.instance_id, retry_policy=policy))


@app.orchestration_trigger(context_name="ctx")
def unlucky(context: OrchestrationContext, given: Any) -> Flow:
    """Tells what a failed activity looks like from inside, or lets it fail."""
    try:
        return (yield context.call_activity("broken", input=given))
    except TaskFailedError as error:
        if given.get("let_it_fail"):
            raise
        return {"type": error.details.error_type, "message": error.details.message}


@app.orchestration_trigger(context_name="ctx")
def lost(context: OrchestrationContext, given: Any) -> Flow:
    """Calls an activity nobody has written."""
    return (yield context.call_activity("nowhere", input=None))


@app.orchestration_trigger(context_name="ctx")
def waits(context: OrchestrationContext, given: Any) -> Flow:
    """Waits for an event, at most as many seconds as the input says."""
    context.set_custom_status({"waiting_for": "go"})
    event = context.wait_for_external_event("go")
    alarm = context.create_timer(context.current_utc_datetime + timedelta(seconds=given))
    first = yield when_any([event, alarm])
    return {"event": event.get_result()} if first is event else "nobody came"


@app.orchestration_trigger(context_name="ctx")
def rounds(context: OrchestrationContext, given: Any) -> Flow:
    """Continues as new; leaves a long timer behind in each round that must not disturb the next one."""
    state = given
    yield when_any(
        [
            context.create_timer(context.current_utc_datetime + timedelta(milliseconds=state["stale_ms"])),
            context.call_activity("weigh", input=1),
        ]
    )
    if state["left"]:
        return context.continue_as_new({**state, "left": state["left"] - 1})
    started = context.current_utc_datetime
    yield context.create_timer(started + timedelta(milliseconds=state["last_ms"]))
    return (context.current_utc_datetime - started).total_seconds()


@app.orchestration_trigger(context_name="ctx")
def parent(context: OrchestrationContext, given: Any) -> Flow:
    """Two children; a failing one if asked."""
    children: list[Task[int]] = [context.call_sub_orchestrator("chain", input=n) for n in (2, 3)]
    sums = yield when_all(children)
    if (given or {}).get("then_fail"):
        yield context.call_sub_orchestrator("unlucky", input={"let_it_fail": True})
    return sums


@app.orchestration_trigger(context_name="ctx")
def counts(context: OrchestrationContext, given: Any) -> Flow:
    """Adds to an entity and asks for its value."""
    entity = EntityInstanceId("Counter", given["key"])
    context.signal_entity(entity, "add", 2)
    yield context.call_entity(entity, "add", 3)
    return (yield context.call_entity(entity, "get"))


@app.orchestration_trigger(context_name="ctx")
def asks_nobody(context: OrchestrationContext, given: Any) -> Flow:
    """Calls an entity nobody has written."""
    return (yield context.call_entity(EntityInstanceId("Ghost", "1"), "get"))


@app.entity_trigger(context_name="ctx")  # type: ignore[arg-type]  # it takes one parameter too, and is typed for two
def Counter(context: df.DurableEntityContext) -> None:  # noqa: N802 - entities are classes in spirit
    """A number with add, get and reset."""
    value = context.get_state(lambda: 0)
    if context.operation_name == "add":
        context.set_state(value + context.get_input())
    elif context.operation_name == "break":
        raise RuntimeError("the counter jammed")
    context.set_result(value if context.operation_name == "get" else None)


@app.activity_trigger(input_name="number")
def weigh(number: int) -> int:
    """Its input."""
    return number


@app.activity_trigger(input_name="number")
def slow(number: int) -> int:
    """Its input, after a moment."""
    running["now"] += 1
    running["most"] = max(running["most"], running["now"])
    time.sleep(0.02)
    running["now"] -= 1
    return number


@app.activity_trigger(input_name="key")
def flaky(key: str) -> int:
    """Works the third time."""
    attempts = sum(1 for item in seen if item.get("flaky") == key) + 1
    seen.append({"flaky": key})
    if attempts < 3:
        raise ConnectionError(f"attempt {attempts}: not yet")
    return attempts


@app.activity_trigger(input_name="how")
def broken(how: dict) -> None:  # type: ignore[type-arg]  # the worker refuses dict[str, Any]
    """Always fails, without a message if asked."""
    if how.get("silent"):
        raise LookupError
    raise ValueError("the scale is broken: twice")


@app.queue_trigger(arg_name="message", queue_name="%INBOX%", connection="RelayStorage")
@app.queue_output(arg_name="receipts", queue_name="%RECEIPTS%", connection="RelayStorage")
@app.blob_output(arg_name="copy", path="%COPIES%/{queueTrigger}-{rand-guid}.txt", connection="RelayStorage")
def receive(message: func.QueueMessage, receipts: func.Out[List[str]], copy: func.Out[str]) -> None:  # noqa: UP006
    """Notes the message; `poison...` is never taken, `slow...` takes its time."""
    text = message.get_body().decode()
    seen.append(
        {
            "queue": text,
            "dequeue_count": message.dequeue_count,
            "id": message.id,
            "pop_receipt": bool(message.pop_receipt),
            "inserted": str(message.insertion_time),
            "expires": str(message.expiration_time),
            "next_visible": str(message.time_next_visible),
        }
    )
    logging.info("received %s", text)
    if text.startswith("slow"):
        time.sleep(1.5)
    if text.startswith("poison"):
        raise ValueError("not this one")
    receipts.set([f"{text}/1", f"{text}/2"])
    copy.set(text)


@app.queue_trigger(arg_name="message", queue_name="%ORDERS%", connection="RelayStorage")
@app.durable_client_input(client_name="client")
async def order(message: func.QueueMessage, client: df.DurableFunctionsClient) -> None:
    """Starts an orchestration named after the message."""
    await client.schedule_new_orchestration("chain", input=2, instance_id=message.get_body().decode())


@app.timer_trigger(arg_name="tick", schedule="%TICK%", run_on_startup=True, use_monitor=False)
def tick(tick: TimerRequest) -> None:
    """Notes each tick."""
    seen.append({"tick": tick.past_due, "schedule": tick.schedule})
