"""A person's wardrobe in figures: what is stored is read once, everything else is computed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, timedelta

from core import stylist, taste, vault
from core.insights import composition, habits, money
from core.insights.errors import DayAhead
from core.insights.models import Unlock, VaultInsights
from core.insights.score import score
from core.insights.wardrobe import Wardrobe
from core.platform import clock
from core.platform.errors import FieldError
from core.taste import Taste
from core.vault import VaultItem

GAPS = 3


async def of_vault(user_id: str, as_of: date | None = None) -> VaultInsights:
    """Return the figures of a person's wardrobe as of a day, today (UTC) if ``None``.

    Raises:
        DayAhead: the day has not begun anywhere on earth.
    """
    now = clock.now()
    day = as_of or now.date()
    if day > now.date() + timedelta(days=1):
        detail = f"{day} is in the future."
        raise DayAhead(detail, errors=[FieldError("/as_of", detail, "query")])
    items = [item async for item in vault.all_items(user_id)]
    known = await taste.taste_of(user_id)
    return await asyncio.to_thread(insights, items, day, known if _is_known(known) else None)


def insights(items: Iterable[VaultItem], as_of: date, known: Taste | None) -> VaultInsights:
    """Compute all figures; pure. ``known`` is the taste to balance against, ``None`` without a profile."""
    wardrobe = Wardrobe.on(as_of, items)
    return VaultInsights(
        as_of=as_of,
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


def _is_known(known: Taste) -> bool:
    return any(known.profile.precision)
