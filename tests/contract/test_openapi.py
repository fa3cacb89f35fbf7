"""docs/openapi.json is what the endpoints say, and a valid OpenAPI document."""

from __future__ import annotations

import json
from inspect import getsource
from typing import Any

from openapi_spec_validator import validate

from core.platform.http.routes import routes
from core.platform.http.wire import EXPOSED
from devstack.openapi import TARGET, document, rendered
from function_app import app

FOR_THE_BROWSER = {
    "Accept-Ranges", "Cache-Control", "Content-Security-Policy", "Cross-Origin-Resource-Policy", "Vary",
    "WWW-Authenticate",
}  # fmt: skip
"""Headers that a browser heeds by itself, so that no program in it has to read them."""

READ_BY = {
    "If-Match": "call.if_match",
    "If-None-Match": "call.if_none_match",
    "Range": "ranges.part_of(call.headers",
    "If-Range": "ranges.part_of(call.headers",
    "Last-Event-ID": 'call.headers.get("last-event-id")',
}
"""How a handler reads each header."""


def test_the_kept_document_is_not_stale() -> None:
    assert TARGET.read_text() == rendered(), "run `make docs` and commit docs/openapi.json"


def test_the_document_is_valid_openapi() -> None:
    validate(json.loads(rendered()))


def test_every_route_and_method_is_in_it() -> None:
    paths = document()["paths"]
    declared = {(r.path, m.lower()) for r in routes(app) for m in r.methods if m != "HEAD"}
    assert declared == {(path, method) for path, operations in paths.items() for method in operations}


def test_a_changed_endpoint_changes_the_document() -> None:
    changed = document()
    changed["paths"].popitem()
    assert json.dumps(changed, indent=2, ensure_ascii=False) + "\n" != rendered()


def test_a_web_page_may_read_the_headers_that_its_program_needs() -> None:
    answers = [
        answer
        for path in document()["paths"].values()
        for told in path.values()
        for answer in told["responses"].values()
    ]
    named = {header for answer in answers for header in answer["headers"]}
    assert named - FOR_THE_BROWSER <= set(EXPOSED.split(", "))


def test_a_header_that_a_handler_reads_is_a_parameter_and_no_other_is() -> None:
    paths = document()["paths"]
    for route in routes(app):
        source = getsource(route.spec.handler)
        for method in {m.lower() for m in route.methods} & paths[route.path].keys():
            told = {p["name"] for p in paths[route.path][method]["parameters"] if p["in"] == "header"}
            for name, reading in READ_BY.items():
                assert (name in told) == (reading in source), (route.name, name)


def test_every_route_declares_how_its_caller_may_be_refused() -> None:
    for path in document()["paths"].values():
        for told in path.values():
            slugs = {slug for answer in told["responses"].values() for slug in _problems(answer)}
            named = {scheme for requirement in told.get("security", ()) for scheme in requirement}
            assert ("account-erased" in slugs) == ("accessToken" in named), told["operationId"]
            assert ("invalid-signed-url" in slugs) == ("signedUrl" in named), told["operationId"]


def _problems(answer: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = answer.get("content", {}).get("application/problem+json", {}).get("examples", {})
    return found
