"""One person looking at the feed at one moment: what they follow, what they like, what they may be shown."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core import reactions, scraper, taste
from core.feed.candidates import candidate, showable
from core.feed.models import FeedEntry, FeedSource
from core.feed.ranking import Ranked, rank
from core.feed.why import why
from core.platform import clock
from core.platform.models import ListQuery
from core.reactions import Reaction
from core.scraper import FeedItem, Source
from core.taste import Taste

MOST_SOURCES: Final = 100
MOST_COMPETING: Final = 600
"""Items that compete for places, the newest of each source in equal shares."""
PER_SOURCE: Final = 100
"""Items of one source at most, however few there are."""
_AT_ONCE: Final = 16
"""Sources that are read at a time."""


@dataclass(frozen=True)
class Viewer:
    """A person and a moment.

    ``sources`` are those whose items may be shown, by id; ``follows`` tells that the person follows them.
    """

    user_id: str
    now: datetime
    taste: Taste
    sources: Mapping[str, Source]
    follows: bool

    async def competing(self) -> dict[str, FeedItem]:
        """Return the items that may be shown, by id."""
        items = await self._newest()
        reacted = await reactions.reactions_to(self.user_id, "item", (item.id for item in items))
        judged = {item_id for item_id, reaction in reacted.items() if reaction.answer is not None}
        return {item.id: item for item in showable(items, judged, self.taste)}

    async def _newest(self) -> list[FeedItem]:
        share = min(PER_SOURCE, MOST_COMPETING // max(1, len(self.sources)))
        places = asyncio.Semaphore(_AT_ONCE)

        async def of(source: Source) -> list[FeedItem]:
            async with places:
                return await scraper.newest(source, share)

        return [item for part in await asyncio.gather(*map(of, self.sources.values())) for item in part]

    def ranked(self, items: Iterable[FeedItem], seed: str | None, count: int) -> list[Ranked]:
        """Return the order of ``items`` for this person (``core.feed.ranking``)."""
        candidates = (candidate(item, self.taste, self.now, self.sources) for item in items)
        return rank(candidates, seed=seed, count=count)

    async def shown(self, places: Mapping[tuple[str, str], bool]) -> list[FeedEntry]:
        """Return the entries at ``places``, items by reference with whether each is an experiment.

        Items that have gone, and those that the person has turned down since, are left out.
        """
        items = await scraper.items_of(places)
        reacted = await reactions.reactions_to(self.user_id, "item", (item.id for item in items))
        return [
            self._entry(item, reacted.get(item.id), experiment=places[item.site, item.id])
            for item in items
            if item.id not in reacted or reacted[item.id].answer != "dislike"
        ]

    def carried_by(self, item: FeedItem) -> list[FeedSource]:
        """Return the sources for which the item may be shown."""
        carried = [self.sources[each] for each in item.source_ids if each in self.sources]
        return [FeedSource(source_id=source.id, name=source.spec.name) for source in carried]

    def _entry(self, item: FeedItem, reaction: Reaction | None, *, experiment: bool) -> FeedEntry:
        found, reading = item.finding, item.reading
        return FeedEntry(
            item_id=item.id,
            kind=found.kind,
            title=found.title,
            summary=found.summary,
            url=found.url,
            image_url=found.image_url,
            brand=found.brand,
            category=reading.category,
            subtype=reading.subtype,
            colours=list(reading.colours),
            price=found.price,
            availability=found.availability,
            sources=self.carried_by(item),
            published_at=found.published_at,
            first_seen_at=item.first_seen_at,
            answer=None if reaction is None else reaction.answer,
            why=list(why(item, self.taste, self.now, experiment=experiment)),
            experiment=experiment,
        )


async def viewer(user_id: str) -> Viewer:
    """Return the person as they look at the feed now: who follows nothing yet sees every active source."""
    known, followed = await asyncio.gather(taste.taste_of(user_id), scraper.followed(user_id))
    sources = followed[:MOST_SOURCES] or await _active()
    by_id = {source.id: source for source in sources}
    return Viewer(user_id, clock.now(), known, by_id, follows=bool(followed))


async def _active() -> list[Source]:
    found, _ = await scraper.page(ListQuery(limit=MOST_SOURCES))
    return [source for source in found if source.state == "active"]
