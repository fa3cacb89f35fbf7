"""A cursor that knows its list: used with other filters, or altered, it is refused instead of misread.

Continuation tokens mean nothing to another query, and not every service says so: some start over, and the
client pages for ever. The seal is a checksum against mistakes, not a secret; a cursor opens no one's data.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

_LENGTH = 16


def sealed(token: str | None, *scope: str | Mapping[str, Any]) -> str | None:
    """Return the continuation ``token`` as a cursor that is only good for the same ``scope``."""
    return None if token is None else _seal(token, scope) + token


def opened(cursor: str, *scope: str | Mapping[str, Any]) -> str | None:
    """Return the token of a cursor sealed for this ``scope``; ``None`` for any other text."""
    seal, token = cursor[:_LENGTH], cursor[_LENGTH:]
    return token if token and _seal(token, scope) == seal else None


def _seal(token: str, scope: tuple[str | Mapping[str, Any], ...]) -> str:
    return sha256(json.dumps([token, *scope], sort_keys=True).encode()).hexdigest()[:_LENGTH]
