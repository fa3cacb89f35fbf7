"""Checking a JWT of another issuer: algorithm, issuer and audience are named by the caller, not the token."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import jwt

from core.identity.errors import InvalidToken
from core.identity.jwks import IssuerKeys, Jwk
from core.identity.periods import check_period

REQUIRED = ("exp", "iat", "iss", "aud", "sub")
_LONGEST = 16_384
_NOT_GOOD = "This token was not issued by the configured issuer for this service."


async def verify(
    token: str, *, keys: IssuerKeys, audience: str, algorithms: Sequence[str], now: datetime
) -> dict[str, Any]:
    """Return the claims of a token signed by ``keys.issuer`` for ``audience``.

    Raises:
        InvalidToken: forged, expired, not valid yet, or for somebody else.
        Unavailable, BadUpstream: the issuer's keys cannot be had.
    """
    if len(token) > _LONGEST:
        raise InvalidToken(f"The token is longer than {_LONGEST} characters.")
    jwk = await keys.find(_kid(token, algorithms))
    if jwk is None:
        raise InvalidToken(_NOT_GOOD)
    try:
        claims = _decode(token, jwk, keys.issuer, audience, algorithms)
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise InvalidToken(_NOT_GOOD) from None
    _check_period(claims, now)
    return claims


def _kid(token: str, algorithms: Sequence[str]) -> str:
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise InvalidToken("This is not a JWT.") from None
    kid = header.get("kid")
    # Refused before the keys are asked for: a wrong algorithm must not cause a fetch.
    if header.get("alg") not in algorithms or not isinstance(kid, str):
        raise InvalidToken(_NOT_GOOD)
    return kid


def _decode(token: str, jwk: Jwk, issuer: str, audience: str, algorithms: Sequence[str]) -> dict[str, Any]:
    algorithm = jwt.get_unverified_header(token)["alg"]
    # PyJWK binds the key to the algorithm and refuses a key of another type: no confusion of the two.
    return jwt.decode(
        token,
        jwt.PyJWK(dict(jwk), algorithm),
        algorithms=list(algorithms),
        audience=audience,
        issuer=issuer,
        options={
            "require": list(REQUIRED),
            "verify_exp": False,
            "verify_nbf": False,
            "verify_iat": False,
            "enforce_minimum_key_length": True,
        },
    )


def _check_period(claims: dict[str, Any], now: datetime) -> None:
    bounds = [claims[name] for name in ("iat", "nbf") if name in claims]
    if not all(_is_moment(value) for value in (claims["exp"], *bounds)):
        raise InvalidToken(_NOT_GOOD)
    check_period(claims["exp"], bounds, now)


def _is_moment(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
