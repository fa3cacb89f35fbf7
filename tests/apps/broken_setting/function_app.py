"""A setting that is not set."""

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.timer_trigger(arg_name="timer", schedule="%STOCKTAKING_SCHEDULE%")
def stocktaking(timer: func.TimerRequest) -> None:
    raise AssertionError
