"""A tool is a function: its name, signature and docstring are all that the model is told of it.

The first parameter is the ``Desk``, everything after it is the model's to fill in. What the model writes is
validated against the signature; what is wrong with it goes back to the model as the tool's answer, so that it
can try again within the steps it has.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Concatenate

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from core.chat.desk import Desk
from core.platform.errors import Conflict, Invalid, NotFound

type Function = Callable[Concatenate[Desk, ...], Awaitable[dict[str, Any]]]

MOST_CHARACTERS = 24_000
"""Longest answer of a tool, as JSON text; a tool bounds what it returns long before."""


class NotDone(Exception):
    """A tool cannot do what it was asked; the message tells the model why."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a tool answered: data, or what was wrong with the call."""

    data: dict[str, Any]
    ok: bool

    def as_text(self) -> str:
        """Return the answer as the model reads it."""
        return json.dumps(self.data if self.ok else {"error": self.data["error"]}, ensure_ascii=False)


@dataclass(frozen=True)
class Tool:
    """A function the model may call."""

    function: Function

    @property
    def name(self) -> str:
        """The function's own name."""
        return self.function.__name__

    @cached_property
    def arguments(self) -> type[BaseModel]:
        """The model of the arguments, made from the signature."""
        parameters = list(inspect.signature(self.function, eval_str=True).parameters.values())[1:]
        fields: dict[str, Any] = {p.name: (p.annotation, _default(p)) for p in parameters}
        return create_model(self.name, __config__=ConfigDict(extra="forbid", frozen=True), **fields)

    @cached_property
    def offer(self) -> dict[str, Any]:
        """The tool as Chat Completions takes it, with a strict schema."""
        from core.platform.ai_schema import strict_schema

        schema = strict_schema(self.arguments)
        schema.pop("description", None)
        described = inspect.getdoc(self.function) or ""
        function = {"name": self.name, "description": described, "strict": True, "parameters": schema}
        return {"type": "function", "function": function}

    def read(self, written: str) -> BaseModel:
        """Return the arguments the model wrote.

        Raises:
            NotDone: they do not fit; the message says where.
        """
        try:
            return self.arguments.model_validate_json(written or "{}")
        except ValidationError as error:
            found = error.errors(include_url=False, include_input=False, include_context=False)[:5]
            reasons = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'arguments'}: {e['msg']}" for e in found)
            raise NotDone(f"The arguments do not fit: {reasons}"[:600]) from None

    async def answer(self, desk: Desk, arguments: BaseModel) -> Result:
        """Run the function; what it refuses becomes an answer, what is down is raised."""
        try:
            data = await self.function(desk, **{name: getattr(arguments, name) for name in _names(arguments)})
        except (NotDone, NotFound, Invalid, Conflict) as refusal:
            return refused(str(refusal))
        if len(json.dumps(data, ensure_ascii=False)) > MOST_CHARACTERS:
            return refused("The answer is too long. Ask for less.")
        return Result(data, ok=True)


def refused(reason: str) -> Result:
    """Return the answer of a call that was not carried out."""
    return Result({"error": reason}, ok=False)


def _names(arguments: BaseModel) -> list[str]:
    return list(type(arguments).model_fields)


def _default(parameter: inspect.Parameter) -> Any:
    return ... if parameter.default is inspect.Parameter.empty else parameter.default
