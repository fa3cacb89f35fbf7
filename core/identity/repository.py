"""Accounts and sessions in Cosmos DB, one partition per person; and what opens which account, one each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

from core.identity.models import Family, SignInClaim, User
from core.platform.cosmos import AlreadyExists, Container

users = Container("users", User)
sessions = Container("refresh_tokens", Family)
claims = Container("sign_ins", SignInClaim)


async def ensure_user(user: User) -> User:
    """Return the stored account of this id, creating it from ``user`` where there is none."""
    if (known := await users.get(user.id, user.id)) is not None:
        return known
    try:
        return await users.create(user)
    except AlreadyExists:
        return await users.get(user.id, user.id) or user


async def claim(wanted: SignInClaim) -> SignInClaim:
    """Return the claim that holds: the wanted one, or the one that was there first."""
    if (held := await claims.get(wanted.id, wanted.id)) is not None:
        return held
    try:
        return await claims.create(wanted)
    except AlreadyExists:
        return await claims.get(wanted.id, wanted.id) or wanted


def created_since(moment: datetime) -> AsyncIterator[User]:
    """Yield accounts created at ``moment`` or later, the oldest first."""
    since = moment.isoformat().replace("+00:00", "Z")
    return users.everyone(
        where="c.created_at >= @since", params={"since": since}, order="c.created_at", at_a_time=100
    )
