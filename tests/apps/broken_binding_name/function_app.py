"""A binding name with an underscore: Azure refuses what Python likes."""

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route(route="books", trigger_arg_name="http_request")
def list_books(http_request: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("all")
