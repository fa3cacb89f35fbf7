"""One operation of the document, made of what its endpoint was told."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel

from core.platform.http import Upload
from core.platform.http.problem import CONTENT_TYPE, Problem, status_of
from core.platform.http.routes import Route
from core.platform.http.spec import Returned
from devstack.contract import sent
from devstack.contract.examples import composed
from devstack.contract.headers import Headers
from devstack.contract.problems import problems_of
from devstack.contract.schemas import PREFIX, Used

_GUID = {"type": "string", "format": "uuid"}
_REGEX = re.compile(r"\{(\w+):regex\((.+)\)\}")
_OF_A_PARAMETER = ("description", "x-given-by", "x-left-out")
EVENT_STREAM = "text/event-stream"
_STREAMED = "A stream of events; the data of each are JSON of the schema that `x-events` has for its name."
_BYTES = {"type": "string", "format": "binary"}


@dataclass
class Shop:
    """Where schemas and examples are fetched by the operations that show them."""

    schemas: Mapping[Used, Mapping[str, Any]]
    components: Mapping[str, Any]
    examples: dict[str, Any] = field(default_factory=dict)
    headers: Headers = field(default_factory=Headers)

    def content(self, use: Used) -> dict[str, Any]:
        """Return a model as JSON content, with its example."""
        schema = self.schemas[use]
        name = str(schema["$ref"]).removeprefix(PREFIX)
        self.examples.setdefault(name, {"value": composed(schema, self.components)})
        return {"schema": schema, "examples": {"typical": {"$ref": f"#/components/examples/{name}"}}}

    def bare_components(self) -> dict[str, Any]:
        """Return the schemas without the parts of examples that were put together elsewhere."""
        return {name: _bare(schema) for name, schema in self.components.items()}


def operation(route: Route, shop: Shop) -> dict[str, Any]:
    """Return what the document says of a route."""
    spec = route.spec
    lines = (spec.handler.__doc__ or "").strip().split("\n", 1)
    told: dict[str, Any] = {
        "operationId": route.name,
        "tags": [spec.handler.__module__.rsplit(".", 1)[-1]],
        "summary": lines[0],
        "parameters": list(_parameters(route)),
        "responses": _responses(route, shop),
    }
    description = [re.sub(r"\n\s+", "\n", line.strip()) for line in lines[1:]]
    if spec.deprecated is not None:
        told["deprecated"] = True
        told["x-sunset"] = spec.deprecated.sunset.isoformat()
        description.append(spec.deprecated.sentence)
    if description:
        told["description"] = "\n\n".join(description)
    if spec.auth.scheme is not None:
        told["security"] = [{scheme: [*spec.auth.roles]} for scheme in spec.auth.scheme.split(" ")]
    if spec.takes_body:
        told["requestBody"] = _request_body(route, shop)
    if spec.follows:
        told["x-follows"] = [*spec.follows]
    return told


def offers(returned: Returned) -> tuple[type[BaseModel] | str, ...]:
    """Return the models and media types a status may be answered with."""
    if returned is None:
        return ()
    return returned if isinstance(returned, tuple) else (returned,)


def _parameters(route: Route) -> Iterator[dict[str, Any]]:
    in_path = {} if route.spec.path is None else _fields(route.spec.path)
    for name in route.parameters:
        told, _, _ = in_path.get(name, ({}, {}, True))
        yield {"name": name, "in": "path", "required": True, **told, "schema": _path_schema(route, name)}
    if route.spec.query is not None:
        for name, (told, schema, required) in _fields(route.spec.query).items():
            yield {"name": name, "in": "query", "required": required, **told, "schema": schema}
    yield from sent.parameters(route)


def _fields(model: type[BaseModel]) -> dict[str, tuple[dict[str, Any], Any, bool]]:
    """Return what is told of each parameter, its schema, and whether it has to be sent."""
    whole = model.model_json_schema()
    found = {}
    for name, declared in whole.get("properties", {}).items():
        told = {key: declared[key] for key in _OF_A_PARAMETER if key in declared}
        inlined = _inlined({k: v for k, v in declared.items() if k not in (*told, "title")}, whole)
        for example in inlined.pop("examples", [])[:1]:
            told["example"] = example
        found[name] = (told, inlined, name in whole.get("required", []))
    return found


def _inlined(value: Any, schema: Mapping[str, Any]) -> Any:
    """Replace references into the model's own ``$defs``: a parameter's schema stands alone."""
    if isinstance(value, dict):
        if "$ref" in value:
            beside = {key: inner for key, inner in value.items() if key != "$ref"}
            return _inlined({**schema["$defs"][value["$ref"].rsplit("/", 1)[-1]], **beside}, schema)
        return {key: _inlined(inner, schema) for key, inner in value.items()}
    return [_inlined(inner, schema) for inner in value] if isinstance(value, list) else value


def _path_schema(route: Route, name: str) -> Mapping[str, Any]:
    if f"{{{name}:guid}}" in route.template:
        return _GUID
    for found in _REGEX.finditer(route.template):
        if found[1] == name:
            return {"type": "string", "pattern": found[2]}
    return {"type": "string"}


def _request_body(route: Route, shop: Shop) -> dict[str, Any]:
    model, upload = route.spec.body, route.spec.upload
    content: dict[str, Any] = {}
    if model is not None:
        content["application/json"] = shop.content((model, "validation"))
    if upload is not None:
        content |= _file_content(upload)
    return {"required": upload is not None or _has_required_fields(model), "content": content}


def _file_content(upload: Upload) -> dict[str, Any]:
    sample, kind = f"examples/{upload.sample}", mimetypes.guess_type(upload.sample)[0]
    form = {"type": "object", "required": [upload.field], "properties": {upload.field: _BYTES}}
    part = {"value": {upload.field: upload.sample}, "x-files": {upload.field: sample}}
    content: dict[str, Any] = {"multipart/form-data": {"schema": form, "examples": {"file": part}}}
    for media in upload.types:
        content[media] = {"schema": _BYTES}
        if media == kind:
            content[media]["examples"] = {"file": {"externalValue": sample}}
        else:
            content[media]["x-left-out"] = f"Sent as {kind} is, of which there is an example."
    return content


def _has_required_fields(model: type[BaseModel] | None) -> bool:
    """Tell whether the body may be left out, which counts as an empty object."""
    return model is not None and any(field.is_required() for field in model.model_fields.values())


def _responses(route: Route, shop: Shop) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for status, returned in route.spec.returns.items():
        content = {media: told for offer in offers(returned) for media, told in _offered(offer, route, shop)}
        description = _STREAMED if EVENT_STREAM in content else HTTPStatus(status).phrase
        answers[str(status)] = {"description": description, **({"content": content} if content else {})}
    found: dict[int, set[str]] = {}
    for error in problems_of(route):
        found.setdefault(status_of(error), set()).add(error.slug)
    for status, slugs in sorted(found.items()):
        problem = {
            "schema": shop.schemas[Problem, "serialization"],
            "examples": {slug: {"$ref": f"#/components/examples/{slug}"} for slug in sorted(slugs)},
        }
        named = ", ".join(f"`{slug}`" for slug in sorted(slugs))
        answers.setdefault(str(status), {"description": named, "content": {CONTENT_TYPE: problem}})
    for code, answer in answers.items():
        answer["headers"] = shop.headers.of(route, int(code))
    return answers


def _offered(offer: type[BaseModel] | str, route: Route, shop: Shop) -> Iterator[tuple[str, dict[str, Any]]]:
    if not isinstance(offer, str):
        yield "application/json", shop.content((offer, "serialization"))
    elif offer in route.spec.samples:
        sample = {"typical": {"value": route.spec.samples[offer]}}
        yield offer, {**_text(offer, route, shop), "examples": sample}
    else:
        yield offer, {"schema": _BYTES, "x-left-out": "The bytes of a file."}


def _text(offer: str, route: Route, shop: Shop) -> dict[str, Any]:
    """Return what is told of a text. A stream's schema would be taken for each event's, whatever its name."""
    if offer != EVENT_STREAM:
        return {"schema": {"type": "string"}}
    events = {name: shop.schemas[model, "serialization"] for name, model in route.spec.events.items()}
    return {"schema": {}, "x-events": events}


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _bare(inner) for key, inner in value.items() if key != "examples" or _is_property(inner)}
    return [_bare(inner) for inner in value] if isinstance(value, list) else value


def _is_property(value: Any) -> bool:
    """Tell a property that is named ``examples`` from the keyword."""
    return isinstance(value, dict)
