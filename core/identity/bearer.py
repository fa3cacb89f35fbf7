"""From an ``Authorization`` header to the person it speaks for (RFC 6750)."""

from __future__ import annotations

from core.identity import authority
from core.identity.access_tokens import AccessClaims
from core.identity.errors import InvalidToken, MissingCredentials
from core.platform import clock
from core.platform.http import Principal


def principal_of(claims: AccessClaims) -> Principal:
    """Return the person a good access token speaks for."""
    return Principal(
        user_id=claims.user_id,
        email=claims.email,
        is_admin=authority.is_admin(claims.user_id),
        session_id=claims.session_id,
    )


def claims_of(authorization: str | None) -> AccessClaims:
    """Return what the access token says. Raises ``Unauthenticated``."""
    return authority.access_tokens().verify(bearer_token(authorization), clock.now())


def bearer_token(authorization: str | None) -> str:
    """Return the token behind ``Bearer``; the scheme's case does not matter (RFC 9110 11.1)."""
    if not authorization:
        raise MissingCredentials("Sign in, and send the access token as `Authorization: Bearer <token>`.")
    scheme, _, token = authorization.strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise InvalidToken("The Authorization header must read `Bearer <access token>`.")
    return token.strip()
