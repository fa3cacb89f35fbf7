"""The settings of an app that runs on the devstack: its files, the secrets made for it, the emulators.

What a developer wrote into ``local.settings.json`` or ``local.settings.local.json`` wins, so that a single
setting can point at a real service; a value left as the example has it gives way to the emulator.
"""

from __future__ import annotations

import base64
import difflib
import json
import os
import secrets
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from devstack.functions.localsettings import LocalSettingsError, as_text
from devstack.process import StackError

EXAMPLE = "local.settings.json.example"
FILES = ("local.settings.json", "local.settings.local.json")
_ALIKE = 0.85


def _signing_keys() -> str:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    halves = {"d": key.private_bytes_raw(), "x": key.public_key().public_bytes_raw()}
    encoded = {name: base64.urlsafe_b64encode(raw).decode().rstrip("=") for name, raw in halves.items()}
    return json.dumps([{"kty": "OKP", "crv": "Ed25519", "kid": f"local-{secrets.token_hex(4)}", **encoded}])


GENERATED: Mapping[str, Callable[[], str]] = {
    "AUTH_SIGNING_KEYS": _signing_keys,
    "URL_SIGNING_KEY": lambda: secrets.token_urlsafe(32),
}


def example(app_dir: Path) -> dict[str, str]:
    """Return the values of the app's example file, none if it has no such file."""
    return read(app_dir / EXAMPLE)


def written(app_dir: Path) -> dict[str, str]:
    """Return the values of the app's settings files, later files over earlier ones."""
    return {name: value for file in FILES for name, value in read(app_dir / file).items()}


def fresh(app_dir: Path) -> dict[str, str]:
    """Return the example's values with its empty secrets filled in, as a first run would write them."""
    values = example(app_dir)
    return {**values, **_secrets_missing_in(values, values)}


def ensure(app_dir: Path, say: Callable[[str], None]) -> None:
    """Write ``local.settings.json`` from the example if it is not there, with secrets of its own.

    One that is there only gets the secrets it lacks, those that the app has come to need since.
    """
    target, shipped, values = app_dir / FILES[0], example(app_dir), written(app_dir)
    for name in sorted(values.keys() - shipped.keys()):
        for near in difflib.get_close_matches(name, shipped, 1, _ALIKE):
            say(f"{name} is no setting of this app: is {near} meant?")
    made = _secrets_missing_in(values, shipped)
    if not target.exists() and shipped:
        write(target, {**shipped, **made})
        say(f"wrote {target.name} from {EXAMPLE}, with new secrets: {', '.join(made)}")
    elif made:
        document = json.loads(target.read_text(encoding="utf-8-sig"))
        document["Values"].update(made)
        _write_whole(target, document)
        say(f"added new secrets to {target.name}: {', '.join(made)}")


def _secrets_missing_in(values: Mapping[str, str], shipped: Mapping[str, str]) -> dict[str, str]:
    return {name: make() for name, make in GENERATED.items() if name in shipped and not values.get(name)}


def effective(
    values: Mapping[str, str], shipped: Mapping[str, str], offered: Mapping[str, str]
) -> dict[str, str]:
    """Return the example's values, over them ``values``, and what the emulators offer where nobody chose.

    ``shipped`` are the example's values: equal to them, or empty, means nobody chose.
    """
    chosen = {name: value for name, value in values.items() if value and value != shipped.get(name)}
    return {**shipped, **values, **offered, **chosen}


def write(target: Path, values: Mapping[str, str]) -> None:
    """Write a settings file that only its owner may read, whole or not at all."""
    _write_whole(target, {"IsEncrypted": False, "Values": dict(values)})


def _write_whole(target: Path, document: Mapping[str, Any]) -> None:
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=target.name)
    with os.fdopen(handle, "w") as file:
        file.write(json.dumps(document, indent=2) + "\n")
    Path(temporary).replace(target)


def read(file: Path) -> dict[str, str]:
    """Return the values of one settings file, none if there is no such file."""
    if not file.exists():
        return {}
    try:
        values = json.loads(file.read_text(encoding="utf-8-sig"))["Values"]
        return {name: as_text(file, name, value) for name, value in values.items()}
    except LocalSettingsError as error:
        raise StackError(str(error)) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StackError(f'{file.name} is not JSON with an object "Values": {error}') from error
