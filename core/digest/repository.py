"""Digests and subscriptions in Cosmos DB: one container, by person; those who are due are found across it.

Lists over all people page by position, not by continuation token: people leave the list of those who are due
while it is being worked through, and a position means the same whatever left before it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final

from core.digest import subscriptions
from core.digest.models import Digest
from core.digest.subscriptions import Subscription
from core.platform import ids
from core.platform.cosmos import AlreadyExists, Container, Stale
from core.platform.models import Document, ListQuery

NAME: Final = "digests"
_SWEEPER: Final = "weekly-digest"
"""The partition of what belongs to the sweep and to nobody."""


class Enrolment(Document):
    """Up to when people who signed up have been given a subscription."""

    up_to: datetime


_digests = Container(NAME, Digest)
_subscriptions = Container(NAME, Subscription)
_enrolments = Container(NAME, Enrolment)


def digest_id(user_id: str, week: date) -> str:
    """Return the id of a person's digest of a week: the same for ever, so there is one."""
    return ids.stable_id("digest", user_id, week.isoformat())


async def digest(user_id: str, digest_id: str) -> Digest | None:
    """Return one digest; ``None`` where the id is none of this person's digests."""
    return await _digests.get(user_id, digest_id) if digest_id != subscriptions.ID else None


async def add(made: Digest) -> tuple[Digest, bool]:
    """Write a digest unless that week has one; return the one that is there, and whether it is new."""
    try:
        return await _digests.create(made), True
    except AlreadyExists:
        there = await _digests.get(made.user_id, made.id)
    return (there, False) if there is not None else await add(made)


async def remove(made: Digest) -> None:
    """Delete a digest."""
    await _digests.delete(made.user_id, made.id)


async def page(user_id: str, query: ListQuery) -> tuple[list[Digest], str | None]:
    """Return one page of a person's digests, the latest week first."""
    return await _digests.page(
        user_id, where="IS_DEFINED(c.week)", order="c.week DESC", limit=query.limit, cursor=query.cursor
    )


async def before(user_id: str, week: date, count: int) -> list[Digest]:
    """Return up to ``count`` digests of earlier weeks, the latest first."""
    found, _ = await _digests.page(
        user_id, where="c.week < @week", params={"week": week.isoformat()}, order="c.week DESC", limit=count
    )
    return found


async def change_digest(user_id: str, digest_id: str, to: Callable[[Digest], Digest]) -> Digest | None:
    """Apply ``to`` by compare-and-swap; ``None`` where there is no such digest."""
    return await _digests.update(user_id, digest_id, to)


async def subscription(user_id: str) -> Subscription | None:
    """Return a person's subscription, ``None`` before there is one."""
    return await _subscriptions.get(user_id, subscriptions.ID)


async def ensure(wanted: Subscription) -> Subscription:
    """Write a subscription unless the person has one; return theirs."""
    try:
        return await _subscriptions.create(wanted)
    except AlreadyExists:
        return await subscription(wanted.user_id) or wanted


async def change(user_id: str, to: Callable[[Subscription], Subscription]) -> Subscription | None:
    """Apply ``to`` by compare-and-swap; ``None`` where the person has no subscription."""
    return await _subscriptions.update(user_id, subscriptions.ID, to)


async def advance(seen: Subscription, to: Callable[[Subscription], Subscription]) -> Subscription | None:
    """Apply ``to`` to the version in hand if it is the current one, else to what is there by now."""
    try:
        return await _subscriptions.replace(to(seen))
    except Stale:
        return await change(seen.user_id, to)


async def due(until: datetime, after: str, limit: int) -> list[Subscription]:
    """Return whose digest is due at ``until``, from behind position ``after``, the longest due first."""
    where = "c.due_position > @after AND c.due_position < @until"
    params = {"after": after, "until": subscriptions.position(until + timedelta(seconds=1), "")}
    return await _first(where, params, "c.due_position", limit)


async def failing(after: str, limit: int) -> list[Subscription]:
    """Return whose digest failed, from behind position ``after``, the longest failing first."""
    return await _first("c.failed_position > @after", {"after": after}, "c.failed_position", limit)


async def _first(where: str, params: dict[str, str], order: str, limit: int) -> list[Subscription]:
    found: list[Subscription] = []
    matching = _subscriptions.everyone(where=where, params=params, order=order, at_a_time=limit)
    async for one in matching:
        found.append(one)
        if len(found) == limit:
            break
    return found


async def enrolled_up_to() -> datetime | None:
    """Return up to when people have been enrolled, ``None`` before the first time."""
    mark = await _enrolments.get(_SWEEPER, "enrolment")
    return None if mark is None else mark.up_to


async def set_enrolled_up_to(moment: datetime) -> None:
    """Note up to when people have been enrolled; of two sweeps the one that got less far loses nothing."""
    await _enrolments.upsert(Enrolment(id="enrolment", user_id=_SWEEPER, up_to=moment))
