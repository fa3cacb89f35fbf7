"""Access tokens: short-lived proof of who calls, checked without asking a database.

JWTs after RFC 9068 (``typ: at+jwt``), signed with EdDSA and nothing else: the algorithm is ours to name,
never the token's. A token also says ``typ: access`` among its claims, so that no other kind of token that
a future key might sign can pass for one. Times are checked here and not by PyJWT, against the caller's
``now``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import jwt

from core.identity.errors import InvalidToken
from core.identity.keys import KeyRing
from core.identity.periods import check_period
from core.platform import ids

ALGORITHM = "EdDSA"
LIFETIME = timedelta(minutes=15)
HEADER_TYPE = "at+jwt"
CLAIM_TYPE = "access"
REQUIRED = ("exp", "iat", "nbf", "iss", "aud", "sub", "typ", "jti")
_LONGEST = 4096
_REMEMBERED = 1024


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What a good access token says; ``session_id`` is the refresh family it was issued with."""

    user_id: str
    email: str | None
    session_id: str | None
    not_before: int
    issued_at: int
    expires_at: int


class AccessTokens:
    """Issues and verifies access tokens of one issuer for one audience."""

    def __init__(self, ring: KeyRing, *, issuer: str, audience: str) -> None:
        self._ring = ring
        self._issuer = issuer
        self._audience = audience
        # A signature stays good while its key is live: it is checked once per token, the times on each call.
        self._claims = lru_cache(maxsize=_REMEMBERED)(self._signed_claims)

    def issue(self, *, user_id: str, email: str | None, session_id: str, now: datetime) -> str:
        """Return a token that is good from ``now`` for ``LIFETIME``."""
        issued = int(now.timestamp())
        claims = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": user_id,
            "email": email,
            "sid": session_id,
            "typ": CLAIM_TYPE,
            "jti": ids.new_id(),
            "iat": issued,
            "nbf": issued,
            "exp": issued + int(LIFETIME.total_seconds()),
        }
        key = self._ring.signing
        return jwt.encode(claims, key.private, ALGORITHM, headers={"typ": HEADER_TYPE, "kid": key.kid})

    def verify(self, token: str, now: datetime) -> AccessClaims:
        """Return what the token says.

        Raises:
            InvalidToken: forged, expired, not valid yet, for another audience, or not an access token.
        """
        claims = self._claims(token)
        check_period(claims.expires_at, (claims.not_before, claims.issued_at), now)
        return claims

    def _signed_claims(self, token: str) -> AccessClaims:
        if len(token) > _LONGEST:
            raise InvalidToken(f"The access token is longer than {_LONGEST} characters.")
        try:
            claims = self._decode(token)
        except (jwt.PyJWTError, ValueError, RecursionError):
            # PyJWT's reasons would tell a forger which check to work on next.
            raise InvalidToken("This is not an access token of ours; sign in again.") from None
        if claims["typ"] != CLAIM_TYPE:
            raise InvalidToken("This is not an access token.")
        return _access_claims(claims)

    def _decode(self, token: str) -> dict[str, Any]:
        header = jwt.get_unverified_header(token)
        key = self._ring.find(header.get("kid"))
        if key is None:
            raise InvalidToken("The access token was signed with a key we do not know; sign in again.")
        if str(header.get("typ")).lower() != HEADER_TYPE:
            raise InvalidToken("This is not an access token.")
        return jwt.decode(
            token,
            key.public,
            algorithms=[ALGORITHM],
            audience=self._audience,
            issuer=self._issuer,
            options={
                "require": list(REQUIRED),
                "strict_aud": True,
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
            },
        )


def _access_claims(claims: dict[str, Any]) -> AccessClaims:
    times = [claims[name] for name in ("nbf", "iat", "exp")]
    if not all(type(moment) is int for moment in times) or not _is_id(claims["sub"]):
        raise InvalidToken("The access token's claims are malformed; sign in again.")
    email, session = claims.get("email"), claims.get("sid")
    return AccessClaims(
        claims["sub"],
        email if isinstance(email, str) else None,
        session if isinstance(session, str) and _is_id(session) else None,
        *times,
    )


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
