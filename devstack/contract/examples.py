"""Examples of whole bodies, made of what each model tells of itself (``core.platform.examples``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.platform.examples import ID
from devstack.contract.schemas import PREFIX

MOMENT, DAY = "2025-06-14T08:30:00Z", "2025-06-14"
_BY_FORMAT = {"date-time": MOMENT, "date": DAY, "uuid": ID}


class NoExample(ValueError):
    """Nothing tells what a value looks like; the message says where."""


def composed(schema: Mapping[str, Any], components: Mapping[str, Any], where: str = "") -> Any:
    """Return the example of ``schema``.

    Raises:
        NoExample: a required value has none, and none follows from its type.
    """
    if "$ref" in schema:
        name = str(schema["$ref"]).removeprefix(PREFIX)
        return composed({**components[name], **_beside(schema)}, components, name)
    if "properties" in schema:
        return _object(schema, components, where)
    if "examples" in schema:
        return schema["examples"][0]
    if "anyOf" in schema:
        return _either(schema["anyOf"], components, where)
    return _plain(schema, components, where)


def _beside(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"examples": schema["examples"]} if "examples" in schema else {}


def _object(schema: Mapping[str, Any], components: Mapping[str, Any], where: str) -> dict[str, Any]:
    told: Mapping[str, Any] = schema.get("examples", [{}])[0]
    required = schema.get("required", [])
    return {
        name: told[name] if name in told else composed(inner, components, f"{where}.{name}")
        for name, inner in schema["properties"].items()
        if name in told or name in required
    }


def _either(options: list[Mapping[str, Any]], components: Mapping[str, Any], where: str) -> Any:
    for option in options:
        try:
            return composed(option, components, where)
        except NoExample:
            continue
    raise NoExample(f"{where} has no example")


def _plain(schema: Mapping[str, Any], components: Mapping[str, Any], where: str) -> Any:
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    if "default" in schema:
        return schema["default"]
    if schema.get("format") in _BY_FORMAT:
        return _BY_FORMAT[str(schema["format"])]
    match schema.get("type"):
        case "array" if "items" in schema:
            return [composed(schema["items"], components, f"{where}[]")]
        case "string" if where.endswith((".id", "_id")):
            return ID
        case "null":
            return None
        case "boolean":
            return True
    raise NoExample(f"{where} has no example: give it one by core.platform.examples")
