"""What a model is given as a schema: strict, and free of what strict modes refuse."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from core.platform.ai_schema import strict_schema


class Inner(BaseModel):
    title: str = Field(max_length=5)
    """A field that is called like a keyword stays."""


class Reading(BaseModel):
    share: float = Field(ge=0, le=1)
    tags: list[str] = Field(max_length=3)
    kind: Literal["shirt", "coat"]
    default: Inner | None = None


def keywords(node: Any) -> set[str]:
    if isinstance(node, list):
        return {word for inner in node for word in keywords(inner)}
    if not isinstance(node, dict):
        return set()
    mine = set(node)
    for key, value in node.items():
        named = key in {"properties", "$defs"}
        mine |= {w for inner in value.values() for w in keywords(inner)} if named else keywords(value)
    return mine


def test_every_field_is_required_and_nothing_else_allowed() -> None:
    schema = strict_schema(Reading)
    assert schema["required"] == ["share", "tags", "kind", "default"]
    assert schema["additionalProperties"] is False
    assert "title" in schema["$defs"]["Inner"]["properties"]


def test_no_keyword_is_left_that_strict_modes_refuse() -> None:
    assert keywords(strict_schema(Reading)) <= {
        "type", "properties", "required", "additionalProperties", "items", "enum", "anyOf", "$defs", "$ref",
        "description",
    }  # fmt: skip
