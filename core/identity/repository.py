"""Accounts and sessions in Cosmos DB, one partition per person."""

from __future__ import annotations

from core.identity.models import Family, User
from core.platform.cosmos import AlreadyExists, Container

users = Container("users", User)
sessions = Container("refresh_tokens", Family)


async def ensure_user(user: User) -> User:
    """Return the stored account of this id, creating it from ``user`` where there is none."""
    if (known := await users.get(user.id, user.id)) is not None:
        return known
    try:
        return await users.create(user)
    except AlreadyExists:
        return await users.get(user.id, user.id) or user
