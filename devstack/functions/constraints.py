"""Inline route constraints, as ASP.NET Core routing (which the platform uses) defines them.

Source of names and meanings: https://learn.microsoft.com/aspnet/core/fundamentals/routing#route-constraints
Values are parsed as .NET does with the invariant culture.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

type Check = Callable[[str], bool]

_INT32, _INT64 = 2**31, 2**63
_GUID = re.compile(
    r"[0-9a-f]{32}|(?P<open>[{(])?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?P<close>[})])?", re.IGNORECASE
)
_DECIMAL = re.compile(r"\s*[+-]?(?:\d[\d,]*\.?\d*|\.\d+)[+-]?\s*")
_FLOAT = re.compile(
    r"\s*(?:[+-]?(?:\d[\d,]*\.?\d*|\.\d+)(?:e[+-]?\d+)?|[+-]?infinity|[+-]?nan|[+-]?∞)\s*", re.IGNORECASE
)
_DATES = ("%Y-%m-%d", "%Y/%m/%d", "%m/%d/%Y", "%m-%d-%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y")
_TIMES = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p")
_DATE_FORMATS = tuple(date + time for date in _DATES for time in _TIMES)


class ConstraintError(ValueError):
    """A constraint that does not exist or has wrong arguments."""


def constraint(name: str, argument: str | None) -> Check:
    """The check for `name` or `name(argument)`. Raises ConstraintError."""
    folded = name.lower()
    if argument is None and folded in _PLAIN:
        return _PLAIN[folded]
    if argument is not None and folded in _WITH_ARGUMENT:
        try:
            return _WITH_ARGUMENT[folded](argument)
        except (ValueError, re.error) as error:
            raise ConstraintError(
                f"The constraint '{name}({argument})' has an invalid argument: {error}"
            ) from error
    raise ConstraintError(
        f"The constraint reference '{name}' could not be resolved to a type. Register the constraint type "
        "with 'Microsoft.AspNetCore.Routing.RouteOptions.ConstraintMap'."
    )


def _whole(value: str) -> int | None:
    return int(value) if re.fullmatch(r"\s*[+-]?\d+\s*", value, re.ASCII) else None


def _is_int(value: str, limit: int) -> bool:
    number = _whole(value)
    return number is not None and -limit <= number < limit


def _is_guid(value: str) -> bool:
    match = _GUID.fullmatch(value.strip())
    return match is not None and (match["open"], match["close"]) in {(None, None), ("{", "}"), ("(", ")")}


def _is_datetime(value: str) -> bool:
    text = value.strip()
    return _parses(datetime.fromisoformat, text) or any(
        _parses(datetime.strptime, text, form) for form in _DATE_FORMATS
    )


def _parses(parse: Callable[..., object], *arguments: str) -> bool:
    try:
        parse(*arguments)
    except ValueError:
        return False
    return True


def _file_name(value: str) -> bool:
    last = value.rpartition("/")[2]
    return "." in last and not last.endswith(".")


def _numbers(argument: str, *counts: int) -> list[int]:
    numbers = [int(part) for part in argument.split(",")]
    if len(numbers) not in counts:
        raise ValueError(f"{' or '.join(map(str, counts))} number(s) are needed")
    return numbers


def _length(argument: str) -> Check:
    low, *rest = _numbers(argument, 1, 2)
    high = rest[0] if rest else low
    if low < 0 or high < low:
        raise ValueError("lengths must not be negative and must be in order")
    return lambda value: low <= len(value) <= high


def _bounded(argument: str) -> Check:
    low, high = _numbers(argument, 2)
    if high < low:
        raise ValueError("the bounds must be in order")
    return lambda value: (number := _whole(value)) is not None and low <= number <= high


def _at_least(argument: str) -> Check:
    (low,) = _numbers(argument, 1)
    return lambda value: (number := _whole(value)) is not None and low <= number < _INT64


def _at_most(argument: str) -> Check:
    (high,) = _numbers(argument, 1)
    return lambda value: (number := _whole(value)) is not None and -_INT64 <= number <= high


def _min_length(argument: str) -> Check:
    (low,) = _numbers(argument, 1)
    return lambda value: len(value) >= low


def _max_length(argument: str) -> Check:
    (high,) = _numbers(argument, 1)
    return lambda value: len(value) <= high


def _pattern(argument: str) -> Check:
    """`regex(...)` looks for the pattern anywhere, ignoring case; .NET names groups `(?<name>`."""
    pattern = re.compile(re.sub(r"\(\?<(?![=!])", "(?P<", argument), re.IGNORECASE)
    return lambda value: pattern.search(value) is not None


_PLAIN: dict[str, Check] = {
    "int": lambda value: _is_int(value, _INT32),
    "long": lambda value: _is_int(value, _INT64),
    "bool": lambda value: value.strip().lower() in {"true", "false"},
    "guid": _is_guid,
    "alpha": lambda value: re.fullmatch(r"[a-z]*", value, re.IGNORECASE | re.ASCII) is not None,
    "datetime": _is_datetime,
    "decimal": lambda value: _DECIMAL.fullmatch(value) is not None,
    "double": lambda value: _FLOAT.fullmatch(value) is not None,
    "float": lambda value: _FLOAT.fullmatch(value) is not None,
    "required": lambda value: value != "",
    "file": _file_name,
    "nonfile": lambda value: not _file_name(value),
}
_WITH_ARGUMENT: dict[str, Callable[[str], Check]] = {
    "length": _length,
    "minlength": _min_length,
    "maxlength": _max_length,
    "min": _at_least,
    "max": _at_most,
    "range": _bounded,
    "regex": _pattern,
}
