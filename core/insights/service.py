"""A person's wardrobe in figures: what is stored is read once, everything else is computed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core import stylist, taste, vault
from core.insights import composition, habits, money
from core.insights.errors import DayAhead
from core.insights.models import Unlock, VaultInsights
from core.insights.score import score
from core.insights.wardrobe import Wardrobe
from core.platform import clock, days
from core.platform.errors import FieldError
from core.platform.zones import day_in
from core.taste import Taste, TasteProfile
from core.vault import VaultItem

GAPS = 3


async def of_vault(user_id: str, as_of: date | None = None, zone: str = "UTC") -> VaultInsights:
    """Return the figures of a person's wardrobe as of a day; ``None`` is today in ``zone`` (an IANA name).

    Raises:
        DayAhead: the day has not begun anywhere on earth.
    """
    now = clock.now()
    day = as_of or day_in(zone, now)
    if day > days.latest(now):
        detail = f"{day} is in the future."
        raise DayAhead(detail, errors=[FieldError("/as_of", detail, "query")])
    items = [item async for item in vault.all_items(user_id)]
    known = taste_on((await taste.taste_of(user_id)).profile, day, zone)
    return await asyncio.to_thread(insights, items, day, known, zone)


def insights(
    items: Iterable[VaultItem], as_of: date, known: Taste | None, zone: str = "UTC"
) -> VaultInsights:
    """Compute all figures; pure. ``known`` is the taste to balance against, ``None`` without a profile."""
    wardrobe = Wardrobe.on(as_of, items, zone)
    return VaultInsights(
        as_of=as_of,
        time_zone=zone,
        totals=composition.totals(wardrobe),
        worth=money.worth(wardrobe.active),
        utilisation=habits.utilisation(wardrobe),
        dormant=habits.dormant(wardrobe),
        never_worn=habits.never_worn(wardrobe),
        most_worn=habits.most_worn(wardrobe),
        least_worn=habits.least_worn(wardrobe),
        streaks=habits.streaks(wardrobe),
        months=habits.months(wardrobe),
        palette=composition.palette(wardrobe.active),
        balance=composition.balance(wardrobe.active, known),
        gaps=[Unlock(**asdict(gap)) for gap in stylist.gaps(wardrobe.active, count=GAPS)],
        score=score(wardrobe, stylist.versatility(wardrobe.active)),
    )


def taste_on(profile: TasteProfile, day: date, zone: str) -> Taste | None:
    """Return a taste as it has faded by the end of a day, so that asking later changes nothing.

    Opinions are not kept by day: those newer than ``day`` count too, as they did when they were fresh.
    ``None`` if nothing is known of it.
    """
    if not any(profile.precision):
        return None
    end = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))
    return Taste(profile, max(end, profile.newest_at or end))
