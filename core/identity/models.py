"""What identity says on the wire and what it stores."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from core.identity.emails import normalised
from core.platform.models import Document, Shared, Wire

type Email = Annotated[str, AfterValidator(normalised)]
type RevokedFor = Literal["signed_out", "reuse"]


class LocalSignIn(Wire):
    """Development sign-in: the email alone says who you are."""

    email: Email = Field(description="Address; upper and lower case are the same person.")


class RefreshRequest(Wire):
    """A refresh token to be exchanged for its successor."""

    refresh_token: str = Field(max_length=4096, repr=False, description="The refresh token received last.")


class SignOut(Wire):
    """What to end: the session of this refresh token, or of the access token sent along."""

    refresh_token: str | None = Field(
        default=None, max_length=4096, repr=False, description="Any refresh token of the session."
    )


class TokenUser(Wire):
    """Whom a token pair is for."""

    id: str
    email: str


class Tokens(Wire):
    """A signed-in session; ``expires_in`` is the access token's life in seconds."""

    access_token: str = Field(repr=False)
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the scheme's name, no secret
    expires_in: int
    refresh_token: str = Field(repr=False)
    user: TokenUser


class Me(Wire):
    """The signed-in person."""

    id: str
    email: str
    created_at: datetime
    is_admin: bool


class IssuerOption(Wire):
    """An OpenID Connect issuer people may sign in with."""

    issuer: str
    client_id: str


class AuthConfig(Wire):
    """How to sign in, and what to check our access tokens against; lifetimes in seconds."""

    local: bool = Field(description="Whether POST /api/auth/local is open.")
    issuers: list[IssuerOption]
    token_issuer: str = Field(description="`iss` of our access tokens.")
    token_audience: str = Field(description="`aud` of our access tokens.")
    token_algorithms: list[str]
    jwks_uri: str
    access_token_seconds: int
    refresh_token_idle_seconds: int
    refresh_token_absolute_seconds: int


class PublicJwk(Wire):
    """A public Ed25519 key (RFC 8037)."""

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    x: str
    kid: str
    alg: Literal["EdDSA"]
    use: Literal["sig"]


class Jwks(Wire):
    """The keys that verify our access tokens (RFC 7517)."""

    keys: list[PublicJwk]


class User(Document):
    """An account; ``id`` equals the partition key."""

    email: str
    created_at: datetime
    signed_up_with: str


class Family(Document):
    """A signed-in session: the line of refresh tokens that began with one sign-in.

    ``generation`` counts rotations. Secrets are stored as fingerprints only: the current one's, and its
    immediate predecessor's, whose holder may ask again until shortly after ``rotated_at``. ``derived_with``
    is the id of the key that computed the current secret. The family dies at ``idle_expires_at`` unless it
    is refreshed before, and at ``expires_at`` in any case.
    """

    generation: int = 0
    secret_hash: str
    previous_hash: str | None = None
    derived_with: str | None = None
    created_at: datetime
    rotated_at: datetime
    idle_expires_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    revoked_for: RevokedFor | None = None


class Closure(Shared):
    """An account nobody may use, under an id that does not tell whose.

    ``reopened_at`` is when the erasure was over and the person could sign up again.
    """

    partition: str = "closed"
    erasure_id: str
    closed_at: datetime
    reopened_at: datetime | None = None
