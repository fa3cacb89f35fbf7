"""Signing in with another issuer's id_token, and adding such a sign-in to the account one has.

An id_token opens one session: the session's id is derived from it, so the record of the session is also the
record that the token was used. Who lost our answer and asks again within 30 s gets the same session again.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from core.identity import families
from core.identity.errors import IdTokenSpent
from core.identity.families import Opening
from core.identity.models import IdTokenSignIn, LinkedIdentity, Tokens
from core.identity.refresh_tokens import RefreshToken
from core.identity.service import count, tokens_for
from core.platform import clock, ids

if TYPE_CHECKING:
    from core.identity.id_tokens import Identity


async def sign_in(presented: IdTokenSignIn, user_agent: str | None) -> Tokens:
    """Open a session of the account the id_token's subject has here, which is made where there is none.

    Raises:
        UnknownIssuer: nobody signs in here with that issuer.
        InvalidIdToken: the token is not good, or was used before.
        AccountExists: its address is another account's.
        IssuerUnavailable: the token cannot be judged now.
    """
    from core.identity import accounts

    identity = await _identified(presented)
    account = await accounts.opened_by(identity, clock.now())
    await count(account.id)
    # What is signed, without the signature, of which some algorithms allow several.
    proof = presented.id_token.rpartition(".")[0]
    session_id = ids.stable_id("id_token", sha256(proof.encode()).hexdigest())
    opening = Opening(account.id, session_id, identity.issuer_name, user_agent)
    return tokens_for(account, await _session(opening, proof))


async def add(presented: IdTokenSignIn, user_id: str) -> LinkedIdentity:
    """Let the id_token's subject open this person's account from now on.

    Raises:
        UnknownIssuer, InvalidIdToken, IssuerUnavailable: as in ``sign_in``.
        IdentityTaken: it opens another account.
    """
    from core.identity import accounts

    identity = await _identified(presented)
    await accounts.join(identity, user_id, clock.now())
    return LinkedIdentity(issuer=identity.issuer_name, email=identity.email)


async def _identified(presented: IdTokenSignIn) -> Identity:
    from core.identity import authority, id_tokens, issuers
    from core.identity.fetching import issuer_keys

    issuer = issuers.named(authority.issuers(), presented.issuer)
    keys = await issuer_keys(issuer.issuer, issuer.metadata)
    return await id_tokens.read(
        presented.id_token, issuer=issuer, keys=keys, nonce=presented.nonce, now=clock.now()
    )


async def _session(opening: Opening, proof: str) -> RefreshToken:
    from core.identity import authority, repository
    from core.platform.cosmos import AlreadyExists

    keys, now = authority.derivation_keys(), clock.now()
    family, token = families.begin(opening, authority.lifetimes(), now, proof=proof, keys=keys)
    try:
        await repository.sessions.create(family)
    except AlreadyExists:
        there = await repository.sessions.get(family.user_id, family.id)
        again = None if there is None else families.begin_again(there, proof, keys, now)
        if again is None:
            raise IdTokenSpent("This id_token has been used; get a new one from the issuer.") from None
        return again
    return token
