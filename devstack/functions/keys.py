"""The keys that open non-anonymous functions, the admin API and extension webhooks.

The platform keeps them in storage and makes them when they are first needed; here they live in one file
per app, so a key stays valid over restarts. Comparisons never stop early.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from devstack.functions.messages import HostRequest

MASTER = "_master"
_HEADER, _PARAMETER = "x-functions-key", "code"


class Level(StrEnum):
    """What a key opens."""

    ANONYMOUS = "anonymous"
    FUNCTION = "function"
    SYSTEM = "system"
    ADMIN = "admin"


class KeysError(ValueError):
    """The secrets file cannot be used. The text is one sentence naming it."""


@dataclass
class _Secrets:
    master: str = field(default_factory=lambda: secrets.token_urlsafe(40))
    function_keys: dict[str, str] = field(default_factory=lambda: {"default": secrets.token_urlsafe(40)})
    system_keys: dict[str, str] = field(default_factory=dict)
    functions: dict[str, dict[str, str]] = field(default_factory=dict)


class Keys:
    """The keys of one app, kept in `<state_dir>/secrets.json`."""

    def __init__(self, state_dir: Path) -> None:
        """Read the file or make it. Raises KeysError."""
        self.path = state_dir / "secrets.json"
        self._secrets = self._read() if self.path.exists() else _Secrets()
        self._save()

    @property
    def master(self) -> str:
        """The key that opens everything."""
        return self._secrets.master

    def host(self) -> dict[str, str]:
        """Host keys by name; each opens every function."""
        return self._secrets.function_keys

    def system(self) -> dict[str, str]:
        """Extension webhook keys by name (`durabletask_extension`)."""
        return self._secrets.system_keys

    def of_function(self, name: str) -> dict[str, str]:
        """The keys that open this one function; made when first asked for."""
        folded = name.lower()
        if folded not in self._secrets.functions:
            self._secrets.functions[folded] = {"default": secrets.token_urlsafe(40)}
            self._save()
        return self._secrets.functions[folded]

    def system_key(self, name: str) -> str:
        """The webhook key of an extension; made when first asked for."""
        if name not in self._secrets.system_keys:
            self.put(self._secrets.system_keys, name, None)
        return self._secrets.system_keys[name]

    def put(self, scope: dict[str, str], name: str, value: str | None) -> str:
        """Set a key in one of the scopes above (random when `value` is None) and keep it."""
        scope[name] = value or secrets.token_urlsafe(40)
        self._save()
        return scope[name]

    def put_master(self, value: str | None) -> str:
        """Replace the master key and keep it."""
        self._secrets.master = value or secrets.token_urlsafe(40)
        self._save()
        return self._secrets.master

    def remove(self, scope: dict[str, str], name: str) -> bool:
        """Forget a key; False when there is none of that name."""
        found = scope.pop(name, None) is not None
        self._save()
        return found

    def level(self, request: HostRequest, function: str | None = None) -> tuple[Level, str | None]:
        """What the key in the request opens, and the key's name. The header goes before `?code=`."""
        sent = request.headers.get(_HEADER)
        if sent is None:
            sent = next((v for k, v in request.query.items() if k.lower() == _PARAMETER), None)
        if not sent:
            return Level.ANONYMOUS, None
        found: tuple[Level, str | None] = (Level.ANONYMOUS, None)
        for level, name, value in self._candidates(function):
            if hmac.compare_digest(value.encode(), sent.encode()) and found[0] is Level.ANONYMOUS:
                found = (level, name)
        return found

    def _candidates(self, function: str | None) -> Iterator[tuple[Level, str, str]]:
        yield Level.ADMIN, MASTER, self._secrets.master
        if function is not None:
            yield from ((Level.FUNCTION, name, key) for name, key in self.of_function(function).items())
        yield from ((Level.FUNCTION, name, key) for name, key in self._secrets.function_keys.items())
        yield from ((Level.SYSTEM, name, key) for name, key in self._secrets.system_keys.items())

    def _read(self) -> _Secrets:
        try:
            document: Any = json.loads(self.path.read_text())
            return _Secrets(**document)
        except (OSError, ValueError, TypeError) as error:
            raise KeysError(
                f"{self.path} is not a secrets file of this host ({error}); remove it to get new keys"
            ) from error

    def _save(self) -> None:
        """Replace the file in one step, readable by its owner only."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_suffix(f".{os.getpid()}.tmp")
        with open(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:  # noqa: PTH123  # Path.open cannot set the mode
            json.dump(asdict(self._secrets), file, indent=2)
        draft.replace(self.path)
