"""The host's own API under `/admin`: status, functions, keys, and running a function by hand.

All but the ping need the master key, as in Azure. Paths and shapes are those of the platform's host.
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from devstack.functions.bindings import Function
from devstack.functions.invocation import Invoker
from devstack.functions.keys import MASTER, Keys, Level
from devstack.functions.messages import HostRequest, HostResponse
from devstack.functions.routing import HTTP_TRIGGER, RouteTable
from devstack.functions.templates import Template
from devstack.functions.worker import Datum, Worker

_REASON = "This function was programmatically called via the host APIs."
_TIMER = json.dumps(
    {"Schedule": {"AdjustForDST": True}, "ScheduleStatus": None, "IsPastDue": False}, separators=(",", ":")
)

type Answer = Callable[[HostRequest, Mapping[str, str]], Awaitable[HostResponse]]


@dataclass(frozen=True)
class Endpoint:
    """What answers a path below `/admin`; needs the master key unless `public`."""

    methods: frozenset[str]
    template: Template
    answer: Answer
    public: bool = False


class Admin:
    """Answers everything below `/admin`."""

    def __init__(
        self, worker: Worker, routes: RouteTable, invoker: Invoker, keys: Keys, disabled: frozenset[str]
    ) -> None:
        self._worker = worker
        self._routes = routes
        self._invoker = invoker
        self._keys = keys
        self._disabled = disabled
        self._started = time.monotonic()
        self._running: set[asyncio.Task[Any]] = set()
        self._endpoints: tuple[Endpoint, ...] = (
            endpoint("GET POST", "admin/host/ping", self._ping, public=True),
            endpoint("GET", "admin/host/status", self._status),
            endpoint("GET", "admin/host/tasks", self._tasks),
            endpoint("GET", "admin/functions", self._list),
            endpoint("GET", "admin/functions/{name}", self._get),
            endpoint("POST", "admin/functions/{name}", self._run),
            endpoint("GET", "admin/functions/{name}/status", self._function_status),
            *KeysApi(worker, keys).endpoints(),
        )

    def add(self, endpoints: Iterable[Endpoint]) -> None:
        """Serve these as well."""
        self._endpoints += tuple(endpoints)

    async def handle(self, request: HostRequest) -> HostResponse:
        """401 without the master key, 404 for what is not there, 405 never."""
        for one in self._endpoints:
            values = one.template.match(request.path)
            if values is None or request.method.upper() not in one.methods:
                continue
            if not one.public and self._keys.level(request)[0] is not Level.ADMIN:
                return HostResponse.empty(401)
            return await one.answer(request, values)
        return HostResponse.empty(404)

    async def drain(self, seconds: float) -> None:
        """Give the functions that were started by hand so long to finish."""
        if self._running:
            await asyncio.wait(self._running, timeout=seconds)

    async def _ping(self, _: HostRequest, __: Mapping[str, str]) -> HostResponse:
        return HostResponse.empty(200, [("Cache-Control", "no-store, no-cache")])

    async def _status(self, _: HostRequest, __: Mapping[str, str]) -> HostResponse:
        return HostResponse.of_json(
            {
                "id": platform.node().lower(),
                "state": "Running",
                "version": "4.0.0.0",
                "versionDetails": f"devstack, azure-functions-runtime {version('azure-functions-runtime')}",
                "platformVersion": "",
                "instanceId": str(os.getpid()),
                "computerName": platform.node(),
                "processUptime": int((time.monotonic() - self._started) * 1000),
                "functionAppContentEditingState": "NotAllowed",
            }
        )

    async def _tasks(self, _: HostRequest, __: Mapping[str, str]) -> HostResponse:
        """How many asyncio tasks there are, by coroutine; of this host only, for tests of leaks."""
        names = (getattr(task.get_coro(), "__qualname__", "?") for task in asyncio.all_tasks())
        return HostResponse.of_json(Counter(names))

    async def _list(self, request: HostRequest, _: Mapping[str, str]) -> HostResponse:
        return HostResponse.of_json([self._describe(request, f) for f in self._worker.functions])

    async def _get(self, request: HostRequest, values: Mapping[str, str]) -> HostResponse:
        function = self._worker.function(values["name"])
        return (
            HostResponse.of_json(self._describe(request, function)) if function else HostResponse.empty(404)
        )

    async def _function_status(self, _: HostRequest, values: Mapping[str, str]) -> HostResponse:
        known = self._worker.function(values["name"])
        return HostResponse.of_json({"errors": None}) if known else HostResponse.empty(404)

    async def _run(self, request: HostRequest, values: Mapping[str, str]) -> HostResponse:
        """`{"input": "..."}` starts the function and answers 202 at once; the outcome is in the log."""
        try:
            document = request.json()
        except ValueError:
            document = None
        if not isinstance(document, dict):
            return _text(400, 'The body must be a JSON object: {"input": "..."}')
        function = self._worker.function(values["name"])
        if function is None:
            return HostResponse.empty(404)
        if function.trigger.type == HTTP_TRIGGER:
            return _text(400, f"'{function.name}' is an HTTP function: call its route")
        folded = {key.lower(): value for key, value in document.items()}
        task = asyncio.create_task(
            self._invoker.run(function, _trigger_value(function, folded.get("input")), reason=_REASON)
        )
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return HostResponse.empty(202)

    def _describe(self, request: HostRequest, function: Function) -> dict[str, Any]:
        route = next((r for r in self._routes.routes if r.function is function), None)
        return {
            "name": function.name,
            "script_href": f"{request.origin}/admin/vfs/{function.script_file}",
            "href": f"{request.origin}/admin/functions/{function.name}",
            "invoke_url_template": f"{request.origin}/{route.template.text}".lower() if route else None,
            "language": "python",
            "config": {
                "name": function.name,
                "scriptFile": function.script_file,
                "language": "python",
                "bindings": [dict(binding.properties) for binding in function.bindings],
            },
            "isDisabled": function.name.lower() in self._disabled,
            "isDirect": False,
            "isProxy": False,
        }


class KeysApi:
    """`/admin/host/{keys|functionkeys|systemkeys}` and `/admin/functions/{name}/keys`."""

    def __init__(self, worker: Worker, keys: Keys) -> None:
        self._worker = worker
        self._keys = keys

    def endpoints(self) -> tuple[Endpoint, ...]:
        """The routes of both scopes."""
        host = "admin/host/{keys:regex(^(keys|functionkeys|systemkeys)$)}"
        function = "admin/functions/{function}/keys"
        return tuple(
            one
            for scope in (host, function)
            for one in (
                endpoint("GET", scope, self._all),
                endpoint("GET", scope + "/{name}", self._one),
                endpoint("POST PUT", scope + "/{name}", self._put),
                endpoint("DELETE", scope + "/{name}", self._delete),
            )
        )

    def _scope(self, values: Mapping[str, str]) -> dict[str, str] | None:
        if "keys" in values:
            return self._keys.system() if values["keys"].lower() == "systemkeys" else self._keys.host()
        return (
            self._keys.of_function(values["function"]) if self._worker.function(values["function"]) else None
        )

    async def _all(self, _: HostRequest, values: Mapping[str, str]) -> HostResponse:
        scope = self._scope(values)
        if scope is None:
            return HostResponse.empty(404)
        return HostResponse.of_json({"keys": [{"name": k, "value": v} for k, v in scope.items()]})

    async def _one(self, _: HostRequest, values: Mapping[str, str]) -> HostResponse:
        scope = dict(self._scope(values) or {})
        if values.get("keys", "").lower() == "systemkeys":
            scope[MASTER] = self._keys.master
        found = scope.get(values["name"])
        return (
            HostResponse.of_json({"name": values["name"], "value": found})
            if found
            else HostResponse.empty(404)
        )

    async def _put(self, request: HostRequest, values: Mapping[str, str]) -> HostResponse:
        scope, name = self._scope(values), values["name"]
        if scope is None:
            return HostResponse.empty(404)
        value = _value(request) if request.method.upper() == "PUT" else None
        if request.method.upper() == "PUT" and value is None:
            return _text(400, "Invalid key value")
        is_master = "keys" in values and name.lower() == MASTER
        status = 200 if is_master or name in scope else 201
        kept = self._keys.put_master(value) if is_master else self._keys.put(scope, name, value)
        return HostResponse.of_json({"name": name, "value": kept}, status)

    async def _delete(self, _: HostRequest, values: Mapping[str, str]) -> HostResponse:
        scope = self._scope(values)
        if values["name"].startswith("_"):
            return _text(400, "Invalid key name.")
        found = scope is not None and self._keys.remove(scope, values["name"])
        return HostResponse.empty(204 if found else 404)


def endpoint(methods: str, template: str, answer: Answer, *, public: bool = False) -> Endpoint:
    """Return the endpoint of some `methods` ("GET POST") at a route template."""
    return Endpoint(frozenset(methods.split()), Template.parse(template), answer, public)


def _text(status: int, message: str) -> HostResponse:
    response = HostResponse(status, body=message.encode())
    response.headers["Content-Type"] = "text/plain; charset=utf-8"
    return response


def _value(request: HostRequest) -> str | None:
    try:
        document = request.json()
    except ValueError:
        return None
    value = document.get("value") if isinstance(document, dict) else None
    return value if isinstance(value, str) and value else None


def _trigger_value(function: Function, given: Any) -> Datum:
    if function.trigger.type == "timerTrigger":
        return Datum(_TIMER, "json")
    text = given if isinstance(given, str) else json.dumps(given)
    return Datum(text, "string")
