"""A function without HTTP, to be run by hand through the admin API."""

import json

import azure.functions as func

counters = func.Blueprint()
_runs: list[bool] = []


@counters.timer_trigger(arg_name="timer", schedule="0 0 0 1 1 *", use_monitor=False)
def inventory(timer: func.TimerRequest) -> None:
    _runs.append(timer.past_due)


@counters.route(route="inventory", methods=["GET"])
def inventory_runs(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(json.dumps({"runs": len(_runs)}), mimetype="application/json")
