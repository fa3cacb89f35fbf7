"""A route in the space the host keeps for itself."""

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route(route="Administration/books")
def list_books(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("all")
