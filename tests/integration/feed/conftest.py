"""A person with sources of their own, whose items nobody else's tests can change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from core import feed, scraper
from core.feed import FeedEntry
from core.platform import clock
from core.platform.ids import new_id
from core.platform.models import ListQuery
from core.scraper import FeedItem, Source, SourceSpec, repository
from tests.feeding import collection, item


@dataclass
class Follower:
    """Somebody who follows shops that only they know."""

    user_id: str = field(default_factory=new_id)
    shops: list[Source] = field(default_factory=list)

    async def follow(self) -> Source:
        """Open a new shop and follow it."""
        site = f"{new_id()}.example.org"
        spec = SourceSpec(name="A shop", url=f"https://{site}/feed.xml", kind="feed")
        source, _ = await scraper.add(spec)
        await scraper.subscribe(self.user_id, source.id)
        self.shops.append(source)
        return source

    async def post(self, source: Source, title: str, **told: Any) -> FeedItem:
        """Have a shop post a thing now."""
        at = told.pop("at", clock.now())
        new = item(title, sources=[source.id], site=source.site, at=at, **told)
        assert await repository.add_item(new)
        return new

    async def post_all(self, source: Source, style: str, count: int) -> list[FeedItem]:
        """Have a shop post things of a style."""
        new = collection(style, count, [source.id], site=source.site, at=clock.now())
        for each in new:
            assert await repository.add_item(each)
        return new

    async def page(self, limit: int = 20, cursor: str | None = None) -> tuple[list[FeedEntry], str | None]:
        found = await feed.page(self.user_id, ListQuery(limit=limit, cursor=cursor))
        return found.items, found.next_cursor

    async def scroll(self, limit: int, cursor: str | None = None) -> list[list[str]]:
        """The item ids of every page to the end."""
        pages = []
        while True:
            entries, cursor = await self.page(limit, cursor)
            pages.append([entry.item_id for entry in entries])
            if cursor is None:
                return pages


@pytest.fixture
def me() -> Follower:
    return Follower()


def ids(items: Sequence[FeedItem]) -> set[str]:
    return {each.id for each in items}
