"""Puts findings among the items: each thing once, however often and under however many addresses it is found.

Ids come from addresses, writes are create-if-absent or over the version that was read, so doing it all again
after a crash, or beside another sweep, changes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from core.scraper.addresses import item_id
from core.scraper.identities import fingerprint
from core.scraper.items import Look, appeared, is_live, seen
from core.scraper.models import FeedItem, Finding, Source
from core.scraper.schedule import Tally

_AT_ONCE = 8


async def keep(findings: Sequence[Finding], look: Look) -> Tally:
    """Store what was found in one document; tell how much of it was new, and how much had changed.

    Raises:
        Unavailable: the database does not answer; what was stored stays.
    """
    from core.scraper import repository

    by_id = {item_id(look.site, finding.url): finding for finding in findings}
    known = await repository.items(look.site, by_id)
    unknown = {key: finding for key, finding in by_id.items() if key not in known}
    twins = await _twins(unknown, look)
    places = asyncio.Semaphore(_AT_ONCE)

    async def kept(key: str, finding: Finding) -> Tally:
        async with places:
            return await _keep_one(known.get(key) or twins.get(key), key, finding, look)

    tallies = await asyncio.gather(*(kept(key, finding) for key, finding in _first_of_each(by_id, unknown)))
    return Tally(len(by_id), sum(one.new for one in tallies), sum(one.changed for one in tallies))


async def discontinue(url: str, look: Look) -> Tally:
    """Note that the page of a thing is gone: it cannot be had any more."""
    from core.scraper import repository

    def gone(item: FeedItem) -> FeedItem:
        if item.finding.availability == "discontinued":
            return item
        return seen(item, item.finding.model_copy(update={"availability": "discontinued"}), look)

    key = item_id(look.site, url)
    before = (await repository.items(look.site, [key])).get(key)
    after = None if before is None else await repository.change_item(look.site, key, gone)
    return Tally(changed=int(before is not None and after is not None and after.etag != before.etag))


async def let_go(source: Source) -> int:
    """Remove what only a removed source carried, then the source itself; return how many items went."""
    from core.scraper import repository

    gone = 0
    async for item in repository.items_of_source(source.site, source.id):
        others = tuple(one for one in item.source_ids if one != source.id)
        if others:
            await repository.replace_item(item.model_copy(update={"source_ids": others}))
        else:
            await repository.drop_item(item)
            gone += 1
    await repository.drop_source(source)
    return gone


async def _twins(unknown: Mapping[str, Finding], look: Look) -> dict[str, FeedItem]:
    """Return the live items that unknown findings are, under another address."""
    from core.scraper import repository

    prints = {key: print_ for key, one in unknown.items() if (print_ := fingerprint(one)) is not None}
    found = await repository.twins(look.site, list(dict.fromkeys(prints.values())))
    live = {print_: item for print_, item in found.items() if is_live(item, look.at)}
    return {key: live[print_] for key, print_ in prints.items() if print_ in live}


def _first_of_each(by_id: Mapping[str, Finding], unknown: Mapping[str, Finding]) -> list[tuple[str, Finding]]:
    """Return the findings without those that are another one of this document under another address."""
    firsts: dict[str, str] = {}
    for key in sorted(by_id, key=unknown.__contains__):
        firsts.setdefault(fingerprint(by_id[key]) or key, key)
    kept = set(firsts.values())
    return [(key, finding) for key, finding in by_id.items() if key not in unknown or key in kept]


async def _keep_one(item: FeedItem | None, key: str, finding: Finding, look: Look) -> Tally:
    from core.scraper import repository

    if item is None:
        fresh = appeared(finding, look)
        if await repository.add_item(fresh):
            return Tally(new=1)
        item = (await repository.items(look.site, [key])).get(key)
    if item is None:
        return Tally()
    # Under another address it is only seen: what it costs and says is told at its own.
    told = finding if item.id == key else item.finding
    after = _looked_at(item, told, look)
    if after is not item and not await repository.replace_item(after):
        await repository.change_item(look.site, item.id, lambda there: _looked_at(there, told, look))
    return _counted(item, after, look)


def _looked_at(item: FeedItem, finding: Finding, look: Look) -> FeedItem:
    """Return the item after the look; one that had expired begins anew."""
    if is_live(item, look.at):
        return seen(item, finding, look)
    return appeared(finding, look).model_copy(update={"etag": item.etag})


def _counted(item: FeedItem, after: FeedItem, look: Look) -> Tally:
    """Return what this document brought, also where an earlier try at the same document stored it already."""
    told = after.provenance
    if told.sweep != look.sweep or told.document_url != look.document_url:
        return Tally()
    new = after.first_seen_at == after.changed_at
    return Tally(new=int(new), changed=int(not new))
