"""Answers what no route does: CORS preflights, 405 with ``Allow``, and 404, each as a problem document.

The host answers an undeclared method or path with an empty 404 of its own; this function, whose name sorts
last, gets there first.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from urllib.parse import urlsplit

import azure.functions as func
from azure.functions.decorators.function_app import FunctionRegister

from blueprints import access
from core.platform.errors import MethodNotAllowed, NotFound
from core.platform.http import Call, Reply, endpoint
from core.platform.http.routes import FALLBACK, Route, allowed, routes
from core.platform.http.wire import METHODS, preflight


def fallback_for(app: FunctionRegister) -> func.Blueprint:
    """Return the blueprint of the fallback, which reads ``app``'s routes when it is first needed."""
    bp = func.Blueprint()

    @bp.function_name(FALLBACK)
    @bp.route(route="api/{*path}", methods=[func.HttpMethod(method) for method in METHODS.split(", ")])
    @endpoint(auth=access.public, returns=lambda: {204: None})
    async def zz_fallback(call: Call) -> Reply:
        """Answer a preflight, or say what is wrong with the path or method."""
        return _answer(call, table)

    table = cache(lambda: tuple(routes(app)))
    return bp


def _answer(call: Call, table: Callable[[], tuple[Route, ...]]) -> Reply:
    path = urlsplit(call.url).path
    methods = allowed(table(), path)
    if call.method == "OPTIONS" and methods:
        return Reply(204, headers={"Allow": ", ".join([*methods, "OPTIONS"]), **preflight(call.headers)})
    if methods and call.method not in methods:
        error = MethodNotAllowed(f"{path} answers {', '.join(methods)}.")
        error.allow = ", ".join(methods)
        raise error
    raise NotFound(f"There is nothing at {path}.")
