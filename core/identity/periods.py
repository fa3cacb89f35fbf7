"""When a token is good, by our clock and not PyJWT's, so that a test can hold time still."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from core.identity.errors import InvalidToken

LEEWAY = timedelta(seconds=10)
"""How far two well-kept clocks may be apart."""


def check_period(expires_at: float, not_before: Iterable[float], now: datetime) -> None:
    """Check ``exp`` and every lower bound (``nbf``, ``iat``), all in Unix seconds (RFC 7519 4.1).

    Raises:
        InvalidToken: expired, or not valid yet.
    """
    moment, leeway = now.timestamp(), LEEWAY.total_seconds()
    if expires_at + leeway <= moment:
        raise InvalidToken("The token has expired; refresh it or sign in again.")
    if max(not_before, default=moment) - leeway > moment:
        raise InvalidToken("The token is not valid yet; check the clock.")
