"""One span for each invocation of a function, continuing the trace that the host began.

Attributes are those of OpenTelemetry's semantic conventions for functions and HTTP servers (1.37): names of
routes and functions, never paths with ids in them, and nothing of a body.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from functools import wraps
from typing import Any, Literal, Protocol
from urllib.parse import unquote

from core.platform import telemetry
from core.platform.telemetry import NOTHING, Span, Value

type Trigger = Literal["pubsub", "timer", "other"]
"""``faas.trigger`` of what is no HTTP request: a queue message, a timer, an activity."""

_cold = [True]
"""Whether this process has yet to serve its first invocation."""


class TraceContext(Protocol):
    """Where in a trace the host stands."""

    @property
    def trace_parent(self) -> str:
        """The host's span as a ``traceparent``."""
        ...


class Context(Protocol):
    """What the host tells a function of its invocation."""

    @property
    def invocation_id(self) -> str:
        """The host's id of it."""
        ...

    @property
    def trace_context(self) -> TraceContext:
        """The trace it belongs to."""
        ...


def http(
    method: str, path: str, parameters: Mapping[str, str], function: str, context: Context | None
) -> AbstractContextManager[Span]:
    """Return the span of a request; ``parameters`` are those of the route, by name."""
    if not telemetry.tells("TRACES"):
        return NOTHING
    route = template(path, parameters)
    attributes = _faas("http", function, context) | {"http.request.method": method, "http.route": route}
    return telemetry.span(f"{method} {route}", "server", attributes, parent=_host(context))


def measure(method: str, path: str, parameters: Mapping[str, str], status: int, seconds: float) -> None:
    """Take the time of a request that was answered."""
    if telemetry.tells("METRICS"):
        about: dict[str, Value] = {"http.request.method": method, "http.response.status_code": status}
        about["http.route"] = template(path, parameters)
        telemetry.measure("http.server.request.duration", seconds, about)


def told[**P, R](trigger: Trigger) -> Callable[[Callable[P, Awaitable[R]]], Callable[..., Awaitable[R]]]:
    """Wrap a function that is no HTTP trigger in a span of its own.

    It continues the trace in its first argument's ``traceparent``, where that is a mapping with one.
    """

    def decorate(function: Callable[P, Awaitable[R]]) -> Callable[..., Awaitable[R]]:
        name = function.__name__

        @wraps(function)
        async def run(*given: Any, context: Context | None = None, **named: Any) -> R:
            if not telemetry.tells("TRACES"):
                return await function(*given, **named)
            parent = _carried([*given, *named.values()]) or _host(context)
            with telemetry.span(name, "consumer", _faas(trigger, name, context), parent=parent):
                return await function(*given, **named)

        with_context(run, inspect.signature(function))
        return run

    return decorate


def with_context(wrapper: Callable[..., Any], shown: inspect.Signature) -> None:
    """Let ``wrapper`` show the worker ``shown`` and ``context``, which the worker fills unbound."""
    parameters = [*shown.parameters.values(), inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY)]
    wrapper.__signature__ = shown.replace(parameters=parameters)  # type: ignore[attr-defined]  # read by inspect.signature


def template(path: str, parameters: Mapping[str, str]) -> str:
    """Return ``path`` with the values of its route parameters replaced by their names.

    What is not found in it is a value written another way: no part of such a path is shown.
    """
    path = unquote(path)
    for name, value in parameters.items():
        before, found, after = f"{path}/".partition(f"/{value}/")
        if not (value and found):
            return "/" + "/".join(f"{{{name}}}" for name in parameters)
        path = f"{before}/{{{name}}}/{after}".rstrip("/")
    return path


def _faas(trigger: str, function: str, context: Context | None) -> dict[str, Value]:
    cold, _cold[0] = _cold[0], False
    attributes: dict[str, Value] = {"faas.trigger": trigger, "faas.name": function, "faas.coldstart": cold}
    return attributes if context is None else attributes | {"faas.invocation_id": context.invocation_id}


def _host(context: Context | None) -> str | None:
    return (context.trace_context.trace_parent or None) if context is not None else None


def _carried(given: list[Any]) -> str | None:
    carriers = (value.get("traceparent") for value in given if isinstance(value, Mapping))
    return next((carrier for carrier in carriers if carrier), None)
