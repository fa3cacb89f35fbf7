"""local.settings.json: the settings a developer's machine gives an app.

`local.settings.local.json` beside it lies over it (for what one person alone needs), and the process
environment wins over both, as with Core Tools. In Azure neither file exists.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_MOST_PORT = 65535


class LocalSettingsError(ValueError):
    """A local settings file that cannot be used. The text is one sentence naming file and key."""


@dataclass(frozen=True)
class LocalSettings:
    """`values` become environment variables; the rest is the file's `Host` section."""

    values: Mapping[str, str] = field(default_factory=dict)
    port: int | None = None
    cors_origins: tuple[str, ...] = ()
    cors_credentials: bool = False

    def over(self, environment: Mapping[str, str]) -> dict[str, str]:
        """The settings of the app: the file's values below the environment's."""
        return {**self.values, **environment}


def load(app_dir: Path, file: Path | None = None) -> LocalSettings:
    """Read `local.settings.json` (or `file`) and `local.settings.local.json` in `app_dir`.

    Missing files are no error, but a `file` that was asked for is. Raises LocalSettingsError.
    """
    if file is not None and not file.is_file():
        raise LocalSettingsError(f"{file} does not exist")
    merged: dict[str, dict[str, Any]] = {"Values": {}, "Host": {}}
    for path in (file or app_dir / "local.settings.json", app_dir / "local.settings.local.json"):
        if path.is_file():
            document = _read(path)
            for section, target in merged.items():
                target.update(_section(path, document, section))
    host = {key.lower(): value for key, value in merged["Host"].items()}
    return LocalSettings(
        values=merged["Values"],
        port=_port(host.get("localhttpport")),
        cors_origins=tuple(part.strip() for part in str(host.get("cors") or "").split(",") if part.strip()),
        cors_credentials=str(host.get("corscredentials")).lower() == "true",
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise LocalSettingsError(f"{path} cannot be read as JSON: {error}") from error
    if not isinstance(document, dict):
        raise LocalSettingsError(f"{path} must hold a JSON object")
    if document.get("IsEncrypted") is True:
        raise LocalSettingsError(
            f"{path} is encrypted and only Core Tools can read it: run `func settings decrypt` first"
        )
    return document


def _section(path: Path, document: Mapping[str, Any], name: str) -> dict[str, Any]:
    section = document.get(name, {})
    if not isinstance(section, dict):
        raise LocalSettingsError(f"{path}: {name} must be an object")
    return {key: as_text(path, key, value) for key, value in section.items()}


def as_text(path: Path, key: str, value: Any) -> str:
    """Return a value of a settings file as the environment holds it. Raises LocalSettingsError."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (str, int, float)):
        return str(value)
    raise LocalSettingsError(f"{path}: {key} must be a string, not {type(value).__name__}")


def _port(value: str | None) -> int | None:
    if value is None:
        return None
    if not value.isdecimal() or not 0 <= int(value) <= _MOST_PORT:
        raise LocalSettingsError(f"local.settings.json: Host.LocalHttpPort is {value!r}; it must be a port")
    return int(value)
