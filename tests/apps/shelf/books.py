"""Books: constraints, defaults and optional parameters of routes."""

import json

import azure.functions as func

books = func.Blueprint()


def _answer(name: str, req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(json.dumps({"function": name, **req.route_params}), mimetype="application/json")


@books.route(route="books/{number:int:min(1)}", methods=["GET"])
def book_by_number(req: func.HttpRequest) -> func.HttpResponse:
    return _answer("book_by_number", req)


@books.route(route="books/{title:alpha}", methods=["GET"])
def book_by_title(req: func.HttpRequest) -> func.HttpResponse:
    return _answer("book_by_title", req)


@books.route(route=r"books/{isbn:regex(^\d{{3}}-\d+$)}", methods=["GET"])
async def book_by_isbn(req: func.HttpRequest) -> func.HttpResponse:
    return _answer("book_by_isbn", req)


@books.route(route="books/{number:int:min(1)}", methods=["PUT", "DELETE"])
async def change_book(req: func.HttpRequest) -> func.HttpResponse:
    return _answer("change_book", req)


@books.route(route="shelves/{shelf=fiction}/{page:int?}", methods=["GET"])
def shelf_page(req: func.HttpRequest) -> func.HttpResponse:
    return _answer("shelf_page", req)


@books.route(route="order/{what}", methods=["GET"])
def a_order_by_parameter(req: func.HttpRequest) -> func.HttpResponse:
    return _answer("a_order_by_parameter", req)


@books.route(route="order/literal", methods=["GET"])
def b_order_by_literal(req: func.HttpRequest) -> func.HttpResponse:
    return _answer("b_order_by_literal", req)


@books.route(route="scans/{name}.{kind?}", methods=["GET"])
def scan(req: func.HttpRequest) -> func.HttpResponse:
    return _answer("scan", req)
