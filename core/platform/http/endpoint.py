"""Where an HTTP trigger becomes an endpoint: what it promises is said here, and read by its first call.

What names a model is a function (``returns=lambda: {200: vault.Item}``), and the models of path, query and
body are those of the handler's annotation, so that declaring a route loads no domain (ADR 0013).

The function worker inspects a function's signature, so the wrapper shows it exactly the declared bindings:
``req``, and ``client`` where the handler takes a durable client.
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, get_type_hints
from urllib.parse import urlsplit

import azure.functions as func

from core.platform import invocations
from core.platform.errors import DomainError
from core.platform.http.call import Authenticator, Upload
from core.platform.http.reply import Reply
from core.platform.invocations import Context

if TYPE_CHECKING:
    from pydantic import BaseModel

    from core.platform.http.deprecation import Deprecated
    from core.platform.http.rating import Rate
    from core.platform.http.spec import EndpointSpec, Returns

type Handler = Callable[..., Awaitable[Reply | BaseModel]]
type Endpoint = Callable[..., Awaitable[func.HttpResponse]]


def endpoint(
    *,
    auth: Callable[[], Authenticator],
    returns: Callable[[], Returns],
    upload: Callable[[], Upload] | None = None,
    idempotent: bool = False,
    rate: Rate | None = None,
    problems: Callable[[], Sequence[type[DomainError]]] = tuple,
    follows: Sequence[str] = (),
    samples: Callable[[], Mapping[str, str]] = dict,
    events: Callable[[], Mapping[str, type[BaseModel]]] = dict,
    sends: Sequence[str] = (),
    deprecated: Deprecated | None = None,
) -> Callable[[Handler], Endpoint]:
    """Make a handler of ``Call[Body, Query, Path]`` a function of ``HttpRequest``.

    ``returns`` maps each success status to its model, its media type, several of them, or ``None`` for no
    body. ``upload`` is the file that a body of ``Uploaded`` is; ``rate`` is what a request counts as where it
    is limited; ``problems`` are the domain errors worth documenting. ``follows`` names the operations that
    make sense of this one, ``samples`` shows by media type what is no model, ``events`` the data of an event
    stream's events by name. ``sends`` names the headers that its successes have of their own, besides those
    that follow from all this.
    """

    def decorate(handler: Handler) -> Endpoint:
        @cache
        def spec() -> EndpointSpec:
            from core.platform.http.spec import EndpointSpec

            return EndpointSpec(
                auth=auth(),
                call=_hints(handler, ["call"])["call"],
                upload=upload and upload(),
                returns=returns(),
                idempotent=idempotent,
                rate=rate,
                problems=problems(),
                follows=follows,
                samples=samples(),
                events=events(),
                sends=sends,
                deprecated=deprecated,
                handler=handler,
            )

        return _shown_as(_invoked(handler.__name__, spec), handler, spec)

    return decorate


def _invoked(route: str, spec: Callable[[], EndpointSpec]) -> Endpoint:
    async def invoke(
        req: func.HttpRequest, context: Context | None = None, **bindings: Any
    ) -> func.HttpResponse:
        from core.platform.http.answering import answer, tell

        path, began = urlsplit(req.url).path, time.perf_counter()
        with invocations.http(req.method, path, req.route_params, route, context) as span:
            response = await answer(spec(), req, bindings)
            tell(span, response.status_code)
        seconds = time.perf_counter() - began
        invocations.measure(req.method, path, req.route_params, response.status_code, seconds)
        return response

    return invoke


def _shown_as(wrapper: Endpoint, handler: Handler, spec: Callable[[], EndpointSpec]) -> Endpoint:
    bindings = list(inspect.signature(handler).parameters.values())[1:]
    hints = _hints(handler, [binding.name for binding in bindings])
    request = inspect.Parameter("req", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=func.HttpRequest)
    parameters = [request, *(_keyword(binding, hints[binding.name]) for binding in bindings)]
    wrapper.__name__ = handler.__name__
    wrapper.__qualname__ = handler.__qualname__
    wrapper.__module__ = handler.__module__
    wrapper.__doc__ = handler.__doc__
    wrapper.__annotations__ = {p.name: p.annotation for p in parameters} | {"return": func.HttpResponse}
    invocations.with_context(wrapper, inspect.Signature(parameters))
    wrapper.__endpoint__ = spec  # type: ignore[attr-defined]  # read by core.platform.http.routes
    return wrapper


def _keyword(parameter: inspect.Parameter, annotation: Any) -> inspect.Parameter:
    return parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=annotation)


def _hints(handler: Handler, names: Sequence[str]) -> dict[str, Any]:
    """Return what these parameters are annotated with, and evaluate no other annotation."""
    asked = SimpleNamespace(__annotations__={name: handler.__annotations__[name] for name in names})
    return get_type_hints(asked, globalns=getattr(handler, "__globals__", {}))
