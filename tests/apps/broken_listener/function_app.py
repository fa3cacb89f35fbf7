"""A trigger nobody here can listen for."""

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.event_hub_message_trigger(arg_name="event", event_hub_name="loans", connection="Hub")
def on_loan(event: func.EventHubEvent) -> None:
    raise AssertionError
