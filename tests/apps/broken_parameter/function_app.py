"""A parameter that no binding fills."""

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route(route="books")
def list_books(req: func.HttpRequest, shelf: str) -> func.HttpResponse:
    return func.HttpResponse(shelf)
