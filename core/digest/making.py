"""Makes one person's digest of one week, once: whoever comes second finds it there.

The id is decided by person and week before any work, and the digest is created only if it is absent. So a
retry, a second sweep and an impatient person at once end in one digest, and all of them return that one.
"""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from typing import Final

from core import taste, vault
from core.digest import composing, editorials, finds, repository, subscriptions
from core.digest.facts import facts_of
from core.digest.models import Digest
from core.digest.subscriptions import Preferences, Subscription
from core.platform import clock, langfuse
from core.platform.zones import day_in

REMEMBERED: Final = 4
"""Earlier digests that a new one looks at, to be another one."""


async def serve(subscription: Subscription, week: date) -> tuple[Digest, bool]:
    """Make sure that the person has the digest of ``week``, and that the next one is due after it.

    Returns the digest, and whether this call made it.

    Raises:
        Unavailable: their wardrobe, their taste or the digests cannot be reached.
    """
    now = clock.now()
    made, is_new = await _make(subscription.user_id, subscription.preferences, week, now)
    moved_on = await repository.advance(subscription, lambda found: subscriptions.settled(found, week, now))
    if moved_on is None:
        await repository.remove(made)  # they erased their account meanwhile
    return made, is_new


async def _make(user_id: str, preferences: Preferences, week: date, now: datetime) -> tuple[Digest, bool]:
    digest_id = repository.digest_id(user_id, week)
    if (there := await repository.digest(user_id, digest_id)) is not None:
        return there, False
    return await repository.add(await _made(user_id, digest_id, preferences, week, now))


async def _made(user_id: str, digest_id: str, preferences: Preferences, week: date, now: datetime) -> Digest:
    langfuse.concerning(digest_id, digest_id)
    zone = preferences.time_zone
    day = day_in(zone, now)
    items = [item async for item in vault.all_items(user_id)]
    known = await taste.taste_of(user_id)
    earlier = await repository.before(user_id, week, REMEMBERED)
    composed = await asyncio.to_thread(composing.compose, items, known, day, zone, earlier)
    found = await finds.latest(user_id, earlier[0].made_at if earlier else None)
    contents = composed.contents.model_copy(update={"finds": tuple(one.find for one in found)})
    facts = facts_of(contents, {item.id: item for item in items}, preferences.tone)
    owned = sum(item.status == "active" for item in items)
    return Digest(
        id=digest_id,
        user_id=user_id,
        week=week,
        day=day,
        made_at=now,
        contents=contents,
        editorial=await editorials.write(user_id, contents, facts, preferences.tone, owned),
        figures=composed.figures,
        traits=composed.traits | {one.find.find_id: one.traits for one in found},
    )
