"""Writes docs/openapi.json from the endpoints themselves, so that the contract cannot drift from the code."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from core.platform import errors
from core.platform.errors import DomainError
from core.platform.health import VERSION
from core.platform.http.body import parts
from core.platform.http.endpoint import KEY_LIMIT, Returned
from core.platform.http.problem import CONTENT_TYPE, Problem, status_of
from core.platform.http.routes import Route, routes

TARGET = Path(__file__).parent.parent / "docs" / "openapi.json"

type Mode = Literal["validation", "serialization"]
type Schemas = Mapping[tuple[Any, Mode], Mapping[str, Any]]

_SCHEMES: Mapping[str, Mapping[str, str]] = {
    "accessToken": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "signedUrl": {"type": "apiKey", "in": "query", "name": "sig"},
    "service": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
}
_GUID = {"type": "string", "format": "uuid"}
_REGEX = re.compile(r"\{(\w+):regex\((.+)\)\}")


def document() -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of the app."""
    from function_app import app

    table = list(routes(app))
    schemas, definitions = models_json_schema(
        sorted(_models(table), key=lambda used: (used[0].__name__, used[1])),
        ref_template="#/components/schemas/{model}",
    )
    paths: dict[str, dict[str, Any]] = {}
    for route in table:
        for method in route.methods:
            if method != "HEAD":
                paths.setdefault(route.path, {})[method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "PluckIt Processor",
            "version": VERSION,
            "description": "The API behind PluckIt. Errors are RFC 9457 problem documents.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "http://localhost:7071", "description": "the devstack"}],
        "paths": dict(sorted(paths.items())),
        "components": {"securitySchemes": _SCHEMES, "schemas": definitions.get("$defs", {})},
    }


def rendered() -> str:
    """Return the document as it is kept in the repository."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def _models(table: Iterable[Route]) -> set[tuple[type[BaseModel], Mode]]:
    used: set[tuple[type[BaseModel], Mode]] = {(Problem, "serialization")}
    for route in table:
        taken = (parts(route.spec.body)[0], route.spec.query, route.spec.path)
        used |= {(model, "validation") for model in taken if model is not None}
        given = [part for returned in route.spec.returns.values() for part in _offers(returned)]
        used |= {(model, "serialization") for model in given if isinstance(model, type)}
    return used


def _operation(route: Route, schemas: Schemas) -> dict[str, Any]:
    lines = (route.spec.handler.__doc__ or "").strip().split("\n", 1)
    operation: dict[str, Any] = {
        "operationId": route.name,
        "tags": [route.spec.handler.__module__.rsplit(".", 1)[-1]],
        "summary": lines[0],
        "parameters": list(_parameters(route)),
        "responses": _responses(route, schemas),
    }
    if len(lines) > 1:
        operation["description"] = re.sub(r"\n\s+", "\n", lines[1].strip())
    if route.spec.auth.scheme is not None:
        operation["security"] = [{scheme: []} for scheme in route.spec.auth.scheme.split(" ")]
    if route.spec.body is not None:
        operation["requestBody"] = _request_body(route, schemas)
    return operation


def _parameters(route: Route) -> Iterator[dict[str, Any]]:
    for name in route.parameters:
        yield {"name": name, "in": "path", "required": True, "schema": _path_schema(route, name)}
    if route.spec.query is not None:
        schema = route.spec.query.model_json_schema()
        for name, declared in schema.get("properties", {}).items():
            described = {k: declared[k] for k in ("description",) if k in declared}
            inlined = _inlined({k: v for k, v in declared.items() if k != "description"}, schema)
            required = name in schema.get("required", [])
            yield {"name": name, "in": "query", "required": required, **described, "schema": inlined}
    if route.spec.idempotent:
        key = {"type": "string", "minLength": 1, "maxLength": KEY_LIMIT}
        yield {"name": "Idempotency-Key", "in": "header", "required": False, "schema": key}


def _inlined(value: Any, schema: Mapping[str, Any]) -> Any:
    """Replace references into the model's own ``$defs``: a parameter's schema stands alone."""
    if isinstance(value, dict):
        if "$ref" in value:
            return _inlined(schema["$defs"][value["$ref"].rsplit("/", 1)[-1]], schema)
        return {key: _inlined(inner, schema) for key, inner in value.items()}
    return [_inlined(inner, schema) for inner in value] if isinstance(value, list) else value


def _path_schema(route: Route, name: str) -> Mapping[str, Any]:
    if f"{{{name}:guid}}" in route.template:
        return _GUID
    for found in _REGEX.finditer(route.template):
        if found[1] == name:
            return {"type": "string", "pattern": found[2]}
    return {"type": "string"}


def _request_body(route: Route, schemas: Schemas) -> dict[str, Any]:
    model, upload = parts(route.spec.body)
    content: dict[str, Any] = {}
    if model is not None:
        content["application/json"] = {"schema": schemas[model, "validation"]}
    if upload is not None:
        binary = {"type": "string", "contentMediaType": "application/octet-stream"}
        form = {"type": "object", "required": [upload.field], "properties": {upload.field: binary}}
        content["multipart/form-data"] = {"schema": form}
        content |= {media: {"schema": {"contentMediaType": media}} for media in upload.types}
    return {"required": upload is not None or _has_required_fields(model), "content": content}


def _has_required_fields(model: type[BaseModel] | None) -> bool:
    """Tell whether the body may be left out, which counts as an empty object."""
    return model is not None and any(field.is_required() for field in model.model_fields.values())


def _responses(route: Route, schemas: Schemas) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for status, returned in route.spec.returns.items():
        answers[str(status)] = {"description": HTTPStatus(status).phrase, **_content(returned, schemas)}
    problem = {CONTENT_TYPE: {"schema": schemas[Problem, "serialization"]}}
    for status, slugs in sorted(_problems(route).items()):
        named = ", ".join(f"`{slug}`" for slug in sorted(slugs))
        answers.setdefault(str(status), {"description": named, "content": problem})
    return answers


def _content(returned: Returned, schemas: Schemas) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for offer in _offers(returned):
        if isinstance(offer, str):
            content[offer] = {"schema": {}}
        else:
            content["application/json"] = {"schema": schemas[offer, "serialization"]}
    return {"content": content} if content else {}


def _offers(returned: Returned) -> tuple[type[BaseModel] | str, ...]:
    """Return the models and media types a status may be answered with."""
    if returned is None:
        return ()
    return returned if isinstance(returned, tuple) else (returned,)


def _problems(route: Route) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for error in (*route.spec.problems, *_always(route)):
        found.setdefault(status_of(error), set()).add(error.slug)
    return found


def _always(route: Route) -> Iterator[type[DomainError]]:
    """Yield the errors a route has by what it declares rather than by its domain."""
    spec = route.spec
    yield from (DomainError, errors.Unavailable, errors.Invalid, errors.HeadersTooLarge)
    if spec.auth.scheme is not None:
        yield from (errors.Unauthenticated, errors.Forbidden)
    if route.parameters:
        yield errors.NotFound
    if spec.body is not None:
        yield from (errors.Malformed, errors.TooLarge, errors.UnsupportedMedia)
    if spec.rate is not None:
        yield errors.RateLimited
    if spec.idempotent:
        from core.platform.http.replay import KeyReused, StillRunning

        yield from (KeyReused, StillRunning)


def main() -> None:
    """Write the document, or with ``--check`` tell whether the kept one is stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="exit 1 if docs/openapi.json is stale")
    if parser.parse_args().check:
        stale = not TARGET.exists() or TARGET.read_text() != rendered()
        sys.exit("docs/openapi.json is stale: run `make docs`" if stale else 0)
    TARGET.write_text(rendered())
    print(f"wrote {TARGET.name}")


if __name__ == "__main__":
    main()
