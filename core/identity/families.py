"""The rules of refresh families: what presenting a token does to the session it belongs to.

Pure: a family, a secret and a moment in; a verdict and perhaps a new family out. The caller stores the new
family on condition that nobody changed it in between, and judges again if somebody did, so two parallel
refreshes of one token end as a rotation and a retry of it, with the same successor.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from core.identity.errors import RefreshTokenReused, SessionEnded
from core.identity.models import Family, RevokedFor
from core.identity.refresh_tokens import RefreshToken, fingerprint, new_secret, successor

GRACE = timedelta(seconds=30)
# Kept a little longer than it lives, so that code, not Cosmos TTL, decides; then Cosmos sweeps it.
_SWEEP_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long a session lasts: unused (``idle``), and at most (``absolute``)."""

    idle: timedelta
    absolute: timedelta


@dataclass(frozen=True, slots=True)
class DerivationKeys:
    """The server's keys that successors are derived with: the ``current`` one, and all live ones by id."""

    current_id: str
    current: bytes
    find: Callable[[str], bytes | None]


@dataclass(frozen=True, slots=True)
class Grant:
    """Answer with ``secret``, once ``write`` (if set) is stored."""

    secret: str
    write: Family | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Raise ``error``, once ``write`` (if set) is stored."""

    error: SessionEnded
    write: Family | None = None


type Verdict = Grant | Refusal


def begin(user_id: str, family_id: str, lifetimes: Lifetimes, now: datetime) -> tuple[Family, RefreshToken]:
    """Return a new family and its first token."""
    secret = new_secret()
    expires_at = now + lifetimes.absolute
    idle_expires_at = min(now + lifetimes.idle, expires_at)
    family = Family(
        id=family_id,
        user_id=user_id,
        secret_hash=fingerprint(secret),
        created_at=now,
        rotated_at=now,
        idle_expires_at=idle_expires_at,
        expires_at=expires_at,
        ttl=_ttl(idle_expires_at, now),
    )
    return family, RefreshToken(user_id, family_id, secret)


def present(
    family: Family, secret: str, *, keys: DerivationKeys, lifetimes: Lifetimes, now: datetime
) -> Verdict:
    """Judge a presented secret: rotate, answer a retry, refuse, or end the session."""
    if family.revoked_at is not None:
        return Refusal(SessionEnded("The session has ended; sign in again."))
    if now >= min(family.idle_expires_at, family.expires_at):
        return Refusal(SessionEnded("The session has expired; sign in again."))
    presented = fingerprint(secret)
    if hmac.compare_digest(presented, family.secret_hash):
        return _rotate(family, secret, keys, lifetimes, now)
    if _is_retry(family, presented, now):
        return _repeat(family, secret, keys)
    error = RefreshTokenReused(
        "This refresh token was already used. Somebody else may hold a copy, so the session was ended; "
        "sign in again."
    )
    return Refusal(error, write=revoke(family, "reuse", now))


def revoke(family: Family, reason: RevokedFor, now: datetime) -> Family:
    """Return the family ended; the first reason stays."""
    if family.revoked_at is not None:
        return family
    return family.model_copy(
        update={"revoked_at": now, "revoked_for": reason, "ttl": _ttl(family.idle_expires_at, now)}
    )


def _rotate(
    family: Family, secret: str, keys: DerivationKeys, lifetimes: Lifetimes, now: datetime
) -> Verdict:
    following = successor(keys.current, family.id, family.generation, secret)
    idle_expires_at = min(now + lifetimes.idle, family.expires_at)
    rotated = family.model_copy(
        update={
            "generation": family.generation + 1,
            "secret_hash": fingerprint(following),
            "previous_hash": family.secret_hash,
            "derived_with": keys.current_id,
            "rotated_at": now,
            "idle_expires_at": idle_expires_at,
            "ttl": _ttl(idle_expires_at, now),
        }
    )
    return Grant(following, write=rotated)


def _is_retry(family: Family, presented: str, now: datetime) -> bool:
    previous = family.previous_hash or ""
    return hmac.compare_digest(presented, previous) and now - family.rotated_at <= GRACE


def _repeat(family: Family, secret: str, keys: DerivationKeys) -> Verdict:
    key = keys.find(family.derived_with or "")
    if key is None:
        # Whoever got the first answer keeps the session; this caller cannot be given what we cannot compute.
        return Refusal(SessionEnded("The key of this session was withdrawn; sign in again."))
    return Grant(successor(key, family.id, family.generation - 1, secret))


def _ttl(until: datetime, now: datetime) -> int:
    return max(1, ceil((until - now + _SWEEP_AFTER).total_seconds()))
