"""How what crosses the wire looks: examples that stand with the models.

The OpenAPI document shows them, and a test sends each request and compares each answer, so none can lie.
"""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, Field

ID = "0b0f3a52-6a0c-4b0e-9d6f-1df1c0a5a6a1"
"""An id as ours look."""


def example(**values: Any) -> ConfigDict:
    """Return the config of a model that looks like this, in JSON.

    What a field's own model, default or choice of words tells may be left out.
    """
    return ConfigDict(json_schema_extra={"examples": [values]})


def given_by(operation: str, pointer: str, like: Any = ID) -> Any:
    """Return the field of a value that ``operation``'s answer has at ``pointer``, such as ``like``.

    The document says so as a link of that operation, or in ``x-given-by`` where it belongs into a body.
    """
    return Field(examples=[like], json_schema_extra={"x-given-by": f"{operation}#{pointer}"})


def given_outside(whence: str, like: Any) -> Any:
    """Return the field of a value that no operation of ours gives, such as ``like``."""
    return Field(examples=[like], json_schema_extra={"x-given-by": whence})


def left_out(why: str, like: Any = None) -> Any:
    """Return an optional field that no example sends."""
    like_so = None if like is None else [like]
    return Field(examples=like_so, json_schema_extra={"x-left-out": why})
