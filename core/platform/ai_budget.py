"""What a person may use of the model in a day: one counter for all purposes, so that no purpose can hide.

A call is let through while the counter is below the budget and counted when it is over, so a day can end
above its budget by the calls that were under way, never by more.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, time, timedelta

from core.platform import clock, settings, telemetry
from core.platform.ai_errors import BudgetSpent
from core.platform.containers import DAY
from core.platform.cosmos import Container
from core.platform.errors import Unavailable
from core.platform.models import Document

_log = logging.getLogger("pluckit.ai")


class Day(Document):
    """The counter of one person and day (UTC), in tokens."""

    day_tokens: int


_days = Container("ai_usage", Day)


async def check(user_id: str) -> None:
    """Let a call of this person's pass; a service (no ``user_id``) has no budget.

    Raises:
        BudgetSpent: with the seconds until the next day as ``retry_after``.
    """
    if not user_id:
        return
    now = clock.now()
    counter = await _days.get(user_id, _id(now))
    budget = settings.get(settings.OpenAISettings).daily_token_budget
    if counter is not None and counter.day_tokens >= budget:
        telemetry.measure("pluckit.budget.rejections")
        resets = resets_at(now)
        detail = (
            f"You have used your {budget} tokens of today. A new day starts at {resets:%Y-%m-%dT%H:%M:%SZ}."
        )
        raise BudgetSpent(detail, retry_after=(resets - now).total_seconds())


async def charge(user_id: str, tokens: int) -> None:
    """Count ``tokens`` of a call that was made; an answer is not lost because counting it fails."""
    if not user_id or tokens <= 0:
        return
    try:
        day = Day(id=_id(clock.now()), user_id=user_id, ttl=2 * DAY, day_tokens=tokens)
        await _days.increment(day, "day_tokens", tokens)
    except Unavailable:
        _log.warning("%d tokens were not counted", tokens)


def resets_at(now: datetime) -> datetime:
    """Return when the day of ``now`` ends: the next midnight in UTC."""
    return datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(), UTC)


def _id(now: datetime) -> str:
    return f"day-{now.astimezone(UTC):%Y-%m-%d}"
