"""The one place where an HTTP trigger becomes a validated call and its outcome an answer.

The function worker inspects a function's signature, so the wrapper shows it exactly the declared bindings:
``req``, and ``client`` where the handler takes a durable client.
"""

from __future__ import annotations

import inspect
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import azure.functions as func
from pydantic import BaseModel, ValidationError

from core.platform import invocations
from core.platform.errors import DomainError, FieldError, Invalid, Location
from core.platform.http import rating, wire
from core.platform.http.body import BodySpec, read_body
from core.platform.http.call import Authenticator, Call, Credentials, Headers, Principal
from core.platform.http.deprecation import Deprecated
from core.platform.http.problem import invalid, problem_reply
from core.platform.http.rating import Rate
from core.platform.http.reply import Reply
from core.platform.invocations import Context
from core.platform.telemetry import Span

if TYPE_CHECKING:
    from core.platform.rates import Standing

type Handler = Callable[..., Awaitable[Reply | BaseModel]]
type Returned = type[BaseModel] | str | tuple[type[BaseModel] | str, ...] | None
type Returns = Mapping[int, Returned]

KEY_LIMIT = 255
"""Longest ``Idempotency-Key``, in characters."""

_log = logging.getLogger("pluckit.http")


@dataclass(frozen=True, slots=True)
class EndpointSpec:
    """What an endpoint promises; the OpenAPI document is made from it."""

    auth: Authenticator
    body: BodySpec
    query: type[BaseModel] | None
    path: type[BaseModel] | None
    returns: Returns
    idempotent: bool
    rate: Rate | None
    problems: Sequence[type[DomainError]]
    follows: Sequence[str]
    samples: Mapping[str, str]
    deprecated: Deprecated | None
    handler: Handler

    @property
    def route(self) -> str:
        """A stable name of the operation, part of every effect's identity."""
        return self.handler.__name__


def endpoint(
    *,
    auth: Authenticator,
    body: BodySpec = None,
    query: type[BaseModel] | None = None,
    path: type[BaseModel] | None = None,
    returns: Returns,
    idempotent: bool = False,
    rate: Rate | None = None,
    problems: Sequence[type[DomainError]] = (),
    follows: Sequence[str] = (),
    samples: Mapping[str, str] | None = None,
    deprecated: Deprecated | None = None,
) -> Callable[[Handler], Callable[..., Awaitable[func.HttpResponse]]]:
    """Make a handler of ``Call`` a function of ``HttpRequest``.

    ``returns`` maps each success status to its model, its media type, several of them, or ``None`` for no
    body; ``rate`` is what a request counts as where it is limited; ``problems`` are the domain errors worth
    documenting. ``follows`` names the operations that make sense of this one, ``samples`` shows by media type
    what is no model.
    """

    def decorate(handler: Handler) -> Callable[..., Awaitable[func.HttpResponse]]:
        spec = EndpointSpec(
            *(auth, body, query, path, returns, idempotent, rate, problems),
            *(follows, samples or {}, deprecated, handler),
        )

        async def invoke(
            req: func.HttpRequest, context: Context | None = None, **bindings: Any
        ) -> func.HttpResponse:
            path, began = urlsplit(req.url).path, time.perf_counter()
            with invocations.http(req.method, path, req.route_params, spec.route, context) as span:
                response = await _invoke(spec, req, bindings)
                _tell(span, response.status_code)
            seconds = time.perf_counter() - began
            invocations.measure(req.method, path, req.route_params, response.status_code, seconds)
            return response

        return _shown_as(invoke, handler, spec)

    return decorate


def _tell(span: Span, status: int) -> None:
    span.set("http.response.status_code", status)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        span.fail(str(status))


def _shown_as(
    wrapper: Callable[..., Awaitable[func.HttpResponse]], handler: Handler, spec: EndpointSpec
) -> Callable[..., Awaitable[func.HttpResponse]]:
    bindings = list(inspect.signature(handler, eval_str=True).parameters.values())[1:]
    keyword = inspect.Parameter.KEYWORD_ONLY
    request = inspect.Parameter("req", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=func.HttpRequest)
    parameters = [request, *(binding.replace(kind=keyword) for binding in bindings)]
    wrapper.__name__ = handler.__name__
    wrapper.__qualname__ = handler.__qualname__
    wrapper.__module__ = handler.__module__
    wrapper.__doc__ = handler.__doc__
    wrapper.__annotations__ = {p.name: p.annotation for p in parameters} | {"return": func.HttpResponse}
    invocations.with_context(wrapper, inspect.Signature(parameters))
    wrapper.__endpoint__ = spec  # type: ignore[attr-defined]  # read by the OpenAPI document
    return wrapper


async def _invoke(
    spec: EndpointSpec, req: func.HttpRequest, bindings: Mapping[str, Any]
) -> func.HttpResponse:
    request_id, trace_id = wire.request_id(req.headers), wire.trace_id(req.headers)
    instance = urlsplit(req.url).path
    try:
        reply = await _answer(spec, req, bindings, request_id, trace_id)
    except DomainError as error:
        _log.info("%s: %s (%s)", spec.route, error.slug, type(error.__cause__ or error).__name__)
        reply = problem_reply(error, instance=instance, trace_id=trace_id)
    except Exception:  # noqa: BLE001 - the boundary: whatever it was is logged and answered as a problem
        _log.exception("%s failed, trace %s", spec.route, trace_id)
        unexpected = DomainError("It has been logged. Quote the trace id if you report it.")
        reply = problem_reply(unexpected, instance=instance, trace_id=trace_id)
    ending = {} if spec.deprecated is None else spec.deprecated.headers()
    return _response(reply, {"X-Request-Id": request_id, **wire.cors(req.headers), **ending})


async def _answer(
    spec: EndpointSpec, req: func.HttpRequest, bindings: Mapping[str, Any], request_id: str, trace_id: str
) -> Reply:
    wire.check_size(req.headers)
    credentials = Credentials(req.method, urlsplit(req.url).path, req.headers, req.params)
    principal = await spec.auth(credentials)
    standing = await _spend(spec, principal, req.headers)
    _check_key(req.headers.get("idempotency-key"))
    call: Call[Any, Any, Any] = Call(
        principal=principal,
        path=_model(spec.path, req.route_params, "path"),
        query=_model(spec.query, req.params, "query"),
        body=read_body(spec.body, req),
        method=req.method,
        url=req.url,
        route=spec.route,
        headers=req.headers,
        params=req.params,
        request_id=request_id,
        trace_id=trace_id,
    )
    reply = await _once(spec, call, bindings)
    if standing is None:
        return reply
    return reply.also(wire.rate_limit(standing.limit, standing.remaining, standing.reset))


async def _spend(spec: EndpointSpec, principal: Principal | None, headers: Headers) -> Standing | None:
    return None if spec.rate is None else await rating.spend(spec.rate, principal, headers)


async def _once(spec: EndpointSpec, call: Call[Any, Any, Any], bindings: Mapping[str, Any]) -> Reply:
    if spec.idempotent and call.idempotency_key is not None:
        from core.platform.http.replay import once

        return await once(call, lambda: _handle(spec, call, bindings))
    return await _handle(spec, call, bindings)


async def _handle(spec: EndpointSpec, call: Call[Any, Any, Any], bindings: Mapping[str, Any]) -> Reply:
    answered = await spec.handler(call, **bindings)
    return answered if isinstance(answered, Reply) else Reply.ok(answered)


def _model[M: BaseModel](kind: type[M] | None, values: Mapping[str, str], location: Location) -> M | None:
    if kind is None:
        return None
    try:
        return kind.model_validate(dict(values))
    except ValidationError as error:
        raise invalid(error, location) from None


def _check_key(key: str | None) -> None:
    if key is not None and not (0 < len(key) <= KEY_LIMIT and key.isprintable()):
        detail = f"Use 1 to {KEY_LIMIT} printable characters."
        raise Invalid(detail, errors=[FieldError("/idempotency-key", detail, "header")])


def _response(reply: Reply, extra: Mapping[str, str]) -> func.HttpResponse:
    content = reply.content()
    headers = {**wire.SECURITY, **extra, **reply.headers}
    if reply.body is not None:
        headers["Content-Type"] = reply.content_type
    return func.HttpResponse(content, status_code=reply.status, headers=headers, mimetype=reply.content_type)
