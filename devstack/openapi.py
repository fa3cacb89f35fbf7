"""Writes docs/openapi.json from the endpoints themselves, so that the contract cannot drift from the code."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from azure.functions.decorators.function_app import FunctionRegister

from core.platform.health import VERSION
from core.platform.http.problem import Problem
from core.platform.http.routes import Route, routes
from devstack.contract.links import link
from devstack.contract.operations import Shop, offers, operation
from devstack.contract.problems import example_of, problems_of
from devstack.contract.schemas import Used, schemas_of

TARGET = Path(__file__).parent.parent / "docs" / "openapi.json"
RELEASED = TARGET.with_name("openapi-released.json")
"""What clients have been promised: the document of the last release, without words and examples."""

_WORDS = {"title", "description", "summary", "example", "examples", "links", "x-given-by", "x-left-out"}
_ABOUT = (
    "The API behind PluckIt. Errors are RFC 9457 problem documents. Answers also have the headers of "
    "`x-every-answer`, where an operation does not give one of them a value of its own."
)
_SCHEMES: Mapping[str, Mapping[str, str]] = {
    "accessToken": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "signedUrl": {"type": "apiKey", "in": "query", "name": "sig"},
    "service": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
}


def document(app: FunctionRegister | None = None) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of ``app``, by default of ours."""
    table = list(routes(app or _ours()))
    shop = Shop(*schemas_of(_models(table)))
    paths: dict[str, dict[str, Any]] = {}
    for route in table:
        for method in route.methods:
            if method != "HEAD":
                paths.setdefault(route.path, {})[method.lower()] = operation(route, shop)
    link(paths)
    everywhere = shop.headers.of_every_answer()
    problems = {error.slug: error for route in table for error in problems_of(route)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "PluckIt Processor",
            "version": VERSION,
            "description": _ABOUT,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "http://localhost:7071", "description": "the devstack"}],
        "x-every-answer": everywhere,
        "paths": dict(sorted(paths.items())),
        "components": {
            "securitySchemes": _SCHEMES,
            "schemas": shop.bare_components(),
            "headers": dict(sorted(shop.headers.components.items())),
            "examples": {
                **{slug: {"value": example_of(problems[slug])} for slug in sorted(problems)},
                **dict(sorted(shop.examples.items())),
            },
        },
    }


def rendered() -> str:
    """Return the document as it is kept in the repository."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def _ours() -> FunctionRegister:
    from function_app import app

    return app


def promised(value: Any) -> Any:
    """Return what of a document binds: not its words and examples."""
    if isinstance(value, dict):
        return {
            key: promised(inner) for key, inner in value.items() if key not in _WORDS or _names_field(inner)
        }
    return [promised(inner) for inner in value] if isinstance(value, list) else value


def _names_field(value: Any) -> bool:
    """Tell a property that has the name of a keyword from the keyword."""
    return isinstance(value, dict) and bool({"type", "anyOf", "$ref"} & value.keys())


def _models(table: Iterable[Route]) -> set[Used]:
    used: set[Used] = {(Problem, "serialization")}
    for route in table:
        if route.spec.body is not None:
            used.add((route.spec.body, "validation"))
        given = [part for returned in route.spec.returns.values() for part in offers(returned)]
        given += route.spec.events.values()
        used |= {(model, "serialization") for model in given if isinstance(model, type)}
    return used


def main() -> None:
    """Write the document, or with ``--check`` tell whether the kept one is stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="exit 1 if docs/openapi.json is stale")
    parser.add_argument("--release", action="store_true", help="promise what it says now")
    asked = parser.parse_args()
    if asked.release:
        RELEASED.write_text(json.dumps(promised(document()), indent=1, ensure_ascii=False) + "\n")
    if asked.check:
        stale = not TARGET.exists() or TARGET.read_text() != rendered()
        sys.exit("docs/openapi.json is stale: run `make docs`" if stale else 0)
    TARGET.write_text(rendered())
    print(f"wrote {TARGET.name}")


if __name__ == "__main__":
    main()
