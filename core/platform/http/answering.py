"""Where an invocation becomes a validated call, and its outcome an answer."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import azure.functions as func
from pydantic import BaseModel, ValidationError

from core.platform.errors import DomainError, FieldError, Invalid, Location
from core.platform.http import rating, wire
from core.platform.http.body import read_body
from core.platform.http.call import Call, Credentials, Headers, Principal
from core.platform.http.problem import invalid, problem_reply
from core.platform.http.reply import Reply
from core.platform.http.spec import EndpointSpec
from core.platform.telemetry import Span

if TYPE_CHECKING:
    from core.platform.rates import Standing

KEY_LIMIT = 255
"""Longest ``Idempotency-Key``, in characters."""

_log = logging.getLogger("pluckit.http")


async def answer(spec: EndpointSpec, req: func.HttpRequest, bindings: Mapping[str, Any]) -> func.HttpResponse:
    """Answer a request, whatever happens: what it asks for, or a problem document."""
    sent = Credentials(req.method, urlsplit(req.url).path, dict(req.headers), req.params)
    request_id, trace_id = wire.request_id(sent.headers), wire.trace_id(sent.headers)
    try:
        reply = await _answer(spec, req, sent, bindings, request_id, trace_id)
    except DomainError as error:
        _log.info("%s: %s (%s)", spec.route, error.slug, type(error.__cause__ or error).__name__)
        reply = problem_reply(error, instance=sent.path, trace_id=trace_id)
    except Exception:  # noqa: BLE001 - the boundary: whatever it was is logged and answered as a problem
        _log.exception("%s failed, trace %s", spec.route, trace_id)
        unexpected = DomainError("It has been logged. Quote the trace id if you report it.")
        reply = problem_reply(unexpected, instance=sent.path, trace_id=trace_id)
    ending = {} if spec.deprecated is None else spec.deprecated.headers()
    return _response(reply, {wire.REQUEST_ID: request_id, **wire.cors(sent.headers), **ending})


async def _answer(
    spec: EndpointSpec,
    req: func.HttpRequest,
    sent: Credentials,
    bindings: Mapping[str, Any],
    request_id: str,
    trace_id: str,
) -> Reply:
    wire.check_size(sent.headers)
    principal = await spec.auth(sent)
    standing = await _spend(spec, principal, sent.headers)
    _check_key(sent.headers.get("idempotency-key"))
    call: Call[Any, Any, Any] = Call(
        principal=principal,
        path=_model(spec.path, req.route_params, "path"),
        query=_model(spec.query, sent.params, "query"),
        body=read_body(spec.body, spec.upload, req),
        method=sent.method,
        url=req.url,
        route=spec.route,
        headers=sent.headers,
        params=sent.params,
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
    if "Vary" in extra and "Vary" in reply.headers:
        headers["Vary"] = ", ".join(dict.fromkeys([extra["Vary"], reply.headers["Vary"]]))
    if reply.body is not None:
        headers["Content-Type"] = reply.content_type
    return func.HttpResponse(content, status_code=reply.status, headers=headers, mimetype=reply.content_type)


def tell(span: Span, status: int) -> None:
    """Tell a request's span how it was answered."""
    span.set("http.response.status_code", status)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        span.fail(str(status))
