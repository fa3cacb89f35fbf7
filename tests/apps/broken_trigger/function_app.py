"""A function without a trigger."""

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.function_name(name="idle")
@app.queue_output(arg_name="orders", queue_name="orders", connection="Storage")
def idle(orders: func.Out[str]) -> None:
    orders.set("never")
