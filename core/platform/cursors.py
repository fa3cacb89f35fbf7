"""A cursor that knows its list: used with other filters, or altered, it is refused instead of misread.

Continuation tokens mean nothing to another query, and not every service says so: some start over, and the
client pages for ever. The seal is a checksum against mistakes, not a secret; a cursor opens no one's data.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from core.platform.errors import FieldError, Invalid

_LENGTH = 16

type Scope = str | Mapping[str, Any]


class InvalidCursor(Invalid):
    """A cursor that this list did not give out."""

    slug = "invalid-cursor"
    title = "The cursor is not one of ours"


def sealed(token: str | None, *scope: Scope) -> str | None:
    """Return the continuation ``token`` as a cursor that is only good for the same ``scope``."""
    if not token:
        return None
    encoded = base64.urlsafe_b64encode(token.encode()).decode().rstrip("=")
    return _seal(encoded, scope) + encoded


def opened(cursor: str | None, *scope: Scope) -> str | None:
    """Return the token of a cursor sealed for this ``scope``, ``None`` for no cursor.

    Raises:
        InvalidCursor: it is not one of ours, or another list's.
    """
    if cursor is None:
        return None
    seal, encoded = cursor[:_LENGTH], cursor[_LENGTH:]
    if not encoded or _seal(encoded, scope) != seal:
        detail = "Use the `next_cursor` of the page before, unchanged and with the same filters."
        raise InvalidCursor(detail, errors=[FieldError("/cursor", detail, "query")])
    return base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()


def _seal(token: str, scope: tuple[Scope, ...]) -> str:
    return sha256(json.dumps([token, *scope], sort_keys=True).encode()).hexdigest()[:_LENGTH]
