"""What one operation's answer gives to another: links (OpenAPI 3.1, 4.8.20), made of ``x-given-by``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def link(paths: Mapping[str, Mapping[str, dict[str, Any]]]) -> None:
    """Turn the ``x-given-by`` of parameters into links of the operations that give them.

    Raises:
        ValueError: no operation with such an answer is there.
    """
    operations = {one["operationId"]: one for path in paths.values() for one in path.values()}
    for name, operation in operations.items():
        for parameter in operation["parameters"]:
            if (given := parameter.pop("x-given-by", None)) is not None:
                source, _, pointer = given.partition("#")
                if source not in operations:
                    raise ValueError(f"{name} takes {parameter['name']} from {source}, which is no operation")
                made = _first_answer(operations[source]).setdefault("links", {}).setdefault(name, {})
                made["operationId"] = name
                made.setdefault("parameters", {})[parameter["name"]] = f"$response.body#{pointer}"


def _first_answer(operation: Mapping[str, Any]) -> dict[str, Any]:
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            found: dict[str, Any] = answer
            return found
    raise ValueError(f"{operation['operationId']} answers nothing")
