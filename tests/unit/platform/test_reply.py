"""What a handler answers: status, headers and bytes of each kind of reply, problems among them."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from core.platform import errors
from core.platform.errors import DomainError, FieldError
from core.platform.http import Reply
from core.platform.http.problem import CONTENT_TYPE, problem_reply
from core.platform.models import Wire


class Coat(Wire):
    name: str


COAT = Coat(name="Parka")
JSON = b'{"name":"Parka"}'


@pytest.mark.parametrize(
    ("made", "status", "headers", "content"),
    [
        (lambda: Reply.ok(COAT), 200, {}, JSON),
        (lambda: Reply.ok(COAT, etag="v1", headers={"X": "y"}), 200, {"X": "y", "ETag": '"v1"'}, JSON),
        (lambda: Reply.created(COAT, location="/c/7"), 201, {"Location": "/c/7"}, JSON),
        (
            lambda: Reply.created(COAT, location="/c", etag='"v"'),
            201,
            {"Location": "/c", "ETag": '"v"'},
            JSON,
        ),
        (lambda: Reply.accepted(COAT, location="/j"), 202, {"Location": "/j", "Retry-After": "1"}, JSON),
        (
            lambda: Reply.accepted(COAT, location="/j", retry_after=7),
            202,
            {"Location": "/j", "Retry-After": "7"},
            JSON,
        ),
        (lambda: Reply.no_content(), 204, {}, b""),
        (lambda: Reply.file(b"x", "image/png"), 200, {}, b"x"),
        (lambda: Reply.file(b"x", "image/png", status=206, headers={"X": "y"}), 206, {"X": "y"}, b"x"),
        (lambda: Reply(200, "é", content_type="text/plain"), 200, {}, b"\xc3\xa9"),
    ],
)
def test_a_reply_has_its_status_headers_and_bytes(
    made: Callable[[], Reply], status: int, headers: dict[str, str], content: bytes
) -> None:
    reply = made()
    assert (reply.status, reply.headers, reply.content()) == (status, headers, content)
    more = reply.also({"Vary": "Origin"})
    assert (more.headers, more.content()) == ({**headers, "Vary": "Origin"}, content)


def test_a_file_is_of_its_own_type_and_all_else_is_json() -> None:
    assert Reply.file(b"x", "image/png").content_type == "image/png"
    assert {r.content_type for r in (Reply.ok(COAT), Reply.created(COAT, location="/"))} == {
        "application/json"
    }


def method_not_allowed() -> DomainError:
    error = errors.MethodNotAllowed("No.")
    error.allow = "GET, POST"
    return error


@pytest.mark.parametrize(
    ("error", "headers"),
    [
        (errors.NotFound("No."), {}),
        (errors.Unavailable("No.", retry_after=0.1), {"Retry-After": "1"}),
        (errors.Unavailable("No.", retry_after=7), {"Retry-After": "7"}),
        (errors.Unauthenticated("No."), {"WWW-Authenticate": "Bearer"}),
        (method_not_allowed(), {"Allow": "GET, POST"}),
        (errors.RangeBeyondEnd(12), {"Content-Range": "bytes */12"}),
        (
            errors.RateLimited(30, 9),
            {
                "Retry-After": "9",
                "RateLimit-Limit": "30",
                "RateLimit-Remaining": "0",
                "RateLimit-Reset": "9",
            },
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_problem_has_the_headers_its_status_asks_for(error: DomainError, headers: dict[str, str]) -> None:
    reply = problem_reply(error, instance="/api/coats", trace_id="t")
    assert (reply.headers, reply.content_type) == (headers, CONTENT_TYPE)


def test_a_problem_says_all_that_the_error_knows() -> None:
    error = errors.Invalid("Check /name.", errors=[FieldError("/name", "Too long.", "query")])
    reply = problem_reply(error, instance="/api/coats", trace_id="t")
    assert json.loads(reply.content()) == {
        "type": "/problems/validation",
        "title": "Some values are not valid",
        "status": 422,
        "detail": "Check /name.",
        "instance": "/api/coats",
        "trace_id": "t",
        "errors": [{"pointer": "/name", "detail": "Too long.", "location": "query"}],
    }
