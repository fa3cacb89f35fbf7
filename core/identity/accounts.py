"""Which account a sign-in opens: its own, one it may be joined to, or none without more proof.

A sign-in is an issuer and its subject; an email address is not who somebody is. It joins two sign-ins only if
both issuers *speak for* the address, that is, decide whose it is (``issuers``); otherwise whoever can get an
account with somebody else's address at any issuer would get into their wardrobe. The account id is derived
from the first sign-in, and each claim is created only if absent, so two first sign-ins at once, or one that
died half-way and is repeated, make one account.
"""

from __future__ import annotations

from datetime import datetime

from core.identity.errors import AccountExists, IdentityTaken
from core.identity.id_tokens import Identity
from core.identity.models import SignInClaim, User
from core.platform import ids


def address_id(email: str) -> str:
    """Return the id of the claim on an address."""
    return ids.stable_id("email", email)


def may_open(identity: Identity, holder: SignInClaim | None) -> bool:
    """Tell whether the claim on its address lets a sign-in that is new here open the holder's account.

    ``True`` too where nobody holds the address, or the sign-in itself does. Two subjects of one issuer with
    one address are two people: it has changed hands.
    """
    if holder is None or holder.account_id == identity.id:
        return True
    return identity.vouched and holder.vouched and identity.issuer_name != holder.issuer_name


async def opened_by(identity: Identity, now: datetime) -> User:
    """Return the account, which is created where this is somebody new.

    Raises:
        AccountExists: the address is another account's, and this sign-in does not prove to be its owner's.
        AccountBeingErased: not before that is over.
    """
    from core.identity import closures, repository

    held = await repository.claims.get(identity.id, identity.id)
    await closures.admit(identity.id if held is None else held.account_id)
    if held is None:
        held = await repository.claim(_claim(identity, await _account_for(identity, now), now))
    return await repository.ensure_user(
        User(
            id=held.account_id,
            user_id=held.account_id,
            email=identity.email,
            created_at=now,
            signed_up_with=identity.issuer_name,
        )
    )


async def join(identity: Identity, account_id: str, now: datetime) -> None:
    """Let a sign-in open an account from now on; doing so twice changes nothing.

    Raises:
        IdentityTaken: it opens another one.
    """
    from core.identity import repository

    held = await repository.claim(_claim(identity, account_id, now))
    if held.account_id != account_id:
        raise IdentityTaken("This sign-in opens another account. Sign in with it and erase that one first.")
    if identity.email is not None and identity.verified:
        await repository.claim(_address_claim(identity, identity.email, account_id, now))


async def _account_for(identity: Identity, now: datetime) -> str:
    from core.identity import closures, repository

    if identity.email is None:
        return identity.id
    if identity.verified:
        wanted = _address_claim(identity, identity.email, identity.id, now)
        holder: SignInClaim | None = await repository.claim(wanted)
    else:
        # An address nobody checked is taken note of, never claimed: it would lock its owner out.
        address = address_id(identity.email)
        holder = await repository.claims.get(address, address)
    if not may_open(identity, holder):
        raise AccountExists(_way_in(identity, holder))
    if holder is None or holder.account_id == identity.id:
        return identity.id
    await closures.admit(holder.account_id)
    return holder.account_id


def _way_in(identity: Identity, holder: SignInClaim | None) -> str:
    before = f" with {holder.issuer_name}" if holder is not None and identity.verified else ""
    return (
        "This address belongs to an account that is opened by another sign-in. Sign in the way you did "
        f"before{before}, then add this sign-in to it by POST /api/auth/identities."
    )


def _claim(identity: Identity, account_id: str, now: datetime) -> SignInClaim:
    return SignInClaim(
        id=identity.id,
        user_id=identity.id,
        account_id=account_id,
        issuer_name=identity.issuer_name,
        created_at=now,
    )


def _address_claim(identity: Identity, email: str, account_id: str, now: datetime) -> SignInClaim:
    address = address_id(email)
    return SignInClaim(
        id=address,
        user_id=address,
        account_id=account_id,
        issuer_name=identity.issuer_name,
        vouched=identity.vouched,
        created_at=now,
    )
