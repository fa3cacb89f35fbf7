"""What a taste job is measured against: the same queue, flow and number of activities, all of them empty."""

from __future__ import annotations

import json
import time
from collections.abc import Generator
from typing import Any

import azure.durable_functions as df
import azure.functions as func
from durabletask.task import OrchestrationContext

app = df.DFApp(http_auth_level=func.AuthLevel.ANONYMOUS)

_ended: list[float] = []
_begun: list[float] = []


@app.queue_trigger(arg_name="message", queue_name="%TASTE_JOB_QUEUE_NAME%", connection="StorageQueue")
@app.durable_client_input(client_name="client")
async def start_empty(message: func.QueueMessage, client: df.DurableFunctionsClient) -> None:
    """Start one empty orchestration per message."""
    _begun.append(time.time())
    await client.schedule_new_orchestration("empty", input=0, instance_id=message.id)


@app.orchestration_trigger(context_name="flow")
def empty(flow: OrchestrationContext, given: int) -> Generator[Any, Any, Any]:
    """Call one activity."""
    return (yield flow.call_activity("do_nothing", input=given, return_type=int))


@app.activity_trigger(input_name="given")
async def do_nothing(given: int) -> int:
    """Note that it was called."""
    _ended.append(time.time())
    return given


@app.route(route="api/health", methods=["GET"])
async def health(req: func.HttpRequest) -> func.HttpResponse:
    """How many flows came to their activity, when the first one began and the last one ended."""
    counted = {"count": len(_ended), "first": min(_begun, default=0.0), "last": max(_ended, default=0.0)}
    return func.HttpResponse(json.dumps(counted), mimetype="application/json")
