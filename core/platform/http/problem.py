"""Every failure becomes a problem document (RFC 9457); no trace, SDK message or secret leaves the app."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from core.platform import errors
from core.platform.errors import DomainError, FieldError, Location
from core.platform.http.reply import Reply
from core.platform.http.wire import rate_limit

STATUS: Mapping[type[DomainError], int] = {
    errors.Malformed: 400,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.MethodNotAllowed: 405,
    errors.Conflict: 409,
    errors.Gone: 410,
    errors.StaleVersion: 412,
    errors.TooLarge: 413,
    errors.UnsupportedMedia: 415,
    errors.RangeBeyondEnd: 416,
    errors.Invalid: 422,
    errors.TooManyRequests: 429,
    errors.HeadersTooLarge: 431,
    errors.DomainError: 500,
    errors.BadUpstream: 502,
    errors.Unavailable: 503,
}

CONTENT_TYPE = "application/problem+json"

_PYTHONS_DAY = re.compile(r"datetime\.date\((\d+), (\d+), (\d+)\)")
"""How pydantic writes a bound that is a day, where a validator of ours stands before it."""


class ProblemError(BaseModel):
    """One thing wrong with the request; ``pointer`` is a JSON pointer into ``location``."""

    model_config = ConfigDict(defer_build=True)

    pointer: str
    detail: str
    location: Location


class Problem(BaseModel):
    """An RFC 9457 problem document."""

    model_config = ConfigDict(defer_build=True)

    type: str
    title: str
    status: int
    detail: str
    instance: str
    trace_id: str
    errors: list[ProblemError] = Field(default_factory=list)


def status_of(error: type[DomainError]) -> int:
    """Return the status of an error class: that of the nearest family it descends from."""
    return next(STATUS[family] for family in error.__mro__ if family in STATUS)


def problem_reply(error: DomainError, *, instance: str, trace_id: str) -> Reply:
    """Return ``error`` as a problem document about ``instance`` (the request's path)."""
    status = status_of(type(error))
    problem = Problem(
        type=f"/problems/{error.slug}",
        title=error.title,
        status=status,
        detail=error.detail,
        instance=instance,
        trace_id=trace_id,
        errors=[ProblemError(pointer=e.pointer, detail=e.detail, location=e.location) for e in error.errors],
    )
    return Reply(status, problem, _headers(error), CONTENT_TYPE)


def invalid(error: ValidationError, location: Location) -> DomainError:
    """Return what pydantic found wrong as ``Invalid``, or ``Malformed`` where the JSON itself is broken."""
    found = error.errors(include_url=False)
    if found[0]["type"] == "json_invalid":
        return errors.Malformed(
            f"The body is not JSON: {found[0].get('ctx', {}).get('error', 'unreadable')}."
        )
    fields = [FieldError(_pointer(e["loc"]), _message(e), location) for e in found[:50]]
    named = ", ".join(field.pointer or "/" for field in fields[:5])
    return errors.Invalid(f"Check {named} in the {location}.", errors=fields)


def _headers(error: DomainError) -> dict[str, str]:
    headers = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(max(1, math.ceil(error.retry_after)))
    if isinstance(error, errors.Unauthenticated):
        headers["WWW-Authenticate"] = error.challenge
    if isinstance(error, errors.MethodNotAllowed):
        headers["Allow"] = error.allow
    if isinstance(error, errors.RateLimited):
        headers |= rate_limit(error.limit, 0, error.reset)
    if isinstance(error, errors.RangeBeyondEnd):
        headers["Content-Range"] = f"bytes */{error.size}"
    return headers


def _pointer(loc: tuple[int | str, ...]) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in loc)


def _message(error: ErrorDetails) -> str:
    if error["type"] == "extra_forbidden":
        return "There is no such field."
    message = error["msg"].removeprefix("Value error, ")
    message = _PYTHONS_DAY.sub(lambda day: date(*map(int, day.groups())).isoformat(), message)
    if error["type"] in {"too_long", "too_short"} and isinstance(error["input"], str):
        return message.replace("item", "character")
    return message
