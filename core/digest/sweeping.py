"""The sweep's steps: who is due, one person's digest, who is new, who failed. Each can be done twice.

A step never raises because of one person: what went wrong is noted in that person's subscription, where an
administrator finds it, and the sweep goes on. A person whose digest failed stays due, so the next tick tries
again, three times in all.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, TypedDict

from core import identity
from core.digest import making, repository, subscriptions
from core.digest.models import iso_week
from core.digest.subscriptions import Subscription
from core.platform import clock, telemetry
from core.platform.errors import DomainError, Unavailable

type Delivered = Literal["made", "there", "failed", "not_due"]

_OVERLAP: Final = timedelta(minutes=10)
"""How far a sign-up may be stored behind its own time stamp without being overlooked."""
_ENROLLED_AT_ONCE: Final = 500
_FIRST: Final = datetime.min.replace(tzinfo=UTC)

_log = logging.getLogger("pluckit.digest")


class People(TypedDict):
    """One page of people by id, and the position to go on from; ``None`` after the last page."""

    people: list[str]
    after: str | None


async def due(until: datetime, after: str, limit: int) -> People:
    """Return one page of whose digest is due at ``until``."""
    return _paged(await repository.due(until, after, limit), limit, "due_position")


async def deliver(user_id: str) -> Delivered:
    """Make the digest that is due and move the person on to the next one; tell what came of it.

    Raises:
        Unavailable: the subscription cannot be reached, so nothing was begun.
    """
    delivered = await _deliver(user_id)
    telemetry.measure("pluckit.digest.delivered", 1, {"pluckit.digest.outcome": delivered})
    return delivered


async def _deliver(user_id: str) -> Delivered:
    now = clock.now()
    begun = await repository.change(user_id, lambda found: subscriptions.begun(found, now))
    if begun is None or not subscriptions.is_due(begun, now):
        return "failed" if begun is not None and _just_failed(begun, now) else "not_due"
    week = subscriptions.due_week(begun, now)
    try:
        _, is_new = await making.serve(begun, week)
    except Exception as error:  # noqa: BLE001 - whatever it was, it is this person's alone: noted and logged
        _log.warning("a digest of %s failed", iso_week(week), exc_info=error)
        await _note(user_id, now, _reason(error))
        return "failed"
    return "made" if is_new else "there"


async def enrol() -> tuple[int, bool]:
    """Give people who signed up since the last time a subscription; return how many, and if there are more.

    Someone's first digest is due at the next slot of the default preferences, whether they ever looked at
    them or not. Those of the overlap do not count: where more than one batch signed up within it, counting
    them would never get any further.
    """
    up_to = await repository.enrolled_up_to()
    since = _FIRST if up_to is None else up_to - _OVERLAP
    enrolled, latest = 0, up_to or _FIRST
    async for user_id, signed_up_at in identity.signed_up_since(since):
        if enrolled >= _ENROLLED_AT_ONCE and signed_up_at > latest:
            await repository.set_enrolled_up_to(latest)
            return enrolled, True
        await repository.ensure(subscriptions.new(user_id, clock.now()))
        enrolled += up_to is None or signed_up_at > up_to
        latest = max(signed_up_at, latest)
    if latest > _FIRST:
        await repository.set_enrolled_up_to(latest)
    return enrolled, False


async def requeue(due_at: datetime, after: str, limit: int) -> People:
    """Make one page of failed digests due again, at a moment the sweep still looks at.

    ``after`` is the position of the page before.
    """
    failing = await repository.failing(after, limit)
    for one in failing:
        await repository.change(one.user_id, lambda found: subscriptions.requeued(found, due_at))
    return _paged(failing, limit, "failed_position")


def _paged(found: Sequence[Subscription], limit: int, index: str) -> People:
    more = getattr(found[-1], index) if len(found) == limit else None
    return People(people=[one.user_id for one in found], after=more)


def _just_failed(begun: Subscription, now: datetime) -> bool:
    """Tell whether beginning it found that all attempts are used up."""
    return begun.failure is not None and begun.failure.failed_at == now


async def _note(user_id: str, now: datetime, reason: str) -> None:
    try:
        await repository.change(user_id, lambda found: subscriptions.failed(found, now, reason))
    except Unavailable:
        _log.warning("a failed digest could not be noted; its attempt is counted, the next tick tries again")


def _reason(error: Exception) -> str:
    if isinstance(error, DomainError):
        return error.detail
    return f"An unexpected {type(error).__name__}; it has been logged."
