"""What is read of an app's functions: each route once, by name, with what it was declared with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import azure.functions as func

from core.platform.errors import DomainError
from core.platform.http import Call, Credentials, Principal, Reply, endpoint
from core.platform.http.routes import FALLBACK, routes


class Anyone:
    scheme: str | None = None
    roles: Sequence[str] = ()
    problems: Sequence[type[DomainError]] = ()

    async def __call__(self, request: Credentials) -> Principal | None:
        return None


def test_routes_come_in_order_of_name_with_their_methods_and_nothing_else_does() -> None:
    app = func.FunctionApp()
    methods: list[Any] = [func.HttpMethod.GET, "post"]
    for name in ("make_coat", FALLBACK, "fetch_coat"):

        @endpoint(auth=Anyone, returns=lambda: {204: None})
        async def coats(call: Call) -> Reply:
            return Reply.no_content()

        coats.__name__ = name
        app.route(route=f"api/{name}/{{coat_id:guid}}", methods=methods)(coats)

    @app.timer_trigger(arg_name="timer", schedule="0 0 0 1 1 *")
    def a_timer(timer: func.TimerRequest) -> None:
        pass

    for _ in range(2):  # the library keeps a record of what was asked for
        found = list(routes(app))
        assert [(route.name, route.methods, route.parameters) for route in found] == [
            ("fetch_coat", ("GET", "POST"), ("coat_id",)),
            ("make_coat", ("GET", "POST"), ("coat_id",)),
        ]
