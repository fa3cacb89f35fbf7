"""The JSON schema a model is given: only what every provider's strict mode takes.

Strict modes refuse keywords that bound a value (Azure OpenAI "Structured outputs", unsupported type-specific
keywords). Bounds lose nothing by staying home: the answer is validated by the pydantic model anyway.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

_BOUNDS = frozenset(
    {
        "default", "title", "examples", "format", "pattern", "minLength", "maxLength", "minimum", "maximum",
        "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minItems", "maxItems", "uniqueItems",
    }
)  # fmt: skip
_MAPS = ("properties", "$defs")
"""Keywords whose keys are names of our own, not keywords."""


def strict_schema(model: type[BaseModel]) -> dict[str, Any]:
    """Return ``model`` as a strict-mode schema: every field required, nothing else allowed, no bounds."""
    from openai import pydantic_function_tool

    schema: dict[str, Any] = _without_bounds(pydantic_function_tool(model)["function"]["parameters"])
    return schema


def _without_bounds(node: Any) -> Any:
    if isinstance(node, list):
        return [_without_bounds(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    return {
        key: {name: _without_bounds(inner) for name, inner in value.items()}
        if key in _MAPS
        else _without_bounds(value)
        for key, value in node.items()
        if key not in _BOUNDS
    }
