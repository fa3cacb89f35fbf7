"""What the host knows about a function: its bindings, as the worker's index describes them.

`%SETTING%` expressions are resolved here, once, so no listener has to know about them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


class BindingExpressionError(ValueError):
    """A `%SETTING%` expression that cannot be resolved."""


@dataclass(frozen=True)
class Binding:
    """One binding; `properties` are those of function.json (camelCase), settings resolved."""

    name: str
    type: str
    direction: str
    properties: Mapping[str, Any]


@dataclass(frozen=True)
class RetryPolicy:
    """The `@app.retry` of a function. Times in seconds; `max_count` -1 means for ever."""

    strategy: str
    max_count: int
    delay: float = 0.0
    minimum: float = 0.0
    maximum: float = 0.0


@dataclass(frozen=True)
class Function:
    """One indexed function."""

    id: str
    name: str
    bindings: tuple[Binding, ...]
    script_file: str = "function_app.py"
    retry: RetryPolicy | None = None

    @property
    def trigger(self) -> Binding:
        """The one binding that starts the function."""
        return next(binding for binding in self.bindings if is_trigger(binding.type))

    @property
    def inputs(self) -> tuple[Binding, ...]:
        """Input bindings other than the trigger."""
        return tuple(b for b in self.bindings if b.direction == "in" and not is_trigger(b.type))

    @property
    def outputs(self) -> tuple[Binding, ...]:
        """Output bindings, `$return` included."""
        return tuple(binding for binding in self.bindings if binding.direction == "out")


def is_trigger(binding_type: str) -> bool:
    """Whether a binding of this type starts functions."""
    return binding_type.lower().endswith("trigger")


def parse_bindings(raw: Iterable[str], settings: Mapping[str, str]) -> tuple[Binding, ...]:
    """The bindings of one function from the worker's JSON texts.

    Raises BindingExpressionError when a property names a setting that does not exist.
    """
    return tuple(_parse(json.loads(text), settings) for text in raw)


def _parse(properties: dict[str, Any], settings: Mapping[str, str]) -> Binding:
    return Binding(
        name=properties["name"],
        type=properties["type"],
        direction=str(properties["direction"]).lower(),
        properties={key: _resolve_value(key, value, settings) for key, value in properties.items()},
    )


def _resolve_value(key: str, value: Any, settings: Mapping[str, str]) -> Any:
    names_a_setting_itself = key.lower() in {"connection", "name", "type"}
    if not isinstance(value, str) or names_a_setting_itself:
        return value
    return resolve(value, settings)


def resolve(text: str, settings: Mapping[str, str]) -> str:
    """`text` with every `%NAME%` replaced by that setting (names compare case-insensitively).

    Raises BindingExpressionError, worded as the platform does, for an unknown name or a single `%`.
    """
    resolved: list[str] = []
    position = 0
    while (start := text.find("%", position)) >= 0:
        end = text.find("%", start + 1)
        if end < 0:
            raise BindingExpressionError(f"The '%' at position {start} does not have a closing '%'")
        resolved += [text[position:start], _setting(text[start + 1 : end], settings)]
        position = end + 1
    return "".join([*resolved, text[position:]])


def _setting(name: str, settings: Mapping[str, str]) -> str:
    if name in settings:
        return settings[name]
    folded = {key.lower(): value for key, value in settings.items()}
    if name.lower() not in folded:
        raise BindingExpressionError(f"'%{name}%' does not resolve to a value")
    return folded[name.lower()]
