"""host.json, as far as this host reads it.

The extensions' own sections are kept raw and read by the listeners they configure; what concerns the
whole app is read here. A value the platform would refuse refuses the start with the field's name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devstack.functions.extensions import HostJsonError
from devstack.functions.timespan import parse_timespan

__all__ = ["HostConfig", "HostJsonError"]

_OVERRIDE = "azurefunctionsjobhost__"  # settings of this prefix win over host.json, as in the platform
_DEFAULT_TIMEOUT = 30 * 60.0  # seconds; what the platform gives outside the consumption plan


@dataclass(frozen=True)
class HostConfig:
    """The settings of one app's host. `function_timeout` in seconds, None: unlimited."""

    route_prefix: str
    function_timeout: float | None
    only_functions: frozenset[str] | None
    response_headers: Mapping[str, str]
    extensions: Mapping[str, Any]

    @classmethod
    def load(cls, app_dir: Path, settings: Mapping[str, str]) -> HostConfig:
        """Read `host.json` in `app_dir`. Raises HostJsonError with one sentence."""
        path = app_dir / "host.json"
        if not path.is_file():
            raise HostJsonError(f"{app_dir} is not a function app folder: it has no host.json")
        document = _read(path)
        for name, value in settings.items():
            if name.lower().startswith(_OVERRIDE):
                _override(document, name[len(_OVERRIDE) :].replace("__", ":").split(":"), value)
        return cls.of(document)

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> HostConfig:
        """Check a parsed host.json. Raises HostJsonError."""
        if str(_get(document, "version", "")) != "2.0":
            raise HostJsonError(
                f'host.json: version is {_get(document, "version", None)!r}; it must be "2.0" '
                "(see https://aka.ms/functions-hostjson)"
            )
        extensions = _object(document, "extensions")
        http = _object(extensions, "http", "extensions.http")
        return cls(
            route_prefix=_route_prefix(_get(http, "routePrefix", "api")),
            function_timeout=_timeout(_get(document, "functionTimeout", None)),
            only_functions=_names(_get(document, "functions", None)),
            response_headers=_headers(_get(http, "customHeaders", {})),
            extensions=extensions,
        )

    def runs(self, function_name: str) -> bool:
        """Whether the `functions` list (if there is one) names this function."""
        return self.only_functions is None or function_name.lower() in self.only_functions


def _read(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise HostJsonError(f"{path} cannot be read as JSON: {error}") from error
    if not isinstance(document, dict):
        raise HostJsonError(f"{path} must hold a JSON object")
    return document


def _override(document: dict[str, Any], path: list[str], value: str) -> None:
    *parents, last = path
    for part in parents:
        child = document.get(_key(document, part))
        if not isinstance(child, dict):
            child = document[_key(document, part)] = {}
        document = child
    document[_key(document, last)] = _typed(value)


def _typed(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value


def _key(section: Mapping[str, Any], name: str) -> str:
    return next((key for key in section if key.lower() == name.lower()), name)


def _get(section: Mapping[str, Any], name: str, default: Any) -> Any:
    return section.get(_key(section, name), default)


def _object(section: Mapping[str, Any], name: str, shown: str | None = None) -> dict[str, Any]:
    value = _get(section, name, {})
    if not isinstance(value, dict):
        raise HostJsonError(f"host.json: {shown or name} must be an object")
    return value


def _route_prefix(value: Any) -> str:
    if not isinstance(value, str):
        raise HostJsonError(f"host.json: extensions.http.routePrefix is {value!r}; it must be a string")
    return value.strip("/")


def _timeout(value: Any) -> float | None:
    if value is None:
        return _DEFAULT_TIMEOUT
    if str(value) == "-1":
        return None
    try:
        seconds = parse_timespan(str(value)).total_seconds()
    except ValueError as error:
        raise HostJsonError(f"host.json: functionTimeout is {value!r}; it must be hh:mm:ss or -1") from error
    if seconds <= 0:
        raise HostJsonError("host.json: functionTimeout must be longer than 00:00:00")
    return seconds


def _names(value: Any) -> frozenset[str] | None:
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise HostJsonError("host.json: functions must be a list of function names")
    return frozenset(name.lower() for name in value)


def _headers(value: Any) -> Mapping[str, str]:
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise HostJsonError("host.json: extensions.http.customHeaders must be an object of strings")
    return value
