"""A month's moods as a job: decided once, named one by one, and the same however often it is attempted.

What a month's feed contains is written before anything is named, so an attempt that died goes on with the
same drafts, although the feed has moved on; a mood that is there already is not named a second time.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from core import scraper
from core.jobs import Job
from core.moods.models import GeneratedMoods, Generation, Mood
from core.platform import clock

LOOKS_BACK: Final = timedelta(days=35)
MOST_ITEMS: Final = 2000


async def work(job: Job) -> dict[str, Any]:
    """Make the moods of the job's month; again, the same ones."""
    from core.moods import naming, repository

    month = str(job.payload["month"])
    decided = await repository.generation(month) or await _decided(month)
    made = []
    for draft in decided.drafts:
        there = await repository.find(draft.id)
        made.append(there or await repository.keep(await naming.named(draft, await _titles(draft))))
    names = [mood.name for mood in made]
    return GeneratedMoods(month=month, items=decided.items, moods=names).model_dump(mode="json")


async def _decided(month: str) -> Generation:
    from core.moods import drafting, repository
    from core.moods.seeds import seeds

    now = clock.now()
    items = []
    async for item in scraper.recent(now - LOOKS_BACK):
        items.append(item)
        if len(items) == MOST_ITEMS:
            break
    known = [*seeds().values(), *await repository.made()]
    found = drafting.drafts(items, known, month, now)
    return await repository.decide(Generation(id=month, drafts=found, items=len(items), created_at=now))


async def _titles(draft: Mood) -> list[str]:
    found = await scraper.items_of((ref.site, ref.item_id) for ref in draft.examples)
    return [item.finding.title for item in found]
