"""An annotation that is not what the trigger gives."""

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route(route="books")
def list_books(req: int) -> func.HttpResponse:
    return func.HttpResponse(str(req))
