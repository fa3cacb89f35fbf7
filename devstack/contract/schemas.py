"""Schemas of what crosses the wire, named so that generated clients read well.

A request is closed: an unknown field is refused. An answer is open, for it may grow (docs/versioning.md), and
has all of its fields, also those with a default.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

type Mode = Literal["validation", "serialization"]
type Used = tuple[type[BaseModel], Mode]

PREFIX = "#/components/schemas/"
_PLAIN = {"str": "Text", "list": "List"}
_MODULE = re.compile(r"core__(\w+?)__(?:\w+__)*(\w+)")


class _Schemas(GenerateJsonSchema):
    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def field_is_required(self, field: Any, total: bool) -> bool:
        if "serialization_exclude_if" in field:
            return False
        return self.mode == "serialization" or super().field_is_required(field, total)

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        made = super().model_schema(schema)
        if self.mode == "serialization" and made.get("additionalProperties") is False:
            del made["additionalProperties"]
        return made


def schemas_of(used: Iterable[Used]) -> tuple[Mapping[Any, Any], dict[str, Any]]:
    """Return the reference of each use, and the components they refer to, by name."""
    made, definitions = models_json_schema(
        sorted(used, key=lambda use: (use[0].__name__, use[1])),
        ref_template=PREFIX + "{model}",
        schema_generator=_Schemas,
    )
    found = definitions.get("$defs", {})
    names = {old: readable(old) for old in found}
    if len(set(names.values())) < len(names):
        raise ValueError("two schemas would have one name")
    renamed: dict[str, Any] = _renamed({names[old]: schema for old, schema in found.items()}, names)
    for name, schema in renamed.items():
        schema["title"] = name
    return _renamed(made, names), dict(sorted(renamed.items()))


def readable(name: str) -> str:
    """Return a component's name as a client would write it: ``Page_Item_`` is ``ItemPage``."""
    name = name.replace("-Input", "Input").replace("-Output", "")
    if found := _MODULE.fullmatch(name):
        name = found[1].title() + found[2]
    outer, inner, rest = name.partition("_")
    return readable(rest.removesuffix("_")) + _PLAIN.get(outer, outer) if inner else _PLAIN.get(name, name)


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {
            key: PREFIX + names[inner.removeprefix(PREFIX)] if key == "$ref" else _renamed(inner, names)
            for key, inner in value.items()
        }
    return [_renamed(inner, names) for inner in value] if isinstance(value, list) else value
