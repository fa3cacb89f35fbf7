"""Who is calling: sign-in, sessions, and the authenticators every blueprint names.

This is the only module of identity that other domains and blueprints import. It is cheap: PyJWT,
cryptography, aiohttp and the Cosmos SDK are loaded by the first call that needs them.
"""

from __future__ import annotations

from core.identity.authenticators import Auth
from core.identity.callers import MetadataCaller, SignedUrlOrUser
from core.identity.errors import (
    AccountBeingErased,
    AccountErased,
    AccountExists,
    AdministratorsOnly,
    IdentityTaken,
    IdTokenSpent,
    InvalidApiKey,
    InvalidIdToken,
    InvalidSignedUrl,
    InvalidToken,
    IssuerUnavailable,
    MissingCredentials,
    RefreshTokenReused,
    SessionEnded,
    SessionNotFound,
    UnknownIssuer,
)
from core.identity.models import (
    AuthConfig,
    EndAllQuery,
    EndedSessions,
    IdTokenSignIn,
    Jwks,
    LinkedIdentity,
    LocalSignIn,
    Me,
    RefreshRequest,
    SessionPath,
    SessionView,
    SignOut,
    Tokens,
)
from core.identity.service import (
    account_of,
    close,
    closed_by,
    config,
    issuer_named,
    me,
    public_keys,
    refresh,
    reopen,
    revoke,
    sign_in_locally,
    sign_out,
    signed_up_since,
)
from core.identity.sessions import end as end_session
from core.identity.sessions import end_all as end_sessions
from core.identity.sessions import listed as list_sessions
from core.identity.signing_in import add as add_identity
from core.identity.signing_in import sign_in

__all__ = [
    "AccountBeingErased",
    "AccountErased",
    "AccountExists",
    "AdministratorsOnly",
    "Auth",
    "AuthConfig",
    "EndAllQuery",
    "EndedSessions",
    "IdTokenSignIn",
    "IdTokenSpent",
    "IdentityTaken",
    "InvalidApiKey",
    "InvalidIdToken",
    "InvalidSignedUrl",
    "InvalidToken",
    "IssuerUnavailable",
    "Jwks",
    "LinkedIdentity",
    "LocalSignIn",
    "Me",
    "MetadataCaller",
    "MissingCredentials",
    "RefreshRequest",
    "RefreshTokenReused",
    "SessionEnded",
    "SessionNotFound",
    "SessionPath",
    "SessionView",
    "SignOut",
    "SignedUrlOrUser",
    "Tokens",
    "UnknownIssuer",
    "account_of",
    "add_identity",
    "close",
    "closed_by",
    "config",
    "end_session",
    "end_sessions",
    "issuer_named",
    "list_sessions",
    "me",
    "public_keys",
    "refresh",
    "reopen",
    "revoke",
    "sign_in",
    "sign_in_locally",
    "sign_out",
    "signed_up_since",
]
