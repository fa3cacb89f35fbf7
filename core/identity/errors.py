"""What can go wrong with credentials: each says what to do next, none says which check a forgery failed."""

from __future__ import annotations

from core.platform.errors import Conflict, Forbidden, Unauthenticated


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
