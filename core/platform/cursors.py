"""A cursor that knows its list: used with other filters, or altered, it is refused instead of misread.

Continuation tokens mean nothing to another query, and not every service says so: some start over, and the
client pages for ever. The seal is keyed, so whoever reads a token may trust that it was given out here.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping
from typing import Any

from core.platform import signing
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
    if not encoded or not hmac.compare_digest(_seal(encoded, scope).encode(), seal.encode(errors="replace")):
        raise not_ours()
    try:
        return base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()
    except ValueError:
        raise not_ours() from None


def not_ours() -> InvalidCursor:
    """Return the refusal of a cursor that this list did not give out."""
    detail = "Use the `next_cursor` of the page before, unchanged and with the same filters."
    return InvalidCursor(detail, errors=[FieldError("/cursor", detail, "query")])


def _seal(token: str, scope: tuple[Scope, ...]) -> str:
    return signing.digest(json.dumps([token, *scope], sort_keys=True))[:_LENGTH]
