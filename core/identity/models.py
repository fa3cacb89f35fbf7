"""What identity says on the wire and what it stores."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from core.identity.emails import normalised
from core.platform.examples import example, given_by, given_outside
from core.platform.models import Document, PathId, Shared, Wire

CLOSED: Final = "closed"
"""The partition of all closures."""

type Email = Annotated[str, AfterValidator(normalised)]
type RevokedFor = Literal["signed_out", "reuse", "revoked"]


class LocalSignIn(Wire):
    """Development sign-in: the email alone says who you are."""

    model_config = example(email="sam@example.org")

    email: Email = Field(description="Address; upper and lower case are the same person.")


class IdTokenSignIn(Wire):
    """An id_token of a configured issuer, fresh from signing in there."""

    model_config = example(issuer="devstack")

    issuer: str = Field(max_length=300, description="`issuer` or `name` of one in GET /api/auth/config.")
    id_token: Annotated[str, given_outside("an issuer's sign-in", "eyJhbGciOiJSUzI1NiJ9...")] = Field(
        max_length=16_384, repr=False, description="The id_token as it was received."
    )
    nonce: str | None = Field(
        default=None,
        min_length=1,
        max_length=255,
        repr=False,
        description="The nonce of this attempt; must then be the token's.",
    )


class RefreshRequest(Wire):
    """A refresh token to be exchanged for its successor."""

    refresh_token: Annotated[str, given_by("auth_local", "/refresh_token", "r1.6f2d1dee...")] = Field(
        max_length=4096, repr=False, description="The refresh token received last."
    )


class SignOut(Wire):
    """What to end: the session of this refresh token, or of the access token sent along."""

    model_config = example(refresh_token="r1.6f2d1dee...")

    refresh_token: Annotated[str | None, given_by("auth_local", "/refresh_token", "r1.6f2d1dee...")] = Field(
        default=None, max_length=4096, repr=False, description="Any refresh token of the session."
    )


class TokenUser(Wire):
    """Whom a token pair is for."""

    model_config = example(id="6f2d1dee-4096-5bb6-a83a-7c1bc71563c8", email="sam@example.org")

    id: str
    email: str | None = Field(description="Null where the issuer told no address.")


class Tokens(Wire):
    """A signed-in session; ``expires_in`` is the access token's life in seconds."""

    model_config = example(
        access_token="eyJhbGciOiJFZERTQSJ9...", expires_in=900, refresh_token="r1.6f2d1dee..."
    )

    access_token: str = Field(repr=False)
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the scheme's name, no secret
    expires_in: int
    refresh_token: str = Field(repr=False)
    user: TokenUser


class Me(Wire):
    """The signed-in person."""

    model_config = example(id="6f2d1dee-4096-5bb6-a83a-7c1bc71563c8", email="sam@example.org", is_admin=False)

    id: str
    email: str | None = Field(description="Null where the issuer told no address.")
    created_at: datetime
    is_admin: bool


class SessionView(Wire):
    """A live session: a device that stays signed in."""

    model_config = example(device="Firefox on Linux", signed_in_with="local")

    id: str
    created_at: datetime
    last_used_at: datetime = Field(description="When it was last refreshed: at most 15 minutes behind use.")
    expires_at: datetime = Field(description="When it ends unless it is refreshed before.")
    device: str = Field(description="Browser and system by the User-Agent at sign-in; anybody can claim any.")
    signed_in_with: str = Field(description="Name of the issuer, or `local`.")
    current: bool = Field(description="Whether it is the one that asks.")


class SessionPath(Wire):
    """The path of one session."""

    session_id: Annotated[PathId, given_by("auth_sessions", "/items/0/id")]


class EndAllQuery(Wire):
    """Whether to stay signed in here."""

    keep_current: bool = Field(
        default=False, examples=[True], description="End all but the session that asks."
    )


class EndedSessions(Wire):
    """How many sessions were ended."""

    model_config = example(ended=2)

    ended: int


class LinkedIdentity(Wire):
    """A sign-in that opens the account."""

    model_config = example(issuer="https://login.example.org", email="sam@example.org")

    issuer: str
    email: str | None


class IssuerOption(Wire):
    """An OpenID Connect issuer people may sign in with."""

    model_config = example(
        name="example",
        issuer="https://login.example.org",
        discovery="https://login.example.org/.well-known/openid-configuration",
        client_ids=["pluckit-web"],
    )

    name: str
    issuer: str
    discovery: str = Field(description="Where its OpenID configuration is read.")
    client_ids: list[str] = Field(description="The audiences accepted; the id_token must be for one of them.")


class AuthConfig(Wire):
    """How to sign in, and what to check our access tokens against; lifetimes in seconds."""

    model_config = example(
        token_issuer="https://api.example.org",
        token_audience="pluckit",
        token_algorithms=["EdDSA"],
        jwks_uri="/api/auth/jwks",
        access_token_seconds=900,
        refresh_token_idle_seconds=2592000,
        refresh_token_absolute_seconds=7776000,
    )

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

    model_config = example(x="11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", kid="2025-06")

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

    email: str | None = None
    created_at: datetime
    signed_up_with: str


class SignInClaim(Document):
    """What one thing, an issuer's subject or an email address, opens: the account ``account_id``.

    ``id`` is derived from the thing and is the partition key too, so whoever creates it first, has it.
    ``vouched`` tells of an address whether its issuer speaks for it.
    """

    account_id: str
    issuer_name: str
    vouched: bool = False
    created_at: datetime


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
    user_agent: str | None = None
    signed_in_with: str = "local"
    revoked_at: datetime | None = None
    revoked_for: RevokedFor | None = None


class Closure(Shared):
    """An account nobody may use, under an id that does not tell whose.

    ``reopened_at`` is when the erasure was over and the person could sign up again.
    """

    partition: str = CLOSED
    erasure_id: str
    closed_at: datetime
    reopened_at: datetime | None = None
