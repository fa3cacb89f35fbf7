"""One route and one method, two functions."""

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route(route="books", methods=["GET", "POST"])
def list_books(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("all")


@app.route(route="Books", methods=["POST"])
def add_book(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("one")
