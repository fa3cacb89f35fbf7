"""Signing in, staying signed in, and the keys that let other services verify our access tokens."""

from __future__ import annotations

from hashlib import sha256

import azure.functions as func

from blueprints import access
from core import identity
from core.platform import models, ranges
from core.platform.errors import DomainError, FieldError, Invalid, NotFound
from core.platform.http import Call, Reply, endpoint

bp = func.Blueprint()

# Also how long a new signing key must be known before it signs: docs/auth.md, "Keys".
_JWKS_MAX_AGE = 600
_EITHER = "Say `true` or `false`; without a value it would end this session too."


def _bad_id_token() -> tuple[type[DomainError], ...]:
    return (
        identity.UnknownIssuer,
        identity.InvalidIdToken,
        identity.IdTokenSpent,
        identity.IssuerUnavailable,
    )


@bp.route(route="api/auth/config", methods=["GET", "HEAD"])
@endpoint(auth=access.public, returns=lambda: {200: identity.AuthConfig})
async def auth_config(call: Call) -> Reply:
    """How to sign in here, and what our access tokens look like."""
    return Reply.ok(identity.config())


@bp.route(route="api/auth/jwks", methods=["GET", "HEAD"])
@endpoint(
    auth=access.public, returns=lambda: {200: identity.Jwks, 304: None}, sends=["ETag", "Cache-Control"]
)
async def auth_jwks(call: Call) -> Reply:
    """The public keys that verify our access tokens (RFC 7517)."""
    keys = identity.public_keys()
    etag = sha256(keys.model_dump_json().encode()).hexdigest()[:32]
    caching = {"Cache-Control": f"public, max-age={_JWKS_MAX_AGE}"}
    if ranges.matches(call.if_none_match, etag):
        return Reply(304, headers={**caching, "ETag": f'"{etag}"'})
    return Reply.ok(keys, etag=etag, headers=caching)


@bp.route(route="api/auth/local", methods=["POST"])
@endpoint(
    auth=access.public,
    returns=lambda: {200: identity.Tokens},
    rate="sign-in",
    problems=lambda: [NotFound, identity.AccountBeingErased],
)
async def auth_local(call: Call[identity.LocalSignIn]) -> Reply:
    """Sign in by email alone; only where development sign-in is open, never in Azure."""
    return Reply.ok(await identity.sign_in_locally(call.body.email, call.headers.get("user-agent")))


@bp.route(route="api/auth/token", methods=["POST"])
@endpoint(
    auth=access.public,
    returns=lambda: {200: identity.Tokens},
    rate="sign-in",
    problems=lambda: [*_bad_id_token(), identity.AccountExists],
)
async def auth_token(call: Call[identity.IdTokenSignIn]) -> Reply:
    """Sign in with an id_token of a configured issuer; asking again within 30 s gets the same session."""
    return Reply.ok(await identity.sign_in(call.body, call.headers.get("user-agent")))


@bp.route(route="api/auth/identities", methods=["POST"])
@endpoint(
    auth=access.live_session,
    returns=lambda: {200: identity.LinkedIdentity},
    rate="sign-in",
    problems=lambda: [*_bad_id_token(), identity.IdentityTaken],
)
async def auth_add_identity(call: Call[identity.IdTokenSignIn]) -> Reply:
    """Let another issuer's sign-in open this account too; the way out of `account-exists`."""
    return Reply.ok(await identity.add_identity(call.body, call.user))


@bp.route(route="api/auth/refresh", methods=["POST"])
@endpoint(
    auth=access.public,
    returns=lambda: {200: identity.Tokens},
    rate="sign-in",
    problems=lambda: [identity.SessionEnded, identity.RefreshTokenReused],
)
async def auth_refresh(call: Call[identity.RefreshRequest]) -> Reply:
    """Exchange a refresh token for a new pair; asking again within 30 s gets the same refresh token."""
    return Reply.ok(await identity.refresh(call.body.refresh_token))


@bp.route(route="api/auth/logout", methods=["POST"])
@endpoint(auth=access.public, returns=lambda: {204: None}, problems=lambda: [identity.InvalidToken])
async def auth_logout(call: Call[identity.SignOut]) -> Reply:
    """End the session of the refresh token in the body, or else of the access token sent along."""
    await identity.sign_out(call.body.refresh_token, call.headers.get("authorization"))
    return Reply.no_content()


@bp.route(route="api/auth/me", methods=["GET", "HEAD"])
@endpoint(auth=access.user, returns=lambda: {200: identity.Me})
async def auth_me(call: Call) -> Reply:
    """The signed-in person."""
    return Reply.ok(await identity.me(call.user))


@bp.route(route="api/auth/sessions", methods=["GET", "HEAD"])
@endpoint(auth=access.live_session, returns=lambda: {200: models.Page[identity.SessionView]})
async def auth_sessions(call: Call[None, models.ListQuery]) -> Reply:
    """The devices that are signed in, last used first."""
    return Reply.ok(
        await identity.list_sessions(
            call.user, call.session_id, limit=call.query.limit, cursor=call.query.cursor
        )
    )


@bp.route(route="api/auth/sessions", methods=["DELETE"])
@endpoint(auth=access.live_session, returns=lambda: {200: identity.EndedSessions})
async def auth_end_sessions(call: Call[None, identity.EndAllQuery]) -> Reply:
    """Sign out everywhere, here too unless `keep_current=true`."""
    if "keep_current" in call.blank:
        raise Invalid(_EITHER, errors=[FieldError("/keep_current", _EITHER, "query")])
    spared = call.session_id if call.query.keep_current else None
    return Reply.ok(identity.EndedSessions(ended=await identity.end_sessions(call.user, spared=spared)))


@bp.route(route="api/auth/sessions/{session_id:guid}", methods=["DELETE"])
@endpoint(auth=access.live_session, returns=lambda: {204: None}, problems=lambda: [identity.SessionNotFound])
async def auth_end_session(call: Call[None, None, identity.SessionPath]) -> Reply:
    """Sign one device out."""
    await identity.end_session(call.user, call.path.session_id)
    return Reply.no_content()
