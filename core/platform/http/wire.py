"""Headers every answer carries: identity of the request, security, and CORS for known web origins."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from core.platform import telemetry
from core.platform.errors import HeadersTooLarge
from core.platform.http.call import Headers

SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "Cross-Origin-Resource-Policy": "same-site",
    "Cache-Control": "no-store",
}

REQUEST_ID = "X-Request-Id"
"""What an answer, and what is logged of it, is told apart by."""

EXPOSED = (
    f"ETag, Location, Retry-After, {REQUEST_ID}, Idempotent-Replayed, Content-Range, Content-Disposition, "
    "X-Image-Id, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Deprecation, Sunset, Link"
)
ALLOWED = (
    "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID, "
    f"Range, X-Api-Key, {REQUEST_ID}, traceparent"
)
METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"

HEADERS_LIMIT = 16_384
"""Most bytes of all headers together; the platform's own limit is 32 KiB."""

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


def check_size(headers: Headers) -> None:
    """Refuse headers that no client of ours needs; they would only be copied around.

    Raises:
        HeadersTooLarge: together they are longer than ``HEADERS_LIMIT``.
    """
    size = sum(len(name) + len(value) for name, value in headers.items())
    if size > HEADERS_LIMIT:
        raise HeadersTooLarge(f"The headers have {size} bytes; at most {HEADERS_LIMIT} are read.")


def request_id(headers: Headers) -> str:
    """Return the caller's ``X-Request-Id`` where it is a plain token, else a new one."""
    sent = headers.get("x-request-id", "")
    return sent if _REQUEST_ID.fullmatch(sent) else os.urandom(16).hex()


def trace_id(headers: Headers) -> str:
    """Return the trace id: the current span's, else of ``traceparent`` (W3C Trace Context), else a new one.

    It has 32 hex digits.
    """
    found = _TRACEPARENT.fullmatch(telemetry.traceparent() or headers.get("traceparent", ""))
    return found[1] if found else os.urandom(16).hex()


def rate_limit(limit: int, remaining: int, reset: int) -> Mapping[str, str]:
    """Return the ``RateLimit-*`` headers (draft-ietf-httpapi-ratelimit-headers-07); ``reset`` in seconds."""
    return {
        "RateLimit-Limit": str(limit),
        "RateLimit-Remaining": str(remaining),
        "RateLimit-Reset": str(reset),
    }


def cors(headers: Headers) -> Mapping[str, str]:
    """Return the CORS headers of an answer: only for an ``Origin`` that is configured, letter for letter.

    ``Vary`` is there even where no page asked (Fetch standard, CORS protocol and HTTP caches): a shared cache
    would give a page what it kept without the rest.
    """
    origin = headers.get("origin")
    if origin is None:
        return {"Vary": "Origin"}
    from core.platform import settings

    if origin not in settings.get(settings.RuntimeSettings).cors_allowed_origins:
        return {"Vary": "Origin"}
    return shared_with(origin)


def shared_with(origin: str) -> Mapping[str, str]:
    """Return what lets a page of ``origin`` read an answer."""
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": EXPOSED,
        "Vary": "Origin",
    }


def preflight(headers: Headers) -> Mapping[str, str]:
    """Return the headers that answer a CORS preflight (Fetch standard)."""
    allowed = cors(headers)
    if "Access-Control-Allow-Origin" not in allowed:
        return allowed
    return {
        **allowed,
        "Access-Control-Allow-Methods": METHODS,
        "Access-Control-Allow-Headers": ALLOWED,
        "Access-Control-Max-Age": "7200",
    }
