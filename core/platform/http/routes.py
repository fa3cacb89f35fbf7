"""What the app answers, read from its own functions: for 405 with ``Allow``, and for the OpenAPI document."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from azure.functions.decorators.function_app import FunctionRegister

from core.platform import ids

if TYPE_CHECKING:
    from core.platform.http.spec import EndpointSpec

FALLBACK = "zz_fallback"
"""Name of the function that catches every other path; the host tries routes in order of name."""

_PARAMETER = re.compile(r"\{(\*?)(\w+)((?::(?:[^{}]|\{{1,2}[^{}]*\}{1,2})*)?)\}")
_REGEX = re.compile(r":regex\((.*)\)")


@dataclass(frozen=True, slots=True)
class Route:
    """One HTTP function: its name, route text as declared, methods, and how to find what it promises."""

    name: str
    template: str
    methods: tuple[str, ...]
    promises: Callable[[], EndpointSpec]

    @property
    def spec(self) -> EndpointSpec:
        """What the endpoint promises; loads its models."""
        return self.promises()

    @property
    def path(self) -> str:
        """The path with bare parameters: ``/api/vault/items/{item_id}``."""
        return "/" + _PARAMETER.sub(lambda found: "{" + found[2] + "}", self.template)

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the route parameters, in order."""
        return tuple(found[2] for found in _PARAMETER.finditer(self.template))

    def matches(self, path: str) -> bool:
        """Tell whether ``path`` is one of this route's: its segments, each within its constraint.

        Raises:
            ValueError: a constraint is not known here, so that ``Allow`` would be a guess.
        """
        shape = "".join(
            "([^/]+)" if part.startswith("{") else re.escape(part)
            for part in re.split(r"(\{[^{}]*\})", self.path)
        )
        found = re.fullmatch(shape, path, re.IGNORECASE)
        constraints = (parameter[3] for parameter in _PARAMETER.finditer(self.template))
        return found is not None and all(map(_satisfies, found.groups(), constraints))


def routes(app: FunctionRegister) -> Iterator[Route]:
    """Yield the app's HTTP functions but for the fallback, in order of name."""
    app.functions_bindings = {}  # else the library takes its own record of an earlier call for duplicates
    for function in sorted(app.get_functions(), key=lambda function: str(function.get_function_name())):
        trigger = function.get_trigger()
        name = str(function.get_function_name())
        if trigger is None or trigger.type != "httpTrigger" or name == FALLBACK:
            continue
        declared: Mapping[str, object] = trigger.get_dict_repr()
        methods = tuple(str(getattr(m, "value", m)).upper() for m in _listed(declared.get("methods")))
        yield Route(name, str(declared["route"]), methods, _promises(function.get_user_function()))


def allowed(table: Iterable[Route], path: str) -> list[str]:
    """Return the methods that ``path`` answers, sorted; empty where no route has it."""
    return sorted({method for route in table if route.matches(path) for method in route.methods})


def _satisfies(value: str, constraint: str) -> bool:
    """Tell whether the host lets ``value`` through ``:guid``, ``:regex(...)`` or no constraint.

    Of the ways to write one that ``:guid`` takes, only that of the app's ids counts.
    """
    if regex := _REGEX.fullmatch(constraint):
        pattern = regex[1].replace("{{", "{").replace("}}", "}")
        return re.search(pattern, value, re.IGNORECASE) is not None
    if constraint not in {"", ":guid"}:
        raise ValueError(f"the route constraint {constraint} is not known")
    return not constraint or re.fullmatch(ids.FORM, value, re.IGNORECASE) is not None


def _listed(methods: object) -> Iterable[object]:
    return methods if isinstance(methods, Iterable) else ()


def _promises(function: Any) -> Callable[[], EndpointSpec]:
    """Find what the endpoint promises; decorators around it (a durable client) carry it on."""
    found: Callable[[], EndpointSpec] = function.__endpoint__
    return found
