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
# Kept longer than it lives: code, not Cosmos TTL, decides, and the id_token that opened it stays spent
# for as long as any id_token lives (``id_tokens.LONGEST_LIFE``).
_SWEEP_AFTER = timedelta(days=2)
_BEFORE_THE_FIRST = -1
_LONGEST_USER_AGENT = 400


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


@dataclass(frozen=True, slots=True)
class Opening:
    """Where a session begins: the account, the session's id, how and from which device somebody signed in."""

    user_id: str
    family_id: str
    signed_in_with: str = "local"
    user_agent: str | None = None


def begin(
    opening: Opening,
    lifetimes: Lifetimes,
    now: datetime,
    *,
    proof: str | None = None,
    keys: DerivationKeys | None = None,
) -> tuple[Family, RefreshToken]:
    """Return a new family and its first token.

    With ``proof`` (what was signed in with, which we do not keep) the token is derived from it, so that
    somebody who lost our answer and brings the same proof gets the same token (``begin_again``).
    """
    secret, derived_with = new_secret(), None
    if keys is not None and proof is not None:
        secret, derived_with = _first(keys.current, opening.family_id, proof), keys.current_id
    expires_at = now + lifetimes.absolute
    idle_expires_at = min(now + lifetimes.idle, expires_at)
    family = Family(
        id=opening.family_id,
        user_id=opening.user_id,
        secret_hash=fingerprint(secret),
        derived_with=derived_with,
        created_at=now,
        rotated_at=now,
        idle_expires_at=idle_expires_at,
        expires_at=expires_at,
        signed_in_with=opening.signed_in_with,
        user_agent=(opening.user_agent or "")[:_LONGEST_USER_AGENT] or None,
        ttl=_ttl(idle_expires_at, now),
    )
    return family, RefreshToken(opening.user_id, opening.family_id, secret)


def begin_again(family: Family, proof: str, keys: DerivationKeys, now: datetime) -> RefreshToken | None:
    """Return the first token once more to somebody who retries at once; ``None``: the proof is spent."""
    key = keys.find(family.derived_with or "")
    untouched = family.generation == 0 and family.revoked_at is None
    if key is None or not untouched or now - family.created_at > GRACE:
        return None
    token = RefreshToken(family.user_id, family.id, _first(key, family.id, proof))
    return token if hmac.compare_digest(fingerprint(token.secret), family.secret_hash) else None


def is_live(family: Family, now: datetime) -> bool:
    """Tell whether the session can still be refreshed."""
    return family.revoked_at is None and now < min(family.idle_expires_at, family.expires_at)


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


def _first(key: bytes, family_id: str, proof: str) -> str:
    return successor(key, family_id, _BEFORE_THE_FIRST, proof)


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
