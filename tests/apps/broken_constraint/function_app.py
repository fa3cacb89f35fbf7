"""A route constraint that does not exist."""

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route(route="books/{number:integer}")
def get_book(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("one")
