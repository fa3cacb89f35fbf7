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
    AdministratorsOnly,
    InvalidApiKey,
    InvalidSignedUrl,
    InvalidToken,
    MissingCredentials,
    RefreshTokenReused,
    SessionEnded,
)
from core.identity.models import AuthConfig, Jwks, LocalSignIn, Me, RefreshRequest, SignOut, Tokens
from core.identity.service import config, me, public_keys, refresh, sign_in_locally, sign_out

__all__ = [
    "AccountBeingErased",
    "AccountErased",
    "AdministratorsOnly",
    "Auth",
    "AuthConfig",
    "InvalidApiKey",
    "InvalidSignedUrl",
    "InvalidToken",
    "Jwks",
    "LocalSignIn",
    "Me",
    "MetadataCaller",
    "MissingCredentials",
    "RefreshRequest",
    "RefreshTokenReused",
    "SessionEnded",
    "SignOut",
    "SignedUrlOrUser",
    "Tokens",
    "config",
    "me",
    "public_keys",
    "refresh",
    "sign_in_locally",
    "sign_out",
]
