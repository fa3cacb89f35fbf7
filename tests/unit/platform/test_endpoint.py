"""The endpoint: what a request becomes, and what every outcome looks like on the wire."""

from __future__ import annotations

import inspect
import json
import logging
import re
import typing
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import azure.functions as func
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from core.platform import errors, invocations
from core.platform.errors import DomainError
from core.platform.http import Call, Credentials, Principal, Reply, Upload, Uploaded, endpoint, rating, wire
from core.platform.http.body import JSON_LIMIT
from core.platform.http.problem import STATUS
from core.platform.http.wire import ALLOWED, EXPOSED, HEADERS_LIMIT, METHODS
from core.platform.models import ListQuery, Wire
from core.platform.rates import Standing


class Anyone:
    scheme: str | None = None
    roles: Sequence[str] = ()
    problems: Sequence[type[DomainError]] = ()

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


def answering(
    handler: Callable[[Call[Any, Any, Any]], Any],
    *,
    body: Any = None,
    query: type[Wire] | None = None,
    path: type[Wire] | None = None,
    upload: Upload | None = None,
    **declared: Any,
) -> Any:
    async def coats(call: Any) -> Reply:
        answered: Reply = handler(call)
        return answered

    coats.__annotations__["call"] = Call[body, query, path]  # type: ignore[valid-type]  # made as it runs
    if upload is not None:
        declared["upload"] = lambda: upload
    return endpoint(**{"auth": Anyone, "returns": lambda: {200: Coat}, **declared})(coats)


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

    wrapped = answering(handler, auth=Signed, body=Coat, query=ListQuery, path=CoatPath)
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

    wrapped = endpoint(auth=Anyone, returns=lambda: {200: Coat})(coats)
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
    body: Any, headers: dict[str, Any], status: int, pointer: str | None
) -> None:
    wrapped = answering(lambda call: Reply.ok(call.body), body=Coat)
    found = problem(await wrapped(request(body=body, **headers)))
    assert found["status"] == status
    assert pointer in [None, *(e["pointer"] for e in found["errors"])]
    assert not pointer or found["errors"][0]["location"] == "body"


async def test_a_number_in_json_is_a_number_and_in_a_query_a_text() -> None:
    body = answering(lambda call: Reply.no_content(), body=ListQuery)
    query = answering(lambda call: Reply.no_content(), query=ListQuery)
    assert (await body(request(body={"limit": 5}))).status_code == 204
    assert (await body(request(body={"limit": "5"}))).status_code == 422
    assert (await query(request(params={"limit": "5"}))).status_code == 204


async def test_an_unknown_query_parameter_is_refused() -> None:
    wrapped = answering(lambda call: Reply.no_content(), query=ListQuery)
    found = problem(await wrapped(request("GET", params={"limti": "5"})))
    assert found["errors"] == [
        {"pointer": "/limti", "detail": "There is no such field.", "location": "query"}
    ]


async def test_a_stranger_is_asked_to_sign_in_before_the_body_is_read() -> None:
    wrapped = answering(lambda call: Reply.no_content(), auth=Signed, body=Coat)
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
    assert re.fullmatch("[0-9a-f]{32}", response.headers["X-Request-Id"])


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
    wrapped = answering(lambda call: Reply.file(call.body.data, "text/plain"), body=Uploaded, upload=UPLOAD)
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
        (multipart("image", b"abc")[0], "multipart/form-data; boundary=é", 422),
        (multipart("image", b"abc")[0], "multipart/form-data; boundary*=utf-8''%E2", 422),
        (b"{}", "application/json", 415),
    ],
)
async def test_a_bad_upload_names_field_or_limit(body: bytes, content_type: str, status: int) -> None:
    wrapped = answering(lambda call: Reply.no_content(), body=Uploaded, upload=UPLOAD)
    found = problem(await wrapped(request(body=body, content_type=content_type)))
    assert found["status"] == status
    assert "image" in found["detail"] or "10" in found["detail"]


async def test_a_file_is_known_by_what_its_client_says_of_it() -> None:
    seen: list[Uploaded] = []

    def keep(call: Call[Any, Any, Any]) -> Reply:
        seen.append(call.body)
        return Reply.no_content()

    wrapped = answering(keep, body=Uploaded, upload=UPLOAD)
    await wrapped(request(body=b"0123456789", content_type="Image/PNG; q=1"))
    form, content_type = multipart("image", b"0123456789")
    await wrapped(request(body=form, content_type=content_type))
    await wrapped(request(body=b"abc"))
    assert seen == [
        Uploaded(b"0123456789", None, "image/png"),
        Uploaded(b"0123456789", "x.png", "image/png"),
        Uploaded(b"abc", None, ""),
    ]


@pytest.mark.parametrize(
    ("declared", "sent", "detail"),
    [
        ({"body": Coat}, "text/plain", "Send application/json; this was text/plain."),
        (
            {"body": Uploaded, "upload": UPLOAD},
            "application/json",
            "Send multipart/form-data or image/png; this was application/json.",
        ),
    ],
)
async def test_what_cannot_be_read_says_what_can(declared: dict[str, Any], sent: str, detail: str) -> None:
    wrapped = answering(lambda call: Reply.no_content(), **declared)
    found = problem(await wrapped(request(body=b"{}", content_type=sent)))
    assert (found["status"], found["detail"]) == (415, detail)


async def test_json_is_read_up_to_its_limit_under_any_of_its_names() -> None:
    wrapped = answering(lambda call: Reply.no_content(), body=Coat)
    body = b'{"name": "a"}'
    for content_type in (
        "application/json",
        "application/merge-patch+json; charset=utf-8",
        "APPLICATION/JSON",
    ):
        whole = body + b" " * (JSON_LIMIT - len(body))
        assert (await wrapped(request(body=whole, content_type=content_type))).status_code == 204
        assert (await wrapped(request(body=whole + b" ", content_type=content_type))).status_code == 413


async def test_a_handler_is_told_how_it_was_called() -> None:
    seen: list[Call[Any, Any, Any]] = []

    def keep(call: Call[Any, Any, Any]) -> Reply:
        seen.append(call)
        return Reply.no_content()

    sent = request("PUT", "/api/coats?limit=5", params={"limit": "5"}, x_request_id="req-1")
    response = await answering(keep)(sent)
    [call] = seen
    assert (call.method, call.url, call.route) == ("PUT", sent.url, "coats")
    assert (call.params, call.headers) == ({"limit": "5"}, sent.headers)
    assert (call.principal, call.body, call.query, call.path) == (None, None, None, None)
    assert response.headers["X-Request-Id"] == call.request_id == "req-1"
    assert re.fullmatch("[0-9a-f]{32}", call.trace_id)


async def test_an_authenticator_is_shown_the_request_without_its_body() -> None:
    shown: list[Credentials] = []

    class Looks(Anyone):
        async def __call__(self, request: Credentials) -> None:
            shown.append(request)

    sent = request("GET", "/api/coats?exp=1", params={"exp": "1"}, authorization="Bearer good")
    await answering(lambda call: Reply.no_content(), auth=Looks)(sent)
    assert shown == [Credentials("GET", "/api/coats", sent.headers, {"exp": "1"})]


async def test_what_is_wrong_with_path_or_query_is_told_as_such() -> None:
    wrapped = answering(lambda call: Reply.no_content(), path=CoatPath, query=ListQuery)
    for sent, pointer, where in (
        (request(route={"coat_id": "x"}), "/coat_id", "path"),
        (request(route={"coat_id": "1"}, params={"limit": "x"}), "/limit", "query"),
    ):
        found = problem(await wrapped(sent))
        assert found["status"] == 422
        assert [(e["pointer"], e["location"]) for e in found["errors"]] == [(pointer, where)]
        assert found["detail"] == f"Check {pointer} in the {where}."
        assert found["instance"] == "/api/coats"


async def test_a_limited_route_tells_how_the_caller_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    async def spend(*given: Any) -> Standing | None:
        asked.append(given)
        return next(standings)

    standings = iter([Standing(30, 29, 9), None])
    monkeypatch.setattr(rating, "spend", spend)
    wrapped = answering(lambda call: Reply.no_content(), auth=Signed, rate="model")
    sent = request(authorization="Bearer good")
    told, untold = await wrapped(sent), await wrapped(sent)
    assert {name: told.headers.get(name) for name in RATES} == dict(
        zip(RATES, ("30", "29", "9"), strict=True)
    )
    assert not any(name in untold.headers for name in RATES)
    assert asked == [("model", Principal("anna"), sent.headers)] * 2
    assert "RateLimit-Limit" not in (await answering(lambda call: Reply.no_content())(sent)).headers


RATES = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")


class Recorded:
    """Stands in for telemetry: what an invocation told of itself."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun: list[Any] = []
        self.told: dict[str, Any] = {}
        self.failed: list[str] = []
        self.measured: list[Any] = []
        monkeypatch.setattr(invocations, "http", self.http)
        monkeypatch.setattr(invocations, "measure", lambda *given: self.measured.append(given))

    @contextmanager
    def http(self, *given: Any) -> Iterator[Any]:
        self.begun.append(given)
        yield self

    def set(self, name: str, value: Any) -> None:
        self.told[name] = value

    def fail(self, why: str) -> None:
        self.failed.append(why)


@pytest.mark.parametrize(
    ("error", "status", "failed"),
    [(None, 204, []), (errors.NotFound("No."), 404, []), (errors.DomainError("No."), 500, ["500"])],
)
async def test_an_invocation_is_told_with_its_route_its_status_and_how_long_it_took(
    monkeypatch: pytest.MonkeyPatch, error: DomainError | None, status: int, failed: list[str]
) -> None:
    recorded, sent = Recorded(monkeypatch), request("GET", "/api/coats?limit=1", route={"coat_id": "7"})
    wrapped = raising(error) if error else answering(lambda call: Reply.no_content())
    await wrapped(sent)
    assert recorded.begun == [("GET", "/api/coats", {"coat_id": "7"}, "coats", None)]
    assert (recorded.told, recorded.failed) == ({"http.response.status_code": status}, failed)
    [(*known, seconds)] = recorded.measured
    assert known == ["GET", "/api/coats", {"coat_id": "7"}, status]
    assert 0 <= seconds < 60


async def test_a_body_may_be_json_or_a_file() -> None:
    wrapped = answering(
        lambda call: Reply.file(type(call.body).__name__.encode(), "text/plain"),
        body=Coat | Uploaded,
        upload=UPLOAD,
    )
    assert (await wrapped(request(body={"name": "a"}))).get_body() == b"Coat"
    assert (await wrapped(request(body=b"abc", content_type="image/png"))).get_body() == b"Uploaded"


async def test_no_body_is_an_empty_object_whatever_type_a_client_adds_to_it() -> None:
    wrapped = answering(lambda call: Reply.ok(call.body), body=ListQuery)
    for content_type in ("", "application/octet-stream", "application/json"):
        response = await wrapped(request(content_type=content_type))
        assert json.loads(response.get_body())["limit"] == 20


@pytest.mark.parametrize("key", ["x", "x" * 255, "a b"])
async def test_a_printable_idempotency_key_of_any_kind_will_do(key: str) -> None:
    response = await answering(lambda call: Reply.no_content())(request(idempotency_key=key))
    assert response.status_code == 204


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

    shown = endpoint(auth=Anyone, returns=lambda: {204: None})(plain)
    assert list(inspect.signature(shown).parameters) == ["req", "context"]
    assert typing.get_type_hints(shown) == {"req": func.HttpRequest, "return": func.HttpResponse}
    assert (shown.__name__, shown.__doc__) == ("plain", "Say something.")
    bound = endpoint(auth=Anyone, returns=lambda: {204: None})(durable)
    assert list(inspect.signature(bound).parameters) == ["req", "client", "context"]
    assert typing.get_type_hints(bound)["client"] is str


def test_declaring_an_endpoint_looks_at_none_of_its_models() -> None:
    def never() -> Any:
        raise AssertionError("asked before the first call")

    async def coats(call: Call[Nowhere]) -> Nowhere:  # type: ignore[name-defined]  # noqa: F821 - it is nowhere
        raise AssertionError

    endpoint(auth=never, returns=never, problems=never, samples=never, upload=never)(coats)


@pytest.mark.parametrize("declared", [{"body": Uploaded}, {"body": Coat, "upload": UPLOAD}])
def test_an_upload_and_a_body_of_it_are_declared_together(declared: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="coats: a body of Uploaded goes with an upload"):
        answering(lambda call: Reply.no_content(), **declared).__endpoint__()


async def test_a_durable_client_is_passed_on() -> None:
    async def start(call: Call, client: str) -> Reply:
        return Reply.file(client.encode(), "text/plain")

    wrapped: Any = endpoint(auth=Anyone, returns=lambda: {200: "text/plain"})(start)
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


async def test_what_an_answer_depends_on_is_added_to_the_origin(web_origin: str) -> None:
    wrapped = answering(lambda call: Reply(204, headers={"Vary": "Accept"}))
    assert (await wrapped(request(origin=web_origin))).headers["Vary"] == "Origin, Accept"
    assert (await wrapped(request())).headers["Vary"] == "Origin, Accept"
    same = answering(lambda call: Reply(204, headers={"Vary": "Origin"}))
    assert (await same(request(origin=web_origin))).headers["Vary"] == "Origin"


async def test_a_known_origin_may_read_and_send_what_the_app_says_and_takes(web_origin: str) -> None:
    own = {"Access-Control-Allow-Origin": web_origin, "Access-Control-Expose-Headers": EXPOSED}
    assert wire.cors({"origin": web_origin}) == {**own, "Vary": "Origin"}
    assert wire.preflight({"origin": web_origin}) == {
        **own,
        "Vary": "Origin",
        "Access-Control-Allow-Methods": METHODS,
        "Access-Control-Allow-Headers": ALLOWED,
        "Access-Control-Max-Age": "7200",
    }
    assert wire.preflight({"origin": "https://evil.example.org"}) == {"Vary": "Origin"}
    assert wire.preflight({}) == wire.cors({}) == {"Vary": "Origin"}, "for caches between, too"


@given(st.lists(st.tuples(st.text(max_size=9), st.text(max_size=9)), max_size=5), st.integers(-2, 2))
def test_headers_are_measured_together(headers: list[tuple[str, str]], over: int) -> None:
    sent = dict(headers)
    size = sum(map(len, [*sent.keys(), *sent.values()]))
    sent["x-filling-that-no-other-has"] = "a" * (HEADERS_LIMIT + over - size - 27)
    if over > 0:
        with pytest.raises(errors.HeadersTooLarge, match=str(HEADERS_LIMIT + over)):
            wire.check_size(sent)
    else:
        wire.check_size(sent)


@pytest.mark.parametrize("sent", ["", "00-4bf9-00f067aa0ba902b7-01", f"00-{'0' * 32}-00f067aa0ba902b7"])
def test_a_trace_id_that_is_none_is_made_anew(sent: str) -> None:
    one, other = (wire.trace_id({"traceparent": sent} if sent else {}) for _ in range(2))
    assert one != other
    assert re.fullmatch("[0-9a-f]{32}", one)


async def test_headers_that_no_client_needs_are_refused_before_anything_else() -> None:
    response = await answering(lambda call: Reply(204), auth=Signed)(request(x_trail="a" * 17_000))
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
