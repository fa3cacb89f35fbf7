"""A function name that begins with an underscore."""

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route(route="books")
def _list_books(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("all")
