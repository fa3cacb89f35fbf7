"""Sources, how far their sweeps have got, what they carry, and who follows them, in Cosmos DB."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection
from datetime import datetime
from itertools import batched
from typing import Any, Final

from core.platform.cosmos import AlreadyExists, Container, Stale
from core.scraper.crawl import CRAWL, Crawl
from core.scraper.models import SHELF, FeedItem, Source, Subscription

_sources = Container("sources", Source, tolerant=True)
_crawls = Container("sources", Crawl)
_items = Container("feed_items", FeedItem)
_subscriptions = Container("subscriptions", Subscription)

_AT_A_TIME: Final = 50
"""Ids in one query."""


async def add_source(source: Source) -> tuple[Source, bool]:
    """Write a new source; return what is stored under its id and whether this call wrote it."""
    try:
        return await _sources.create(source), True
    except AlreadyExists:
        there = await _sources.get(SHELF, source.id)
    return (there, False) if there is not None else await add_source(source)


async def source(source_id: str) -> Source | None:
    """Return the source, removed ones too."""
    return await _sources.get(SHELF, source_id)


async def change_source(source_id: str, to: Callable[[Source], Source]) -> Source | None:
    """Apply ``to`` by compare-and-swap; ``None`` where there is no such source."""
    return await _sources.update(SHELF, source_id, to)


async def drop_source(source: Source) -> None:
    """Forget a source and how far its sweeps had got; one that was changed meanwhile stays."""
    await _crawls.delete(source.id, CRAWL)
    try:
        await _sources.delete(SHELF, source.id, etag=source.etag)
    except Stale:
        return


async def drop_unreadable(source_id: str, etag: str) -> None:
    """Forget what lies under a source's id and cannot be read; raises ``Stale``."""
    await _crawls.delete(source_id, CRAWL)
    await _sources.delete(SHELF, source_id, etag=etag)


async def sources(ids: Collection[str]) -> list[Source]:
    """Return those of the sources that are there, removed ones too, in no particular order."""
    found: list[Source] = []
    for some in batched(ids, _AT_A_TIME, strict=False):
        found += [one async for one in _sources.all(SHELF, **_among("id", some))]
    return found


async def page_of_sources(*, limit: int, cursor: str | None) -> tuple[list[Source], str | None]:
    """Return one page of the sources by name, and the next page's cursor; raises ``InvalidCursor``."""
    where = "c.state != 'removed'"
    return await _sources.page(SHELF, where=where, order="c.sorting ASC", limit=limit, cursor=cursor)


async def due_sources(now: datetime, after: str, limit: int) -> list[Source]:
    """Return up to ``limit`` sources that want attention, by id and with ids above ``after``.

    Those are the active ones that are due, and the removed ones that are not yet gone.
    """
    found, cursor = await _due(now, after, limit, None)
    while cursor is not None and len(found) < limit:
        more, cursor = await _due(now, after, limit - len(found), cursor)
        found += more
    return found


async def crawl(source_id: str) -> Crawl:
    """Return how far the source's sweeps have got; a new one where there was none."""
    return await _crawls.get(source_id, CRAWL) or Crawl(partition=source_id)


async def save_crawl(state: Crawl) -> Crawl:
    """Write how far a sweep has got. Only the holder of the source does."""
    return await _crawls.upsert(state)


async def items(site: str, ids: Collection[str]) -> dict[str, FeedItem]:
    """Return those of the items that are there, by id."""
    found: dict[str, FeedItem] = {}
    for some in batched(ids, _AT_A_TIME, strict=False):
        async for item in _items.all(site, **_among("id", some)):
            found[item.id] = item
    return found


async def twins(site: str, fingerprints: Collection[str]) -> dict[str, FeedItem]:
    """Return the items that bear one of the fingerprints, by fingerprint; the one found first of several."""
    found: dict[str, FeedItem] = {}
    for some in batched(fingerprints, _AT_A_TIME, strict=False):
        async for item in _items.all(site, **_among("fingerprint", some)):
            there = found.get(item.fingerprint or "")
            if there is None or item.position < there.position:
                found[item.fingerprint or ""] = item
    return found


async def add_item(item: FeedItem) -> bool:
    """Write a new item; tell whether it was not there."""
    try:
        await _items.create(item)
    except AlreadyExists:
        return False
    return True


async def replace_item(item: FeedItem) -> bool:
    """Write over the version in hand; tell whether it was still the current one."""
    try:
        await _items.replace(item)
    except Stale:
        return False
    return True


async def change_item(site: str, item_id: str, to: Callable[[FeedItem], FeedItem]) -> FeedItem | None:
    """Apply ``to`` by compare-and-swap; ``None`` where there is no such item."""
    return await _items.update(site, item_id, to)


async def drop_item(item: FeedItem) -> None:
    """Remove the version in hand; one that changed meanwhile stays."""
    try:
        await _items.delete(item.site, item.id, etag=item.etag)
    except Stale:
        return


def items_of_source(site: str, source_id: str) -> AsyncIterator[FeedItem]:
    """Yield what the source carries, in no particular order."""
    return _items.all(site, where="ARRAY_CONTAINS(c.source_ids, @source)", params={"source": source_id})


def items_for_model(site: str, source_id: str) -> AsyncIterator[FeedItem]:
    """Yield what the source carries that rules know too little of."""
    return _items.all(
        site,
        where="c.reading.wants_model = true AND ARRAY_CONTAINS(c.source_ids, @source)",
        params={"source": source_id},
    )


async def newest_items(site: str, source_id: str, limit: int, now: datetime) -> list[FeedItem]:
    """Return up to ``limit`` items that a source carries, newest first, that have not expired at ``now``."""
    found, _ = await _items.page(
        site,
        where="c.expires_at > @now AND ARRAY_CONTAINS(c.source_ids, @source)",
        params={"now": _stamp(now), "source": source_id},
        order="c.position DESC",
        limit=limit,
    )
    return found


def recent_items(since: datetime, now: datetime) -> AsyncIterator[FeedItem]:
    """Yield the items of all sites first seen after ``since`` that have not expired at ``now``."""
    return _items.everyone(
        where="c.first_seen_at > @since AND c.expires_at > @now",
        params={"since": _stamp(since), "now": _stamp(now)},
    )


async def find_item(item_id: str) -> FeedItem | None:
    """Return the item on whichever shelf it lies: one indexed query over all partitions."""
    async for item in _items.everyone(where="c.id = @id", params={"id": item_id}):
        return item
    return None


async def subscribe(subscription: Subscription) -> bool:
    """Write a subscription; tell whether it was not there."""
    try:
        await _subscriptions.create(subscription)
    except AlreadyExists:
        return False
    return True


async def unsubscribe(user_id: str, source_id: str) -> bool:
    """Remove a subscription; tell whether it was there."""
    return await _subscriptions.delete(user_id, source_id)


def subscriptions(user_id: str) -> AsyncIterator[Subscription]:
    """Yield all of the person's subscriptions."""
    return _subscriptions.all(user_id)


async def _due(now: datetime, after: str, limit: int, cursor: str | None) -> tuple[list[Source], str | None]:
    """Return one page, which is short where sources on it cannot be read."""
    return await _sources.page(
        SHELF,
        where="c.id > @after AND ((c.state = 'active' AND c.due_at <= @now) OR c.state = 'removed')",
        params={"after": after, "now": _stamp(now)},
        order="c.id ASC",
        limit=limit,
        cursor=cursor,
    )


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")


def _among(field: str, values: Collection[str]) -> dict[str, Any]:
    names = [f"v{number}" for number in range(len(values))]
    listed = ", ".join(f"@{name}" for name in names)
    return {"where": f"c.{field} IN ({listed})", "params": dict(zip(names, values, strict=True))}
