"""Which function answers a request, decided exactly as the platform decides it.

Routes are tried in alphabetical order of **function name**; the first that matches path and method wins,
and a literal segment does not beat a parameter. What the platform refuses at start is refused here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from devstack.functions.bindings import Binding, Function
from devstack.functions.templates import Template, TemplateError, parts_of

HTTP_TRIGGER = "httpTrigger"
_FUNCTION_NAME = re.compile(r"[a-z][a-z0-9_\-]{0,127}", re.IGNORECASE)
# `_durable_input` is what azure-functions-durable 2.0.0rc3 itself makes of `context_name="context"`.
_BINDING_NAME = re.compile(r"[a-z][a-z0-9]{0,127}|\$return|_+durable_input", re.IGNORECASE)
_RESERVED = ("admin", "runtime")


class DeclarationError(ValueError):
    """A function the platform would put "in error". The text is the platform's."""

    def __init__(self, function: Function, message: str) -> None:
        super().__init__(f"The '{function.name}' function is in error: {message}")


@dataclass(frozen=True)
class Route:
    """One HTTP function; `methods` empty: all of them. `template` includes the route prefix."""

    function: Function
    template: Template
    methods: frozenset[str]

    @property
    def auth_level(self) -> str:
        """anonymous, function or admin."""
        return str(self.function.trigger.properties.get("authLevel") or "function").lower()

    def allows(self, method: str) -> bool:
        """Whether the function declares this method. HEAD is not implied by GET."""
        return not self.methods or method.upper() in self.methods


class RouteTable:
    """All routes of an app, in the order they are tried."""

    def __init__(self, functions: Iterable[Function], prefix: str) -> None:
        """Raises DeclarationError for a name, binding or route the platform refuses."""
        functions = tuple(functions)
        for function in functions:
            _check_names(function)
        http = [function for function in functions if function.trigger.type == HTTP_TRIGGER]
        self.routes = tuple(
            sorted((_route(function, prefix) for function in http), key=lambda r: r.function.name.lower())
        )
        _check_conflicts(self.routes)

    def find(self, method: str, path: str) -> tuple[Route, Mapping[str, str]] | None:
        """The route for a percent-decoded path, with its parameters; None is the platform's 404."""
        parts = parts_of(path)
        for route in self.routes:
            if route.allows(method) and (values := route.template.match_parts(parts)) is not None:
                return route, values
        return None


def _route(function: Function, prefix: str) -> Route:
    own = _own_route(function)
    if own.lower().startswith(_RESERVED):
        raise DeclarationError(function, "The specified route conflicts with one or more built in routes.")
    text = f"{prefix}/{function.trigger.properties.get('route') or own}" if prefix else own
    try:
        template = Template.parse(text)
    except TemplateError as error:
        message = (
            f"An error occurred while creating the route with name '{function.name}' and template '{text}'."
        )
        raise DeclarationError(function, f"{message} {error}") from error
    return Route(function, template, _methods(function.trigger))


def _own_route(function: Function) -> str:
    return str(function.trigger.properties.get("route") or function.name).strip("/")


def _methods(trigger: Binding) -> frozenset[str]:
    return frozenset(str(method).upper() for method in trigger.properties.get("methods") or ())


def _check_names(function: Function) -> None:
    if not _FUNCTION_NAME.fullmatch(function.name):
        raise DeclarationError(function, f"'{function.name}' is not a valid function name.")
    for binding in function.bindings:
        if not _BINDING_NAME.fullmatch(binding.name):
            raise DeclarationError(
                function,
                f"The binding name {binding.name} is invalid. Please assign a valid name to the binding.",
            )


def _check_conflicts(routes: tuple[Route, ...]) -> None:
    """The same route text with a method in common; names that differ in case only."""
    for index, route in enumerate(routes):
        for other in routes[:index]:
            if route.function.name.lower() == other.function.name.lower():
                raise DeclarationError(
                    route.function,
                    f"The function name '{route.function.name}' must be unique within the function app.",
                )
            if _own_route(route.function).lower() != _own_route(other.function).lower():
                continue
            if not route.methods or not other.methods or route.methods & other.methods:
                raise DeclarationError(
                    route.function,
                    "The route specified conflicts with the route defined by function "
                    f"'{other.function.name}'.",
                )
