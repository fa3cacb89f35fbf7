"""Binding expressions that are filled in per invocation: `{queueTrigger}`, `{rand-guid}`, `{DateTime}`."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

_EXPRESSION = re.compile(r"\{([^{}]+)\}")
_DATE_PARTS = {
    "yyyy": "%Y", "yy": "%y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S", "K": "Z",
}  # fmt: skip
_GUID_FORMATS: dict[str, Callable[[uuid.UUID], str]] = {
    "": str,
    "D": str,
    "N": lambda guid: guid.hex,
    "B": lambda guid: f"{{{guid}}}",
}


class ExpressionError(ValueError):
    """An expression without a value; worded as the platform does."""


def fill(template: str, data: Mapping[str, Any]) -> str:
    """`template` with every `{name}` or `{name:format}` replaced.

    `data` is the trigger's binding data (see `json_data`). Raises ExpressionError.
    """
    return _EXPRESSION.sub(lambda match: _value(match[1].strip(), data), template)


def json_data(body: str | bytes) -> dict[str, Any]:
    """The properties of a JSON object body: the platform offers them as binding data."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):  # thousands of nested brackets are no binding data either
        return {}
    return value if isinstance(value, dict) else {}


def _value(expression: str, data: Mapping[str, Any]) -> str:
    name, _, form = expression.partition(":")
    if name.lower() in {"rand-guid", "sys.randguid"}:
        return _guid(form)
    if name.lower() in {"datetime", "sys.utcnow"}:
        return _now(form)
    return _property(name, data)


def _guid(form: str) -> str:
    if form not in _GUID_FORMATS:
        raise ExpressionError(f"The format '{form}' of {{rand-guid}} is not one of N, D, B")
    return _GUID_FORMATS[form](uuid.uuid4())


def _now(form: str) -> str:
    pattern = re.sub("yyyy|yy|MM|dd|HH|mm|ss|K", lambda m: _DATE_PARTS[m[0]], form or "yyyy-MM-ddTHH-mm-ssK")
    return datetime.now(UTC).strftime(pattern)


def _property(path: str, data: Mapping[str, Any]) -> str:
    value: Any = data
    for part in path.split("."):
        folded = {key.lower(): item for key, item in value.items()} if isinstance(value, Mapping) else {}
        if part.lower() not in folded:
            raise ExpressionError(f"No value for named parameter '{path}'.")
        value = folded[part.lower()]
    return value if isinstance(value, str) else json.dumps(value)
