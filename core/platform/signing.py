"""Signed URLs: a link that opens one thing until a moment, for clients that cannot send a header.

HMAC-SHA256 over the path, every other query parameter and the expiry, compared in constant time.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlencode

from core.platform import clock


def sign(path: str, *, expires_at: datetime, claims: Mapping[str, str] | None = None) -> str:
    """Return the query string (``claims``, ``exp`` in Unix seconds, ``sig`` in hex) that opens ``path``."""
    signed = {**(claims or {}), "exp": str(int(expires_at.timestamp()))}
    return urlencode({**signed, "sig": _signature(path, signed)})


def verify(path: str, params: Mapping[str, str]) -> bool:
    """Tell whether ``params`` carry a signature for ``path`` that is good and has not expired."""
    signed = {name: value for name, value in params.items() if name != "sig"}
    expires = signed.get("exp", "")
    if not (expires.isascii() and expires.isdigit() and len(expires) < 12):
        return False
    good = hmac.compare_digest(_signature(path, signed).encode(), params.get("sig", "").encode())
    return good and int(expires) > clock.now().timestamp()


def digest(text: str) -> str:
    """Return what stands for ``text`` where it must not be kept: HMAC-SHA256, in hex."""
    from core.platform import settings

    key = settings.get(settings.SigningSettings).url_signing_key.get_secret_value()
    return hmac.new(key.encode(), text.encode(), sha256).hexdigest()


def _signature(path: str, signed: Mapping[str, str]) -> str:
    return digest(f"{path}?{urlencode(sorted(signed.items()))}")
