"""HTTP messages to worker values and back, with the platform's quirks; CORS of the host."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from devstack.functions.cors import Cors
from devstack.functions.httpbinding import to_datum, to_response
from devstack.functions.messages import HostRequest, HostResponse


def given_to_worker(request: HostRequest, **route: str) -> dict[str, Any]:
    value = to_datum(request, route).value
    plain = {key: value[key].value for key in ("method", "url", "body")}
    return plain | {
        key: {n: d.value for n, d in value[key].items()} for key in ("headers", "query", "params")
    }


def test_repeated_names_are_joined_and_empty_query_values_vanish() -> None:
    headers = CIMultiDict([("X-Tag", "a"), ("x-tag", "b"), ("Empty", "")])
    url = "http://h:1/p%20q/x%2Fy/5%25?a=1&A=2&b=&c=%C3%A9+x&a=3"
    request = HostRequest("post", url, headers, b"\x00\xff")
    seen = given_to_worker(request, id="7")
    assert seen["method"] == "POST"
    assert seen["url"] == url
    assert seen["headers"] == {"x-tag": "a,b", "empty": ""}
    assert seen["query"] == {"a": "1,2,3", "c": "é x"}
    assert seen["params"] == {"id": "7"}
    assert seen["body"] == b"\x00\xff"


@given(st.lists(st.text(min_size=1).filter(lambda s: s not in {".", ".."}), min_size=1, max_size=4))
def test_paths_survive_encoding(parts: list[str]) -> None:
    from urllib.parse import quote

    request = HostRequest("GET", "http://h/" + "/".join(quote(part, safe="") for part in parts))
    assert request.path == "/" + "/".join(part.replace("/", "%2F") for part in parts)


def answer(**more: Any) -> HostResponse:
    return to_response({"status_code": 200, "headers": {}, "body": b"", "cookies": None} | more)


def test_a_response_keeps_status_headers_and_bytes() -> None:
    response = answer(
        status_code=207, headers={"content-type": "a/b", "Date": "never", "ETag": '"1"'}, body=b"\x00"
    )
    assert (response.status, response.body) == (207, b"\x00")
    assert dict(response.headers) == {"content-type": "a/b", "ETag": '"1"'}


def test_cookies_are_written_by_the_host() -> None:
    cookies = [
        SimpleCookie('a="x y="; Path=/p; Secure; HttpOnly; SameSite=Strict; Max-Age=5'),
        SimpleCookie("b=2"),
    ]
    assert answer(cookies=cookies).headers.getall("Set-Cookie") == [
        "a=x%20y%3D; max-age=5; path=/p; secure; samesite=strict; httponly",
        "b=2",
    ]


@pytest.mark.parametrize("attribute", ["Expires=tomorrow", "Max-Age=soon"])
def test_a_cookie_the_worker_could_not_hand_over_fails_the_call(attribute: str) -> None:
    with pytest.raises(ValueError, match=r"tomorrow|soon"):
        answer(cookies=[SimpleCookie(f"a=1; {attribute}")])


def test_a_header_cannot_smuggle_another() -> None:
    with pytest.raises(ValueError, match="line break"):
        answer(headers={"X-A": "1\r\nSet-Cookie: evil=1"})


@pytest.mark.parametrize(
    ("text", "status", "body"),
    [
        ("plain", 200, "plain"),
        ("", 200, ""),
        ('{"a": [1]}', 200, '{\n  "a": [\n    1\n  ]\n}'),
        ('{"statusCode": "404", "Body": "gone"}', 404, "gone"),
        ('{"status": 201, "body": {"id": 1}}', 201, '{\n  "id": 1\n}'),
        ('{"status": 404}', 200, '{\n  "status": 404\n}'),
        ("5", 200, "5"),
        ("true", 200, "True"),
        ('"quoted"', 200, "quoted"),
        ("null", 200, ""),
    ],
)
def test_a_function_that_returns_text(text: str, status: int, body: str) -> None:
    response = to_response(text)
    assert (response.status, response.text) == (status, body)
    assert response.headers.get("Content-Type") == ("text/plain; charset=utf-8" if body else None)


def test_no_answer_at_all_is_no_content() -> None:
    assert to_response(None).status == 204


def preflight(origin: str) -> HostRequest:
    return HostRequest(
        "OPTIONS", "http://h/x", CIMultiDict({"Origin": origin, "Access-Control-Request-Method": "PUT"})
    )


def test_cors_is_off_unless_configured() -> None:
    assert Cors().preflight(preflight("http://a")) is None
    assert not Cors().dress(preflight("http://a"), HostResponse.empty(200)).headers


def test_cors_answers_and_replaces() -> None:
    cors = Cors(("http://a",), credentials=True)
    allowed = cors.preflight(preflight("http://A"))
    assert allowed is not None
    assert allowed.headers["Access-Control-Allow-Origin"] == "http://A"
    assert allowed.headers["Access-Control-Allow-Methods"] == "PUT"
    refused = cors.preflight(preflight("http://evil"))
    assert refused is not None
    assert "Access-Control-Allow-Origin" not in refused.headers
    own = HostResponse.empty(200, [("Access-Control-Allow-Origin", "http://apps-own")])
    assert cors.dress(preflight("http://a"), own).headers.getall("Access-Control-Allow-Origin") == [
        "http://a"
    ]
    assert (
        Cors(("*",))
        .dress(preflight("http://b"), HostResponse.empty(200))
        .headers["Access-Control-Allow-Origin"]
        == "*"
    )
