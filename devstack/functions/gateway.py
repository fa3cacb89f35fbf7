"""The one place where a request becomes an invocation and its outcome an answer.

The socket server and the in-process client both call `Gateway.handle`; nothing here knows of sockets.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Protocol

from devstack.functions.cors import Cors
from devstack.functions.expressions import json_data
from devstack.functions.httpbinding import to_datum, to_response
from devstack.functions.invocation import Invoker
from devstack.functions.keys import Keys, Level
from devstack.functions.messages import HostRequest, HostResponse
from devstack.functions.routing import Route, RouteTable
from devstack.functions.worker import Outcome

log = logging.getLogger("host.http")

_REASON = "This function was programmatically called via the host APIs."
_WEBHOOKS = "/runtime/webhooks/"
_HOME = b"<!doctype html><title>Function app</title><p>Your function app is up and running.</p>\n"


class Handler(Protocol):
    """A part of the host that answers requests of its own: the admin API, an extension's webhook."""

    async def handle(self, request: HostRequest) -> HostResponse:
        """Answer one request."""
        ...


class Gateway:
    """Routes, authorises and invokes.

    `webhooks` are the extensions that answer below `/runtime/webhooks/<name>`; they check their own key.
    `pages` are the host's own by path (`/console`); a route of the app goes before them.
    """

    def __init__(
        self,
        routes: RouteTable,
        invoker: Invoker,
        keys: Keys,
        admin: Handler,
        *,
        webhooks: Mapping[str, Handler] | None = None,
        response_headers: Mapping[str, str] | None = None,
        cors: Cors | None = None,
        homepage: bool = True,
        pages: Mapping[str, Handler] | None = None,
    ) -> None:
        self._routes = routes
        self._invoker = invoker
        self._keys = keys
        self._admin = admin
        self._webhooks = dict(webhooks or {})
        self._response_headers = dict(response_headers or {})
        self._cors = cors or Cors()
        self._homepage = homepage
        self._pages = dict(pages or {})

    async def handle(self, request: HostRequest) -> HostResponse:
        """Answer one request. Never raises; what goes wrong inside is a 500 without a body."""
        if not request.is_valid:
            return HostResponse.empty(400)
        if (preflight := self._cors.preflight(request)) is not None:
            return preflight
        try:
            response = await self._dispatch(request)
        except Exception:  # the host must go on; the trace belongs in the log, never in an answer
            log.exception("Answering %s %s failed", request.method, request.url)
            response = HostResponse.empty(500)
        for name, value in self._response_headers.items():
            response.headers.setdefault(name, value)
        return self._cors.dress(request, response)

    async def _dispatch(self, request: HostRequest) -> HostResponse:
        path = request.path.lower()
        if path == "/admin" or path.startswith("/admin/"):
            return await self._admin.handle(request)
        if path.startswith(_WEBHOOKS):
            webhook = self._webhooks.get(path.removeprefix(_WEBHOOKS).partition("/")[0])
            return await webhook.handle(request) if webhook else HostResponse.empty(404)
        found = self._routes.find(request.method, request.path)
        if found is not None:
            return await self._call(request, *found)
        if (page := self._pages.get(path)) is not None:
            return await page.handle(request)
        return self._home() if path == "/" else HostResponse.empty(404)

    async def _call(self, request: HostRequest, route: Route, values: Mapping[str, str]) -> HostResponse:
        if not self._authorised(request, route):
            return HostResponse.empty(401)
        outcome = await self._invoker.run(
            route.function,
            to_datum(request, values),
            data=_binding_data(request, route, values),
            trace_parent=request.headers.get("traceparent", ""),
            trace_state=request.headers.get("tracestate", ""),
            reason=_REASON,
        )
        return HostResponse.empty(500) if outcome.error else to_response(_http_output(route, outcome))

    def _authorised(self, request: HostRequest, route: Route) -> bool:
        if route.auth_level == Level.ANONYMOUS:
            return True
        level, _ = self._keys.level(request, route.function.name)
        return level in {Level.ADMIN, route.auth_level}

    def _home(self) -> HostResponse:
        if not self._homepage:
            return HostResponse.empty(204)
        page = HostResponse(200, body=_HOME)
        page.headers["Content-Type"] = "text/html; charset=utf-8"
        return page


def _http_output(route: Route, outcome: Outcome) -> Any:
    name = next((binding.name for binding in route.function.outputs if binding.type == "http"), "$return")
    return outcome.return_value if name == "$return" else outcome.outputs.get(name)


def _binding_data(request: HostRequest, route: Route, values: Mapping[str, str]) -> Mapping[str, Any]:
    """What expressions in output bindings may name; costs nothing for functions that only answer."""
    if all(binding.type == "http" for binding in route.function.outputs):
        return {}
    query, headers = dict(request.query), {name.lower(): value for name, value in request.headers.items()}
    return {**query, **json_data(request.body), **values, "query": query, "headers": headers}
