"""A binding that no parameter takes."""

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route(route="books")
@app.queue_output(arg_name="orders", queue_name="orders", connection="Storage")
def list_books(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("none")
