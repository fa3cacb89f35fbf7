"""What an id_token says about a person (OpenID Connect Core 3.1.3.7), once it is found to be a good one.

An id_token proves that somebody signed in *with this app*, so beyond signature, issuer and time it matters
for whom it was made (``aud``, ``azp``), for which attempt (``nonce``), and that it is no other kind of token
of the same issuer with the same keys.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt

from core.identity import foreign_tokens
from core.identity.emails import normalised
from core.identity.errors import InvalidIdToken, InvalidToken
from core.identity.issuers import Issuer
from core.identity.jwks import IssuerKeys
from core.platform import ids

LONGEST_LIFE = timedelta(hours=25)
"""Apple's live a day; one that lives longer could outlive our memory that it was used (``families``)."""

_TYPES = (None, "jwt", "id_token+jwt")
_OTHER_KINDS = ("scp", "scope", "events")
"""Claims of access tokens and of logout tokens."""

_NOT_OURS = "This id_token was not made for signing in here."


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody as one issuer knows them.

    ``email`` is normalised, ``None`` where the token has no usable one; ``verified`` and ``vouched`` are what
    the issuer's word about it is worth (``issuers.Issuer``).
    """

    issuer_name: str
    issuer: str
    subject: str
    email: str | None = None
    verified: bool = False
    vouched: bool = False

    @property
    def id(self) -> str:
        """The same for the same person at the same issuer, for ever; the id of the account they open."""
        return ids.stable_id("oidc", self.issuer, self.subject)


async def read(token: str, *, issuer: Issuer, keys: IssuerKeys, nonce: str | None, now: datetime) -> Identity:
    """Return who signed in.

    Raises:
        InvalidIdToken: forged, expired, for another app or attempt, or another kind of token.
        IssuerUnavailable: the issuer's keys cannot be had.
    """
    try:
        claims = await foreign_tokens.verify(
            token,
            keys=keys,
            audience=issuer.client_ids,
            algorithms=issuer.algorithms,
            now=now,
            issued_by=issuer.named_by,
        )
    except InvalidToken as error:
        raise InvalidIdToken(f"{error.detail} Get a new id_token from the issuer.") from None
    _check_kind(jwt.get_unverified_header(token), claims)
    _check_parties(claims, issuer.client_ids)
    if claims["exp"] - claims["iat"] > LONGEST_LIFE.total_seconds():
        raise InvalidIdToken("An id_token that lives longer than a day is not accepted.")
    if nonce is not None and not _same(nonce, claims.get("nonce")):
        raise InvalidIdToken("The nonce is not the one in the id_token; start the sign-in again.")
    return _identity(issuer, claims)


def _check_kind(header: Mapping[str, Any], claims: Mapping[str, Any]) -> None:
    kind = header.get("typ")
    typed = kind.lower() if isinstance(kind, str) else kind
    if typed not in _TYPES or claims.get("idtyp", "user") != "user" or any(c in claims for c in _OTHER_KINDS):
        raise InvalidIdToken(_NOT_OURS)


def _check_parties(claims: Mapping[str, Any], client_ids: tuple[str, ...]) -> None:
    """All audiences must be clients of ours, and so must the one it was issued to, where it says so."""
    audiences = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    party = claims.get("azp", None if len(audiences) > 1 else audiences[0])
    if not all(audience in client_ids for audience in [*audiences, party]):
        raise InvalidIdToken(_NOT_OURS)


def _same(sent: str, claimed: object) -> bool:
    if not isinstance(claimed, str):
        return False
    return hmac.compare_digest(sent.encode(), claimed.encode(errors="surrogatepass"))


def _identity(issuer: Issuer, claims: Mapping[str, Any]) -> Identity:
    subject = claims["sub"]
    if not 0 < len(subject) <= 255:
        raise InvalidIdToken(_NOT_OURS)
    email = _email(claims.get("email"))
    return Identity(
        issuer_name=issuer.name,
        issuer=claims["iss"],
        subject=subject,
        email=email,
        verified=email is not None and issuer.verified(claims, email),
        vouched=email is not None and issuer.speaks_for(claims, email),
    )


def _email(claimed: object) -> str | None:
    try:
        return normalised(claimed) if isinstance(claimed, str) else None
    except ValueError:
        return None  # nothing we could compare with others; the subject is who they are
