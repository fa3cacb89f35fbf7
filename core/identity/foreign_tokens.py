"""Checking a JWT of another issuer: algorithm, issuer and audience are named by the caller, not the token."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import jwt

from core.identity.errors import InvalidToken
from core.identity.jwks import IssuerKeys, Jwk
from core.identity.periods import check_period

REQUIRED = ("exp", "iat", "iss", "aud", "sub")
LONGEST = 16_384
"""Longest token looked at, in characters."""

_LONGEST_KID = 256
_LATEST = 2**53  # seconds; JSON numbers beyond are no exact moments, and some no floats at all
_NOT_GOOD = "This token was not issued by the configured issuer for this service."


type IssuedBy = Callable[[Mapping[str, Any]], str | None]
"""Returns the one spelling of the issuer a token's claims name, ``None`` for anybody else's."""


async def verify(
    token: str,
    *,
    keys: IssuerKeys,
    audience: str | Sequence[str],
    algorithms: Sequence[str],
    now: datetime,
    issued_by: IssuedBy | None = None,
) -> dict[str, Any]:
    """Return the claims of a token signed by ``keys`` for (one) ``audience``.

    ``iss`` must be ``keys.issuer`` letter for letter, or what ``issued_by`` accepts; its spelling is
    returned.

    Raises:
        InvalidToken: forged, expired, not valid yet, or for somebody else.
        IssuerUnavailable: the issuer's keys cannot be had.
    """
    if len(token) > LONGEST:
        raise InvalidToken(f"The token is longer than {LONGEST} characters.")
    header = _header(token, algorithms)
    jwk = await keys.find(header["kid"])
    if jwk is None:
        raise InvalidToken(_NOT_GOOD)
    try:
        claims = _decode(token, jwk, header["alg"], audience)
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise InvalidToken(_NOT_GOOD) from None
    issuer = issued_by(claims) if issued_by else _exactly(keys.issuer, claims)
    if issuer is None or not _may_sign_for(jwk, claims, issuer):
        raise InvalidToken(_NOT_GOOD)
    _check_period(claims, now)
    return claims | {"iss": issuer}


def _exactly(issuer: str, claims: Mapping[str, Any]) -> str | None:
    return issuer if claims["iss"] == issuer else None


def _header(token: str, algorithms: Sequence[str]) -> dict[str, Any]:
    """Return the header; of all it says, only ``alg`` and ``kid`` count, and they only choose among ours."""
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise InvalidToken("This is not a JWT.") from None
    kid = header.get("kid")
    # Refused before the keys are asked for: a wrong algorithm must not cause a fetch.
    if header.get("alg") not in algorithms or not (isinstance(kid, str) and len(kid) <= _LONGEST_KID):
        raise InvalidToken(_NOT_GOOD)
    return header


def _decode(token: str, jwk: Jwk, algorithm: str, audience: str | Sequence[str]) -> dict[str, Any]:
    if jwk.get("alg", algorithm) != algorithm:
        raise InvalidToken(_NOT_GOOD)
    # PyJWK binds the key to the algorithm and refuses a key of another type: no confusion of the two.
    return jwt.decode(
        token,
        jwt.PyJWK(dict(jwk), algorithm),
        algorithms=[algorithm],
        audience=audience,
        options={
            "require": list(REQUIRED),
            "verify_iss": False,
            "verify_exp": False,
            "verify_nbf": False,
            "verify_iat": False,
            "enforce_minimum_key_length": True,
        },
    )


def _may_sign_for(jwk: Jwk, claims: Mapping[str, Any], issuer: str) -> bool:
    """Tell whether the key may sign this issuer's tokens: Entra publishes many tenants' keys in one set."""
    reserved = jwk.get("issuer")
    return reserved is None or str(reserved).replace("{tenantid}", str(claims.get("tid"))) == issuer


def _check_period(claims: dict[str, Any], now: datetime) -> None:
    bounds = [claims[name] for name in ("iat", "nbf") if name in claims]
    if not all(_is_moment(value) for value in (claims["exp"], *bounds)):
        raise InvalidToken(_NOT_GOOD)
    check_period(claims["exp"], bounds, now)


def _is_moment(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _LATEST
