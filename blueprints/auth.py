"""Signing in, staying signed in, and the keys that let other services verify our access tokens."""

from __future__ import annotations

from hashlib import sha256

import azure.functions as func

from core import identity
from core.identity import Auth, AuthConfig, Jwks, LocalSignIn, Me, RefreshRequest, SignOut, Tokens
from core.platform.errors import NotFound
from core.platform.http import Call, Reply, endpoint

bp = func.Blueprint()

# Also how long a new signing key must be known before it signs: docs/auth.md, "Rotating keys".
_JWKS_MAX_AGE = 600


@bp.route(route="api/auth/config", methods=["GET", "HEAD"])
@endpoint(auth=Auth.PUBLIC, returns={200: AuthConfig})
async def auth_config(call: Call) -> Reply:
    """How to sign in here, and what our access tokens look like."""
    return Reply.ok(identity.config())


@bp.route(route="api/auth/jwks", methods=["GET", "HEAD"])
@endpoint(auth=Auth.PUBLIC, returns={200: Jwks, 304: None})
async def auth_jwks(call: Call) -> Reply:
    """The public keys that verify our access tokens (RFC 7517)."""
    keys = identity.public_keys()
    etag = sha256(keys.model_dump_json().encode()).hexdigest()[:32]
    caching = {"Cache-Control": f"public, max-age={_JWKS_MAX_AGE}"}
    if call.if_none_match is not None and f'"{etag}"' in call.if_none_match:
        return Reply(304, headers={**caching, "ETag": f'"{etag}"'})
    return Reply.ok(keys, etag=etag, headers=caching)


@bp.route(route="api/auth/local", methods=["POST"])
@endpoint(
    auth=Auth.PUBLIC,
    body=LocalSignIn,
    returns={200: Tokens},
    rate="sign-in",
    problems=[NotFound, identity.AccountBeingErased],
)
async def auth_local(call: Call[LocalSignIn]) -> Reply:
    """Sign in by email alone; only where development sign-in is open, never in Azure."""
    return Reply.ok(await identity.sign_in_locally(call.body.email))


@bp.route(route="api/auth/refresh", methods=["POST"])
@endpoint(
    auth=Auth.PUBLIC,
    body=RefreshRequest,
    returns={200: Tokens},
    rate="sign-in",
    problems=[identity.SessionEnded, identity.RefreshTokenReused],
)
async def auth_refresh(call: Call[RefreshRequest]) -> Reply:
    """Exchange a refresh token for a new pair; asking again within 30 s gets the same refresh token."""
    return Reply.ok(await identity.refresh(call.body.refresh_token))


@bp.route(route="api/auth/logout", methods=["POST"])
@endpoint(auth=Auth.PUBLIC, body=SignOut, returns={204: None}, problems=[identity.InvalidToken])
async def auth_logout(call: Call[SignOut]) -> Reply:
    """End the session of the refresh token in the body, or else of the access token sent along."""
    await identity.sign_out(call.body.refresh_token, call.headers.get("authorization"))
    return Reply.no_content()


@bp.route(route="api/auth/me", methods=["GET", "HEAD"])
@endpoint(auth=Auth.USER, returns={200: Me})
async def auth_me(call: Call) -> Reply:
    """The signed-in person."""
    return Reply.ok(await identity.me(call.user))
