"""What can go wrong with credentials: each says what to do next, none says which check a forgery failed."""

from __future__ import annotations

from core.platform.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated, Unavailable


class MissingCredentials(Unauthenticated):
    """A route for signed-in people was called without credentials."""

    slug = "unauthenticated"
    title = "Sign in first"
    challenge = "Bearer"


class InvalidToken(Unauthenticated):
    """The access token is forged, expired, meant for someone else, or not an access token (RFC 6750)."""

    slug = "invalid-token"
    title = "The access token is not valid"
    challenge = 'Bearer error="invalid_token"'


class InvalidApiKey(Unauthenticated):
    """The service key is missing or wrong."""

    slug = "invalid-api-key"
    title = "The API key is not valid"
    challenge = "ApiKey"


class SessionEnded(Unauthenticated):
    """The refresh token is unknown, expired or signed out: only a new sign-in helps."""

    slug = "session-ended"
    title = "The session has ended"


class RefreshTokenReused(SessionEnded):
    """A spent refresh token came back: one of two holders is not the owner, so the session was ended."""

    slug = "refresh-token-reused"
    title = "A spent refresh token was used again"


class AdministratorsOnly(Forbidden):
    """The caller is signed in and not an administrator."""

    slug = "administrators-only"
    title = "Administrators only"


class InvalidSignedUrl(Forbidden):
    """A signed link was changed, has expired, or is used for more than reading."""

    slug = "invalid-signed-url"
    title = "The link is not valid any more"


class AccountErased(Unauthenticated):
    """The access token is good, but its account has been erased, or is being erased."""

    slug = "account-erased"
    title = "The account has been erased"
    challenge = 'Bearer error="invalid_token"'


class AccountBeingErased(Conflict):
    """A sign-in to an account whose erasure is under way."""

    slug = "account-being-erased"
    title = "The account is being erased"
    retry_after = 60


class UnknownIssuer(Invalid):
    """Nobody signs in here with that issuer."""

    slug = "unknown-issuer"
    title = "This issuer is not configured"


class InvalidIdToken(Unauthenticated):
    """The id_token is forged, expired, meant for another app, or lacks the nonce that was sent along."""

    slug = "invalid-id-token"
    title = "The id_token is not valid"


class IdTokenSpent(InvalidIdToken):
    """The id_token has opened a session before; each does so once."""

    slug = "id-token-spent"
    title = "The id_token was used before"


class IssuerUnavailable(Unavailable):
    """The issuer's keys are not known and cannot be read now, so no token of its can be judged."""

    slug = "issuer-unavailable"
    title = "The sign-in provider does not answer"


class AccountExists(Conflict):
    """The address belongs to an account that this sign-in has no proof of being the owner of."""

    slug = "account-exists"
    title = "There is an account with this address"


class IdentityTaken(Conflict):
    """The sign-in already opens another account."""

    slug = "identity-taken"
    title = "This sign-in belongs to another account"


class SessionNotFound(NotFound):
    """There is no such session, it has ended, or it is somebody else's."""

    slug = "session-not-found"
    title = "No such session"
