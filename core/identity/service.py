"""What people do about their identity: sign in, stay signed in, sign out, ask who they are.

Storage and cryptography are imported where they are needed, so that importing this costs nothing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

from core.identity import families
from core.identity.errors import SessionEnded
from core.identity.families import Opening, Refusal, Verdict
from core.identity.models import (
    AuthConfig,
    Family,
    IssuerOption,
    Jwks,
    Me,
    PublicJwk,
    Tokens,
    TokenUser,
    User,
)
from core.identity.refresh_tokens import RefreshToken
from core.platform import clock, ids
from core.platform.errors import NotFound, Unauthenticated


async def sign_in_locally(email: str, user_agent: str | None = None) -> Tokens:
    """Sign in by email alone, for development; the same email is the same person.

    Raises:
        NotFound: this deployment does not offer it.
        AccountBeingErased: not before that is over.
    """
    from core.identity import closures, repository
    from core.platform import settings

    if not settings.get(settings.AuthSettings).local_sign_in_open:
        raise NotFound("There is no local sign-in here.")
    user_id = ids.stable_id("local", email)
    await closures.admit(user_id)
    account = User(id=user_id, user_id=user_id, email=email, created_at=clock.now(), signed_up_with="local")
    return await _open_session(await repository.ensure_user(account), user_agent)


async def refresh(presented: str) -> Tokens:
    """Exchange a refresh token for a new pair.

    The account is read first: once the token is rotated, nothing but computing stands between the caller
    and the answer. Should the answer be lost all the same, asking again within 30 s gets the same successor.

    Raises:
        SessionEnded: unknown, expired or signed out.
        RefreshTokenReused: the token was spent; its session is ended.
    """
    from core.identity import authority, closures, repository

    token = RefreshToken.parse(presented)
    account = await repository.users.get(token.user_id, token.user_id)
    if account is None or await closures.is_closed(account.id):
        raise SessionEnded("The session has ended; sign in again.")
    await count(account.id)
    verdict: Verdict = Refusal(SessionEnded("The session has ended; sign in again."))

    def judge(family: Family) -> Family:
        nonlocal verdict
        verdict = families.present(
            family,
            token.secret,
            keys=authority.derivation_keys(),
            lifetimes=authority.lifetimes(),
            now=clock.now(),
        )
        return verdict.write or family

    await repository.sessions.update(token.user_id, token.family_id, judge)
    if isinstance(verdict, Refusal):
        raise verdict.error
    return tokens_for(account, RefreshToken(token.user_id, token.family_id, verdict.secret))


async def sign_out(refresh_token: str | None, authorization: str | None) -> None:
    """End the session of a refresh token, and the one an access token belongs to; ended ones stay ended.

    Raises:
        Unauthenticated: neither was sent, or only an access token that is not good.
    """
    if refresh_token is None:
        from core.identity.bearer import claims_of

        claims = claims_of(authorization)
        if claims.session_id is not None:
            await _end_session(claims.user_id, claims.session_id)
        return
    try:
        token = RefreshToken.parse(refresh_token)
    except SessionEnded:
        return
    await _end_session(token.user_id, token.family_id)


async def account_of(user_id: str) -> User | None:
    """Return the account record, ``None`` where there is no such account."""
    from core.identity import repository

    return await repository.users.get(user_id, user_id)


async def close(user_id: str, erasure_id: str) -> None:
    """Let nobody sign in to the account, and its access tokens work no more: it is being erased."""
    from core.identity import closures

    await closures.close(user_id, erasure_id)


async def closed_by(user_id: str) -> str | None:
    """Return the erasure that is under way, ``None`` where the account is open."""
    from core.identity import closures

    return await closures.closed_by(user_id)


async def reopen(erasure_id: str) -> None:
    """Let the person of an erasure that is over sign up again."""
    from core.identity import closures

    await closures.reopen(erasure_id)


def issuer_named(text: str) -> str:
    """Return the name of a configured issuer that a client means by ``text``.

    Raises:
        UnknownIssuer: nobody signs in here with it.
    """
    from core.identity import authority, issuers

    return issuers.named(authority.issuers(), text).name


async def revoke(issuer_name: str, token: str) -> str:
    """Ask an issuer to revoke ``token``; return what came of it. Raises ``Unavailable``."""
    from core.identity import revoking

    return await revoking.revoke(issuer_name, token)


async def me(user_id: str) -> Me:
    """Return the signed-in person.

    Raises:
        Unauthenticated: the account is gone, though the access token has not expired yet.
    """
    from core.identity import authority, repository

    account = await repository.users.get(user_id, user_id)
    if account is None:
        raise Unauthenticated("This account does not exist any more; sign in again.")
    return Me(
        id=account.id,
        email=account.email,
        created_at=account.created_at,
        is_admin=authority.is_admin(account.id),
    )


def config() -> AuthConfig:
    """Return how to sign in here and what our access tokens look like."""
    from core.identity import access_tokens, authority, jwks
    from core.platform import settings

    auth = settings.get(settings.AuthSettings)
    lifetimes = authority.lifetimes()
    return AuthConfig(
        local=auth.local_sign_in_open,
        issuers=[
            IssuerOption(
                name=issuer.name,
                issuer=issuer.issuer,
                discovery=jwks.discovery_url(issuer.metadata),
                client_ids=list(issuer.client_ids),
            )
            for issuer in authority.issuers()
        ],
        token_issuer=auth.issuer,
        token_audience=auth.audience,
        token_algorithms=[access_tokens.ALGORITHM],
        jwks_uri="/api/auth/jwks",
        access_token_seconds=int(access_tokens.LIFETIME.total_seconds()),
        refresh_token_idle_seconds=int(lifetimes.idle.total_seconds()),
        refresh_token_absolute_seconds=int(lifetimes.absolute.total_seconds()),
    )


def public_keys() -> Jwks:
    """Return the public halves of all live keys, the signing one first."""
    from core.identity import authority

    return Jwks(keys=[PublicJwk.model_validate(key.public_jwk) for key in authority.ring().keys])


async def count(user_id: str) -> None:
    """Count a sign-in or refresh of this person; the endpoint counted it for the address.

    Raises:
        RateLimited: it was one too many.
    """
    from core.platform import rates, settings

    await rates.spend("sign-in", user_id, settings.get(settings.RateSettings).sign_in_person)


def tokens_for(account: User, token: RefreshToken) -> Tokens:
    """Return what a client is given: the refresh token, and a new access token of its session."""
    from core.identity import access_tokens, authority

    access = authority.access_tokens().issue(
        user_id=account.id, email=account.email, session_id=token.family_id, now=clock.now()
    )
    return Tokens(
        access_token=access,
        expires_in=int(access_tokens.LIFETIME.total_seconds()),
        refresh_token=token.text,
        user=TokenUser(id=account.id, email=account.email),
    )


async def _open_session(account: User, user_agent: str | None) -> Tokens:
    from core.identity import authority, repository

    await count(account.id)
    opening = Opening(account.id, ids.new_id(), user_agent=user_agent)
    family, token = families.begin(opening, authority.lifetimes(), clock.now())
    await repository.sessions.add(family)
    return tokens_for(account, token)


async def _end_session(user_id: str, family_id: str) -> None:
    from core.identity import repository

    await repository.sessions.update(
        user_id, family_id, lambda family: families.revoke(family, "signed_out", clock.now())
    )


async def signed_up_since(moment: datetime) -> AsyncIterator[tuple[str, datetime]]:
    """Yield who signed up at ``moment`` or later, by id and time, in order, but for accounts being erased."""
    from core.identity import closures, repository

    async for account in repository.created_since(moment):
        if not await closures.is_closed(account.id):
            yield account.id, account.created_at
