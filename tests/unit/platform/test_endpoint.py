"""The endpoint: what a request becomes, and what every outcome looks like on the wire."""

from __future__ import annotations

import inspect
import json
import logging
import typing
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import azure.functions as func
import pytest
from pydantic import Field

from core.platform import errors
from core.platform.errors import DomainError
from core.platform.http import Call, Credentials, Principal, Reply, Upload, endpoint
from core.platform.http.problem import STATUS
from core.platform.models import ListQuery, Wire


class Anyone:
    scheme = None

    async def __call__(self, request: Credentials) -> Principal | None:
        return None


class Signed:
    scheme = "accessToken"

    async def __call__(self, request: Credentials) -> Principal | None:
        if request.headers.get("authorization") != "Bearer good":
            raise errors.Unauthenticated("Send a good token.")
        return Principal("anna")


class Price(Wire):
    amount: Decimal = Field(ge=0)


class Coat(Wire):
    name: str = Field(max_length=20)
    price: Price | None = None


class CoatPath(Wire):
    coat_id: int


def request(
    method: str = "POST",
    path: str = "/api/coats",
    body: bytes | dict[str, Any] = b"",
    params: dict[str, str] | None = None,
    route: dict[str, str] | None = None,
    **headers: str,
) -> func.HttpRequest:
    if isinstance(body, dict):
        body, headers = json.dumps(body).encode(), {"content_type": "application/json", **headers}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return func.HttpRequest(
        method,
        f"http://localhost:7071{path}",
        headers=named,
        params=params,
        route_params=route,
        body=body,
    )


def answering(handler: Callable[[Call[Any, Any, Any]], Any], **declared: Any) -> Any:
    async def coats(call: Call) -> Reply:
        answered: Reply = handler(call)
        return answered

    return endpoint(**{"auth": Anyone(), "returns": {200: Coat}, **declared})(coats)


def problem(response: func.HttpResponse) -> dict[str, Any]:
    assert response.headers["Content-Type"] == "application/problem+json"
    document: dict[str, Any] = json.loads(response.get_body())
    assert document["status"] == response.status_code
    assert document["type"].startswith("/problems/")
    assert {"title", "detail", "instance", "trace_id", "errors"} <= document.keys()
    return document


async def test_a_valid_call_reaches_the_handler_typed() -> None:
    seen: list[Call[Any, Any, Any]] = []

    def handler(call: Call[Any, Any, Any]) -> Reply:
        seen.append(call)
        return Reply.created(call.body, location="/api/coats/7", etag="v1")

    wrapped = answering(handler, auth=Signed(), body=Coat, query=ListQuery, path=CoatPath)
    response = await wrapped(
        request(
            body={"name": "Parka", "price": {"amount": "79.90"}},
            params={"limit": "5"},
            route={"coat_id": "7"},
            authorization="Bearer good",
        )
    )
    assert response.status_code == 201
    assert json.loads(response.get_body()) == {"name": "Parka", "price": {"amount": "79.90"}}
    assert response.headers["Location"] == "/api/coats/7"
    assert response.headers["ETag"] == '"v1"'
    [call] = seen
    assert (call.user, call.query.limit, call.path.coat_id) == ("anna", 5, 7)


async def test_a_model_is_an_answer() -> None:
    async def coats(call: Call) -> Coat:
        return Coat(name="Parka")

    wrapped = endpoint(auth=Anyone(), returns={200: Coat})(coats)
    response = await wrapped(request())
    assert (response.status_code, json.loads(response.get_body())["name"]) == (200, "Parka")


@pytest.mark.parametrize(
    ("body", "headers", "status", "pointer"),
    [
        ({"name": 7}, {}, 422, "/name"),
        ({"name": "x" * 21}, {}, 422, "/name"),
        ({}, {}, 422, "/name"),
        ({"name": "a", "nam~e/x": 1}, {}, 422, "/nam~0e~1x"),
        ({"name": "a", "price": {"amount": "-1"}}, {}, 422, "/price/amount"),
        ({"name": "a", "price": {"amount": "NaN"}}, {}, 422, "/price/amount"),
        (b"{", {"content_type": "application/json"}, 400, None),
        (b"\xff\xfe", {"content_type": "application/json"}, 400, None),
        (b"name=a", {"content_type": "application/x-www-form-urlencoded"}, 415, None),
        (b'{"name": "' + b"x" * 1_000_001 + b'"}', {"content_type": "application/json"}, 413, None),
    ],
)
async def test_a_bad_body_is_a_problem_that_names_the_field(
    body: Any, headers: dict[str, str], status: int, pointer: str | None
) -> None:
    wrapped = answering(lambda call: Reply.ok(call.body), body=Coat)
    found = problem(await wrapped(request(body=body, **headers)))
    assert found["status"] == status
    assert pointer in [None, *(e["pointer"] for e in found["errors"])]
    assert not pointer or found["errors"][0]["location"] == "body"


async def test_an_unknown_query_parameter_is_refused() -> None:
    wrapped = answering(lambda call: Reply.no_content(), query=ListQuery)
    found = problem(await wrapped(request("GET", params={"limti": "5"})))
    assert found["errors"] == [
        {"pointer": "/limti", "detail": "There is no such field.", "location": "query"}
    ]


async def test_a_stranger_is_asked_to_sign_in_before_the_body_is_read() -> None:
    wrapped = answering(lambda call: Reply.no_content(), auth=Signed(), body=Coat)
    response = await wrapped(request(body={"name": 7}))
    assert problem(response)["status"] == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"


def raising(error: BaseException) -> Any:
    def handler(call: Call) -> Reply:
        raise error

    return answering(handler)


@pytest.mark.parametrize(("family", "status"), STATUS.items(), ids=lambda value: str(value))
async def test_each_family_has_its_status_and_subclasses_inherit_it(
    family: type[DomainError], status: int
) -> None:
    special = type("Special", (family,), {"slug": "special", "title": "Special"})
    said: Any = 12 if issubclass(special, errors.RangeBeyondEnd) else "Only 12 bytes."
    found = problem(await raising(special(said))(request()))
    assert (found["status"], found["type"]) == (status, "/problems/special")
    assert "12 bytes" in found["detail"]


async def test_unavailable_says_when_to_come_back() -> None:
    response = await raising(errors.Unavailable("Down.", retry_after=2.2))(request())
    assert response.headers["Retry-After"] == "3"


async def test_an_unexpected_error_shows_nothing_of_itself(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        response = await raising(ValueError("secret-connection-string"))(request())
    found = problem(response)
    assert found["status"] == 500
    assert b"secret-connection-string" not in response.get_body()
    assert b"Traceback" not in response.get_body()
    assert found["trace_id"] in caplog.text
    assert "secret-connection-string" in caplog.text


async def test_trace_and_request_ids_are_the_callers() -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    response = await raising(errors.NotFound("No."))(
        request(traceparent=f"00-{trace}-00f067aa0ba902b7-01", x_request_id="req-1")
    )
    assert problem(response)["trace_id"] == trace
    assert response.headers["X-Request-Id"] == "req-1"


@pytest.mark.parametrize("sent", ["", "a b", "x" * 65, "a\r\nSet-Cookie: x=1", "<script>"])
async def test_a_strange_request_id_is_replaced(sent: str) -> None:
    response = await answering(lambda call: Reply.no_content())(request(x_request_id=sent))
    assert len(response.headers["X-Request-Id"]) == 36


async def test_every_answer_carries_the_security_headers() -> None:
    ok = await answering(lambda call: Reply.no_content())(request())
    failed = await raising(errors.NotFound("No."))(request())
    for response in (ok, failed):
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]


async def test_a_handler_may_set_its_own_caching() -> None:
    response = await answering(
        lambda call: Reply.file(b"x", "image/png", headers={"Cache-Control": "private"})
    )(request())
    assert response.headers["Cache-Control"] == "private"
    assert response.headers["Content-Type"] == "image/png"


UPLOAD = Upload(field="image", types=("image/png",), max_bytes=10)


def multipart(name: str, data: bytes, boundary: str = "b") -> tuple[bytes, str]:
    disposition = f'Content-Disposition: form-data; name="{name}"; filename="x.png"'
    body = f"--b\r\n{disposition}\r\nContent-Type: image/png\r\n\r\n".encode() + data + b"\r\n--b--\r\n"
    return body, f"multipart/form-data; boundary={boundary}"


async def test_a_file_may_come_raw_or_in_a_form() -> None:
    wrapped = answering(lambda call: Reply.file(call.body.data, "text/plain"), body=UPLOAD)
    raw = await wrapped(request(body=b"abc", content_type="image/png"))
    form, content_type = multipart("image", b"abc")
    sent = await wrapped(request(body=form, content_type=content_type))
    assert raw.get_body() == sent.get_body() == b"abc"


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"", "image/png", 422),
        (b"x" * 11, "image/png", 413),
        (multipart("image", b"")[0], "multipart/form-data; boundary=b", 422),
        (multipart("image", b"x" * 11)[0], "multipart/form-data; boundary=b", 413),
        (b"x" * 20_000, "image/png", 413),
        (multipart("picture", b"abc")[0], "multipart/form-data; boundary=b", 422),
        (multipart("image", b"abc")[0], "multipart/form-data; boundary=other", 422),
        (multipart("image", b"abc")[0], "multipart/form-data", 422),
        (b"{}", "application/json", 415),
    ],
)
async def test_a_bad_upload_names_field_or_limit(body: bytes, content_type: str, status: int) -> None:
    wrapped = answering(lambda call: Reply.no_content(), body=UPLOAD)
    found = problem(await wrapped(request(body=body, content_type=content_type)))
    assert found["status"] == status
    assert "image" in found["detail"] or "10" in found["detail"]


async def test_a_body_may_be_json_or_a_file() -> None:
    wrapped = answering(
        lambda call: Reply.file(type(call.body).__name__.encode(), "text/plain"), body=(Coat, UPLOAD)
    )
    assert (await wrapped(request(body={"name": "a"}))).get_body() == b"Coat"
    assert (await wrapped(request(body=b"abc", content_type="image/png"))).get_body() == b"Uploaded"


async def test_no_body_is_an_empty_object_whatever_type_a_client_adds_to_it() -> None:
    wrapped = answering(lambda call: Reply.ok(call.body), body=ListQuery)
    for content_type in ("", "application/octet-stream", "application/json"):
        response = await wrapped(request(content_type=content_type))
        assert json.loads(response.get_body())["limit"] == 20


@pytest.mark.parametrize("key", ["", "x" * 256, "a\x00b"])
async def test_a_bad_idempotency_key_is_refused(key: str) -> None:
    found = problem(await answering(lambda call: Reply.no_content())(request(idempotency_key=key)))
    assert found["errors"][0] == {
        "pointer": "/idempotency-key",
        "detail": "Use 1 to 255 printable characters.",
        "location": "header",
    }


def test_the_worker_sees_only_declared_bindings() -> None:
    async def plain(call: Call) -> Reply:
        """Say something."""
        return Reply.no_content()

    async def durable(call: Call, client: str) -> Reply:
        return Reply.no_content()

    shown = endpoint(auth=Anyone(), returns={204: None})(plain)
    assert list(inspect.signature(shown).parameters) == ["req", "context"]
    assert typing.get_type_hints(shown) == {"req": func.HttpRequest, "return": func.HttpResponse}
    assert (shown.__name__, shown.__doc__) == ("plain", "Say something.")
    bound = endpoint(auth=Anyone(), returns={204: None})(durable)
    assert list(inspect.signature(bound).parameters) == ["req", "client", "context"]
    assert typing.get_type_hints(bound)["client"] is str


async def test_a_durable_client_is_passed_on() -> None:
    async def start(call: Call, client: str) -> Reply:
        return Reply.file(client.encode(), "text/plain")

    wrapped: Any = endpoint(auth=Anyone(), returns={200: "text/plain"})(start)
    assert (await wrapped(request(), client="the hub")).get_body() == b"the hub"


@pytest.fixture
def web_origin(monkeypatch: pytest.MonkeyPatch) -> str:
    from core.platform import settings

    monkeypatch.setenv("CORS_ALLOWED_ORIGINS", "https://app.example.org, http://localhost:3000")
    settings.get.cache_clear()
    return "https://app.example.org"


async def test_cors_names_a_known_origin_and_no_other(web_origin: str) -> None:
    wrapped = answering(lambda call: Reply.no_content())
    known = await wrapped(request(origin=web_origin))
    assert known.headers["Access-Control-Allow-Origin"] == web_origin
    for stranger in ("https://evil.example.org", f"{web_origin}.evil.org", "null", web_origin.upper()):
        response = await wrapped(request(origin=stranger))
        assert "Access-Control-Allow-Origin" not in response.headers
        assert response.headers["Vary"] == "Origin"


async def test_headers_that_no_client_needs_are_refused_before_anything_else() -> None:
    response = await answering(lambda call: Reply(204), auth=Signed())(request(x_trail="a" * 17_000))
    assert response.status_code == 431
    assert problem(response)["type"] == "/problems/headers-too-large"


@pytest.mark.parametrize(
    "nested", [b"[" * 100_000, b'{"name":' * 50_000, b'{"name": ' + b"[" * 300 + b"]" * 300 + b"}"]
)
async def test_json_nested_too_deep_is_malformed_whatever_it_would_be(nested: bytes) -> None:
    sent = request(body=nested, content_type="application/json")
    response = await answering(lambda call: Reply(204), body=Coat)(sent)
    assert response.status_code == 400
    assert "recursion limit" in problem(response)["detail"]
