"""What administrators do with sources, what people follow, and what other domains ask of items.

The repository is imported where it is used: it brings the Cosmos SDK, which importing the app must not load.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from datetime import datetime

from core.platform import clock
from core.platform.models import ListQuery
from core.scraper import schedule
from core.scraper.errors import (
    FeedItemNotFound,
    SourceChanged,
    SourceExists,
    SourceNotFound,
    TooManySubscriptions,
)
from core.scraper.items import is_live
from core.scraper.models import FeedItem, Source, SourcePatch, SourceSpec, Subscription
from core.scraper.views import Trial

MOST_SUBSCRIPTIONS = 100

type IfMatch = Collection[str] | None


async def add(spec: SourceSpec) -> tuple[Source, bool]:
    """Follow a source from now on; return it and whether it is new. One that was removed comes back.

    Raises:
        InvalidSource: some of it cannot be.
        SourceExists: the address is followed already, with other settings.
    """
    from core.scraper import repository
    from core.scraper.admission import admit

    wanted = admit(spec, clock.now())
    there, is_new = await repository.add_source(wanted)
    if is_new:
        return there, True
    if there.state == "removed":
        return await _changed(there.id, lambda _: wanted, removed_too=True), True
    if there.spec != wanted.spec:
        raise SourceExists(f"It is source {there.id}: change that one with PATCH.")
    return there, False


async def get(source_id: str) -> Source:
    """Return a source; raises ``SourceNotFound``."""
    from core.scraper import repository

    found = await repository.source(source_id)
    if found is None or found.state == "removed":
        raise _absent()
    return found


async def page(query: ListQuery) -> tuple[list[Source], str | None]:
    """Return one page of the sources by name, and the next page's cursor; raises ``InvalidCursor``."""
    from core.scraper import repository

    return await repository.page_of_sources(limit=query.limit, cursor=query.cursor)


async def change(source_id: str, patch: SourcePatch, *, if_match: IfMatch = None) -> Source:
    """Apply a merge patch; the source is swept with it when it is next due.

    Raises:
        SourceNotFound, SourceChanged, InvalidSource: nothing was changed.
    """
    from core.scraper.admission import patched

    now = clock.now()

    def after(there: Source) -> Source:
        spec = patched(there.spec, patch)
        if spec == there.spec:
            return there
        return there.model_copy(update={"spec": spec, "updated_at": now})

    return await _changed(source_id, after, if_match=if_match)


async def pause(source_id: str, why: str) -> Source:
    """Leave a source alone until it is resumed; raises ``SourceNotFound``."""
    now = clock.now()
    return await _changed(source_id, lambda there: schedule.paused(there, why, now))


async def resume(source_id: str) -> Source:
    """Sweep a source again, as soon as the next sweep comes; raises ``SourceNotFound``."""
    now = clock.now()
    return await _changed(source_id, lambda there: schedule.resumed(there, now))


async def remove(source_id: str, *, if_match: IfMatch = None) -> None:
    """Stop following a source. It is gone at once; the next sweep removes what only it carried.

    One that cannot be read is forgotten whole, and what only it carried expires.

    Raises:
        SourceNotFound, SourceChanged: nothing was changed.
    """
    from core.platform.cosmos import Stale, Unreadable
    from core.scraper import repository

    now = clock.now()
    gone = {"state": "removed", "updated_at": now, "held_by": None, "held_until": None}
    try:
        await _changed(source_id, lambda there: there.model_copy(update=gone), if_match=if_match)
    except Unreadable as found:
        _check(found.etag, if_match)
        try:
            await repository.drop_unreadable(found.id, found.etag)
        except Stale:
            raise _outdated() from None


async def try_out(spec: SourceSpec) -> Trial:
    """Return what a source would bring, and store nothing.

    Raises:
        InvalidSource, FetchFailed, SourceUnreadable: why a sweep of it would fail.
    """
    from core.scraper import trial

    return await trial.attempt(spec)


async def subscribe(user_id: str, source_id: str) -> Source:
    """Let the person follow a source; again changes nothing.

    Raises:
        SourceNotFound: there is no such source.
        TooManySubscriptions: they follow as many as one may.
    """
    from core.scraper import repository

    source = await get(source_id)
    followed = await subscribed_ids(user_id)
    if source_id not in followed and len(followed) >= MOST_SUBSCRIPTIONS:
        raise TooManySubscriptions(f"You can follow {MOST_SUBSCRIPTIONS} sources. Leave another one first.")
    await repository.subscribe(Subscription(id=source_id, user_id=user_id, created_at=clock.now()))
    return source


async def unsubscribe(user_id: str, source_id: str) -> None:
    """Let the person leave a source; again, or of one that is gone, changes nothing."""
    from core.scraper import repository

    await repository.unsubscribe(user_id, source_id)


async def subscribed_ids(user_id: str) -> set[str]:
    """Return the ids of the sources the person follows, those that are gone too."""
    from core.scraper import repository

    return {one.id async for one in repository.subscriptions(user_id)}


async def followed(user_id: str) -> list[Source]:
    """Return the sources the person follows, paused ones too, by name."""
    from core.scraper import repository

    found = await repository.sources(await subscribed_ids(user_id))
    return sorted((one for one in found if one.state != "removed"), key=lambda one: one.sorting)


async def newest(source: Source, limit: int) -> list[FeedItem]:
    """Return up to ``limit`` live items that the source carries, the last found first."""
    from core.scraper import repository

    return await repository.newest_items(source.site, source.id, limit, clock.now())


def recent(since: datetime) -> AsyncIterator[FeedItem]:
    """Yield the live items of all sources first seen after ``since``: for jobs that look at everything."""
    from core.scraper import repository

    return repository.recent_items(since, clock.now())


async def items_of(refs: Iterable[tuple[str, str]]) -> list[FeedItem]:
    """Return the live items of ``(site, item id)`` in the order given, without those that are gone."""
    from core.scraper import repository

    wanted, now = list(refs), clock.now()
    sites: dict[str, list[str]] = {}
    for site, item_id in wanted:
        sites.setdefault(site, []).append(item_id)
    parts = await asyncio.gather(*(repository.items(site, ids) for site, ids in sites.items()))
    found = {item_id: item for part in parts for item_id, item in part.items() if is_live(item, now)}
    return [found[item_id] for _, item_id in wanted if item_id in found]


async def find_item(item_id: str) -> FeedItem:
    """Return a live item of whichever source; raises ``FeedItemNotFound``."""
    from core.scraper import repository

    found = await repository.find_item(item_id)
    if found is None or not is_live(found, clock.now()):
        raise FeedItemNotFound("There is no such item in the feed, or it has expired.")
    return found


async def _changed(
    source_id: str, to: Callable[[Source], Source], *, if_match: IfMatch = None, removed_too: bool = False
) -> Source:
    from core.scraper import repository

    def guarded(there: Source) -> Source:
        if there.state == "removed" and not removed_too:
            raise _absent()
        _check(there.etag, if_match)
        after = to(there)
        return there if after is there else after.model_copy(update={"etag": there.etag})

    found = await repository.change_source(source_id, guarded)
    if found is None:
        raise _absent()
    return found


def _check(etag: str | None, if_match: IfMatch) -> None:
    if if_match is not None and (etag or "").strip('"') not in if_match:
        raise _outdated()


def _outdated() -> SourceChanged:
    return SourceChanged("The source was changed in between; read it again.")


def _absent() -> SourceNotFound:
    return SourceNotFound("There is no such source, or it was removed.")
