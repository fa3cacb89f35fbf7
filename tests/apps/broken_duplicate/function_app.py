"""Two functions of one name."""

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.function_name(name="books")
@app.route(route="books")
def list_books(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("all")


@app.function_name(name="books")
@app.route(route="book")
def get_book(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("one")
