"""Route templates as ASP.NET Core parses them: literals, parameters, defaults, optionals, catch-alls.

`shelves/{shelf:alpha}/{book:int?}`, `{year=2024}`, `files/{*path}`, `{name}.{extension?}`. The parsed
template answers one question: which values does this path give, if it matches at all?
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from devstack.functions.constraints import Check, ConstraintError, constraint


class TemplateError(ValueError):
    """A template that cannot be parsed."""


@dataclass(frozen=True)
class Parameter:
    """`{name:constraint=default?}` or `{*name}`."""

    name: str
    checks: tuple[Check, ...] = ()
    default: str | None = None
    optional: bool = False
    catch_all: bool = False

    @property
    def may_be_absent(self) -> bool:
        """Whether a path may end before this parameter."""
        return self.optional or self.catch_all or self.default is not None

    def accepts(self, value: str) -> bool:
        """Whether every constraint accepts `value`."""
        return all(check(value) for check in self.checks)


type Part = str | Parameter
type Segment = tuple[Part, ...]


@dataclass(frozen=True)
class Template:
    """One parsed template."""

    text: str
    segments: tuple[Segment, ...]

    @classmethod
    def parse(cls, text: str) -> Template:
        """Raises TemplateError, in the platform's words where it has any."""
        stripped = text.removeprefix("~/").removeprefix("/").removesuffix("/")
        segments = tuple(_segment(part) for part in _split(stripped)) if stripped else ()
        _check_order(segments)
        return cls(text, segments)

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """All parameters, in order."""
        return tuple(part for segment in self.segments for part in segment if isinstance(part, Parameter))

    def match(self, path: str) -> dict[str, str] | None:
        """The values `path` (percent-decoded) gives the parameters, or None when it does not match.

        Literals compare case-insensitively; absent optional parameters are not in the answer.
        """
        return self.match_parts(parts_of(path))

    def match_parts(self, parts: list[str]) -> dict[str, str] | None:
        """`match` for a path that `parts_of` has taken apart, so that many templates can share the work."""
        values: dict[str, str] = {}
        for index, segment in enumerate(self.segments):
            found = _match_segment(segment, parts, index)
            if found is None:
                return None
            values |= found
        if len(parts) > len(self.segments) and not (self.parameters and self.parameters[-1].catch_all):
            return None
        accepted = all(p.accepts(values[p.name]) for p in self.parameters if p.name in values)
        return values if accepted else None


def parts_of(path: str) -> list[str]:
    """The segments of a path; one slash at its end does not count."""
    return path.removeprefix("/").removesuffix("/").split("/") if path.strip("/") else []


def _match_segment(segment: Segment, parts: list[str], index: int) -> dict[str, str] | None:
    only = segment[0] if len(segment) == 1 else None
    if isinstance(only, Parameter) and only.catch_all:
        return _present(only, "/".join(parts[index:]))
    if index >= len(parts):
        return _present(only, "") if isinstance(only, Parameter) and only.may_be_absent else None
    if isinstance(only, Parameter):
        return {only.name: parts[index]} if parts[index] else None
    if isinstance(only, str):
        return {} if only.lower() == parts[index].lower() else None
    return _match_mixed(segment, parts[index])


def _present(parameter: Parameter, value: str) -> dict[str, str]:
    if value:
        return {parameter.name: value}
    return {} if parameter.default is None else {parameter.name: parameter.default}


def _match_mixed(segment: Segment, text: str) -> dict[str, str] | None:
    """`{a}-{b}.{c?}`: literals are looked for from the right, so earlier parameters take what they can."""
    match = re.fullmatch(_mixed_pattern(segment), text, re.IGNORECASE | re.DOTALL)
    names = [part.name for part in segment if isinstance(part, Parameter)]
    last = segment[-1]
    if match is None and isinstance(last, Parameter) and last.optional:
        match = re.fullmatch(_mixed_pattern(segment[:-2]), text, re.IGNORECASE | re.DOTALL)
    return None if match is None else dict(zip(names, match.groups(), strict=False))


def _mixed_pattern(segment: Segment) -> str:
    return "".join("(.+)" if isinstance(part, Parameter) else re.escape(part) for part in segment)


def _split(text: str) -> list[str]:
    """Segments: slashes inside braces (in a `regex(...)`) do not separate."""
    segments, depth = [""], 0
    for character in text.replace("{{", "\0").replace("}}", "\1"):
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth not in {0, 1}:
            raise TemplateError("In a route parameter, '{' and '}' must be escaped with '{{' and '}}'.")
        if character == "/" and depth == 0:
            segments.append("")
        else:
            segments[-1] += character
    if depth != 0:
        raise TemplateError(
            "There is an incomplete parameter in the route template. "
            "Check that each '{' character has a matching '}' character."
        )
    if "" in segments:
        raise TemplateError(
            "The route template separator character '/' cannot appear consecutively. "
            "It must be separated by either a parameter or a literal value."
        )
    return segments


def _segment(text: str) -> Segment:
    parts: list[Part] = []
    for literal, parameter in re.findall(r"([^{}]+)|\{([^{}]*)\}", text):
        parts.append(_unescape(literal) if literal else _parameter(_unescape(parameter)))
    for before, after in pairwise(parts):
        if isinstance(before, Parameter) and isinstance(after, Parameter):
            raise TemplateError(
                "A path segment cannot contain two consecutive parameters. "
                "They must be separated by a '/' or by a literal string."
            )
    if len(parts) > 1:
        _check_mixed(parts)
    return tuple(parts)


def _check_mixed(parts: list[Part]) -> None:
    if any(isinstance(part, Parameter) and part.catch_all for part in parts):
        raise TemplateError(
            "A path segment that contains more than one section, such as a literal section or a parameter, "
            "cannot contain a catch-all parameter."
        )
    for index, part in enumerate(parts):
        is_last_after_dot = index == len(parts) - 1 and parts[index - 1] == "."
        if isinstance(part, Parameter) and part.optional and not is_last_after_dot:
            raise TemplateError(
                f"An optional parameter must be at the end of the segment and only preceded by a period: "
                f"'{part.name}'."
            )


def _check_order(segments: tuple[Segment, ...]) -> None:
    names = [part.name.lower() for segment in segments for part in segment if isinstance(part, Parameter)]
    for name in names:
        if names.count(name) > 1:
            raise TemplateError(
                f"The route parameter name '{name}' appears more than one time in the template."
            )
    for segment in segments[:-1]:
        if any(isinstance(part, Parameter) and part.catch_all for part in segment):
            raise TemplateError(
                "A catch-all parameter can only appear as the last segment of the route template."
            )


def _unescape(text: str) -> str:
    return text.replace("\0", "{").replace("\1", "}")


def _parameter(text: str) -> Parameter:
    stars = len(text) - len(text.lstrip("*"))
    body = text[stars:]
    optional = body.endswith("?")
    body = body.removesuffix("?")
    name, rest = re.match(r"([^:=]*)(.*)", body, re.DOTALL).groups()  # type: ignore[union-attr]  # matches any text
    if not name or re.search(r"[/{}?*]", name) or stars > 2:
        raise TemplateError(f"The route parameter name '{name or text}' is invalid.")
    checks, default = _constraints(rest)
    if default is not None and optional:
        raise TemplateError("An optional parameter cannot have default value.")
    if stars and optional:
        raise TemplateError("A catch-all parameter cannot be marked optional.")
    return Parameter(name, checks, default, optional, stars > 0)


def _constraints(text: str) -> tuple[tuple[Check, ...], str | None]:
    """`:int:range(1,9)=5` → the checks and the default. Parentheses protect what is inside."""
    checks: list[Check] = []
    while text.startswith(":"):
        name, text = _until(text[1:], "(:=")
        argument = None
        if text.startswith("("):
            argument, text = _argument(text)
        checks.append(_constraint(name, argument))
    return tuple(checks), text[1:] if text.startswith("=") else None


def _constraint(name: str, argument: str | None) -> Any:
    try:
        return constraint(name, argument)
    except ConstraintError as error:
        raise TemplateError(str(error)) from error


def _until(text: str, stops: str) -> tuple[str, str]:
    end = next((index for index, character in enumerate(text) if character in stops), len(text))
    return text[:end], text[end:]


def _argument(text: str) -> tuple[str, str]:
    """`(a(b)c):rest` → `a(b)c` and `:rest`. The closing one is the last before `:`, `=` or the end."""
    end = re.search(r"\)(?=$|:[a-z]+(?:$|[:(=])|=)", text, re.IGNORECASE)
    if end is None:
        raise TemplateError(f"The constraint argument '{text}' has no closing ')'.")
    return text[1 : end.start()], text[end.end() :]
