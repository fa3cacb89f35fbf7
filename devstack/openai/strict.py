"""The subset of JSON Schema that strict mode takes, refused outside it as the service does.

Sources: the "Supported schemas" section of OpenAI's structured-outputs guide, and "unsupported
type-specific keywords" in Azure's, which takes no bounds, patterns or formats.
"""

from collections.abc import Iterator
from typing import Any

from devstack.openai.errors import ApiError

_NEVER = (
    "allOf", "oneOf", "not", "if", "then", "else", "dependentRequired", "dependentSchemas", "default",
    "patternProperties", "propertyNames", "minProperties", "maxProperties", "unevaluatedProperties",
    "unevaluatedItems", "prefixItems", "contains", "minContains", "maxContains", "uniqueItems",
)  # fmt: skip
_NOT_ON_AZURE = (
    "minLength", "maxLength", "pattern", "format", "minimum", "maximum", "exclusiveMinimum",
    "exclusiveMaximum", "multipleOf", "minItems", "maxItems",
)  # fmt: skip
_FORMATS = frozenset({"date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"})
_MOST_PROPERTIES = 5000
_MOST_LEVELS = 10
_MOST_ENUM_VALUES = 1000

type Schema = dict[str, Any]
type Context = tuple[str, ...]


def check(schema: Schema, *, subject: str, param: str, code: str | None, azure: bool) -> None:
    """Raise ApiError (400) at the first breach; ``subject`` as in ``response_format 'Garment'``."""
    try:
        _check_root(schema)
        properties = values = 0
        for context, part in _parts(schema, ()):
            _check_keywords(context, part, azure)
            _check_object(context, part)
            properties += len(part.get("properties", ()))
            values += len(part.get("enum", ()))
        _check_size(properties, values)
    except _Breach as breach:
        raise ApiError(400, f"Invalid schema for {subject}: {breach}", param=param, code=code) from breach


class _Breach(Exception):
    pass


def _check_root(schema: Schema) -> None:
    if "anyOf" in schema:
        raise _Breach("schema must have type 'object' and not have 'anyOf' at the top level.")
    if schema.get("type") != "object":
        shown = f'"{schema["type"]}"' if schema.get("type") else '"None"'
        raise _Breach(f"schema must be a JSON Schema of 'type: \"object\"', got 'type: {shown}'.")


def _parts(schema: Any, context: Context) -> Iterator[tuple[Context, Schema]]:
    """Every subschema with the path the service reports."""
    if not isinstance(schema, dict):
        raise _Breach(f"In context={context}, schema must be an object.")
    levels = sum(1 for step in context if step in {"properties", "items"})
    if levels > _MOST_LEVELS:
        raise _Breach(f"schema has more than {_MOST_LEVELS} levels of nesting.")
    yield context, schema
    for group in ("properties", "$defs", "definitions"):
        for name, part in schema.get(group, {}).items():
            yield from _parts(part, (*context, group, name))
    if "items" in schema:
        yield from _parts(schema["items"], (*context, "items"))
    for place, part in enumerate(schema.get("anyOf", ())):
        yield from _parts(part, (*context, "anyOf", str(place)))


def _check_keywords(context: Context, part: Schema, azure: bool) -> None:
    for keyword in _NEVER + (_NOT_ON_AZURE if azure else ()):
        if keyword in part:
            raise _Breach(f"In context={context}, '{keyword}' is not permitted.")
    if "$ref" in part and len(part) > 1:
        raise _Breach(f"context={context}, $ref cannot have keywords {set(part) - {'$ref'}}.")
    if part.get("format", "date") not in _FORMATS:
        raise _Breach(f"In context={context}, '{part['format']}' is not a valid format.")
    if not {"type", "enum", "const", "$ref", "anyOf"} & set(part):
        raise _Breach(f"In context={context}, schema must have a 'type' key.")
    if part.get("type") == "array" and "items" not in part:
        raise _Breach(f"In context={context}, array schema missing items.")


def _check_object(context: Context, part: Schema) -> None:
    kind = part.get("type")
    if kind != "object" and not (isinstance(kind, list) and "object" in kind):
        return
    if part.get("additionalProperties") is not False:
        raise _Breach(
            f"In context={context}, 'additionalProperties' is required to be supplied and to be false."
        )
    names, required = list(part.get("properties", {})), part.get("required", [])
    wrong = [name for name in names if name not in required]
    if wrong:
        raise _Breach(
            f"In context={context}, 'required' is required to be supplied and to be an array including every "
            f"key in properties. Missing '{wrong[0]}'."
        )
    extra = [name for name in required if name not in names]
    if extra:
        raise _Breach(f"In context={context}, 'required' names '{extra[0]}', which is not in properties.")


def _check_size(properties: int, values: int) -> None:
    if properties > _MOST_PROPERTIES:
        raise _Breach(f"schema has more than {_MOST_PROPERTIES} object properties.")
    if values > _MOST_ENUM_VALUES:
        raise _Breach(f"schema has more than {_MOST_ENUM_VALUES} enum values.")
