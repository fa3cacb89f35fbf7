"""The headers that a request may have: which an operation reads follows from what it may answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from core.platform.errors import StaleVersion
from core.platform.http.answering import KEY_LIMIT
from core.platform.http.routes import Route

_TEXT = {"type": "string"}
_LEFT_OUT = "It stands for what an answer before said."

_HEADERS: Mapping[str, dict[str, Any]] = {
    "Idempotency-Key": {
        "example": "6f2d1dee-4096-4bb6-a83a-7c1bc71563c8",
        "schema": {"type": "string", "minLength": 1, "maxLength": KEY_LIMIT},
    },
    "If-Match": {
        "description": "The `ETag` of the version you mean to change: 412 where it is no longer the one.",
        "schema": _TEXT,
        "x-left-out": _LEFT_OUT,
    },
    "If-None-Match": {
        "description": "The `ETag` of the version you have: 304 where it still is the one.",
        "schema": _TEXT,
        "x-left-out": _LEFT_OUT,
    },
    "Range": {
        "description": "One range of bytes, which 206 answers; what is none is ignored (RFC 9110, 14.2).",
        "schema": _TEXT,
        "x-left-out": "The answer would be a part, the example is the whole.",
    },
    "If-Range": {
        "description": "The `ETag` of the version that the range is of: all of it where there is another.",
        "schema": _TEXT,
        "x-left-out": _LEFT_OUT,
    },
    "Last-Event-ID": {
        "description": "The `id` of the last event that was read; what comes after it is answered.",
        "schema": {"type": "string", "pattern": r"^[0-9]{1,15}$"},
        "x-left-out": _LEFT_OUT,
    },
}


def parameters(route: Route) -> Iterator[dict[str, Any]]:
    """Yield each header that the operation reads, as a parameter."""
    for name in _read(route):
        yield {"name": name, "in": "header", "required": False, **_HEADERS[name]}


def _read(route: Route) -> Iterator[str]:
    spec = route.spec
    if spec.idempotent:
        yield "Idempotency-Key"
    if any(issubclass(error, StaleVersion) for error in spec.problems):
        yield "If-Match"
    if 304 in spec.returns:
        yield "If-None-Match"
    if 206 in spec.returns:
        yield from ("Range", "If-Range")
    if spec.events and "GET" in route.methods:
        yield "Last-Event-ID"
