"""One source's part in a sweep: ask for its documents one by one, keep what is in them, note how it went.

It is done in slices of bounded time, each of which may be killed at any line: what was kept is kept, how far
the sweep got is written after every document, and the source is held by one sweep at a time.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta
from functools import partial
from typing import Literal, TypedDict

from core.platform import clock, settings
from core.platform.errors import Unavailable
from core.platform.fetch import (
    DisallowedByRobots,
    FetchFailed,
    FetchRefused,
    HostBusy,
    NotModified,
    UnexpectedStatus,
    Validators,
    WrongMediaType,
    fetch,
)
from core.scraper import crawl as crawling
from core.scraper import repository, schedule
from core.scraper.crawl import Crawl, Limits, Stop, Visit
from core.scraper.documents import accepted, first_stop, opened
from core.scraper.errors import SourceUnreadable
from core.scraper.items import Look
from core.scraper.keeping import discontinue, keep
from core.scraper.models import Source
from core.scraper.schedule import Tally

type State = Literal["done", "more", "failed", "put_off", "skipped"]

_REFUSALS = (DisallowedByRobots, FetchRefused, SourceUnreadable, WrongMediaType)
_REFUSED_STATUSES = frozenset({401, 403, 404, 410, 451})
_GONE = frozenset({404, 410})
_SAVED_EVERY = 10
"""Pages after which it is written how far a sweep has got: so many are asked for again after a crash."""

_log = logging.getLogger("pluckit.scraper")


class Swept(TypedDict):
    """How a slice ended, as JSON; ``more`` asks for another one. Counts are the sweep's so far."""

    state: State
    seen: int
    new: int
    changed: int
    error: str | None


async def sweep(source_id: str, sweep_id: str, *, seconds: float) -> Swept:
    """Sweep a source for about ``seconds``, or until it is done.

    Raises:
        Unavailable: the database does not answer; calling again goes on.
    """
    source = await _hold(source_id, sweep_id)
    if source is None:
        return _told("skipped", Tally())
    state = crawling.begun(await repository.crawl(source_id), sweep_id, *first_stop(source))
    until = clock.now() + timedelta(seconds=seconds)
    try:
        while state.pending and clock.now() < until:
            state = await _visit(source, state, sweep_id)
    except HostBusy as busy:
        return await _put_off(source, sweep_id, state, busy)
    except (FetchFailed, SourceUnreadable) as error:
        refused = _is_refusal(error)
        return await _failed(source, sweep_id, state, error.detail, rest=error.retry_after, refused=refused)
    except Unavailable:
        raise
    except Exception as error:  # noqa: BLE001 - counted like any other failure, else it is due at every tick
        _log.exception("the sweep of source %s broke", source.id)
        what = f"The sweep broke: {type(error).__name__}."
        return await _failed(source, sweep_id, state, what, rest=None, refused=False)
    if state.pending:
        await repository.save_crawl(state)
        return _told("more", state.tally)
    return await _succeeded(source, sweep_id, crawling.ended(state))


async def _hold(source_id: str, sweep_id: str) -> Source | None:
    """Return the source, held for this sweep; ``None`` where it is not due, gone, or another sweep's."""
    now = clock.now()
    ours = False

    def held(there: Source) -> Source:
        nonlocal ours
        wanted = schedule.is_due(there, now) and there.telemetry.last_sweep != sweep_id
        ours = wanted and schedule.is_free(there, sweep_id, now)
        return schedule.held(there, sweep_id, now) if ours else there

    found = await repository.change_source(source_id, held)
    return found if ours else None


async def _visit(source: Source, state: Crawl, sweep_id: str) -> Crawl:
    """Ask for the next document and return how far the sweep has got after it; every few that is written.

    Raises:
        FetchFailed, SourceUnreadable: the source's own document, or too many others in a row, cannot be read.
    """
    stop, now = state.pending[0], clock.now()
    look = _look(source, stop.url, sweep_id, now)
    try:
        after = await _read(source, state, stop, look)
    except HostBusy:
        raise
    except (FetchFailed, SourceUnreadable) as error:
        if stop.via is None or state.broken + 1 >= crawling.GIVEN_UP_AFTER:
            raise
        _log.info("source %s: a document was passed over: %s", source.id, type(error).__name__)
        after = crawling.passed(state, stop, now)
        if isinstance(error, UnexpectedStatus) and error.status in _GONE:
            gone = await discontinue(stop.url, look)
            after = after.model_copy(update={"changed": after.changed + gone.changed, "broken": 0})
    return await repository.save_crawl(after) if after.asked % _SAVED_EVERY == 0 else after


async def _read(source: Source, state: Crawl, stop: Stop, look: Look) -> Crawl:
    known = state.visits.get(stop.url)
    limits = Limits(source.spec.max_pages, look.at - look.life / 2)
    have = known if crawling.is_fresh(known, limits) else None
    got = await fetch(stop.url, accept=accepted(source.spec.kind, stop), validators=_validators(have))
    if isinstance(got, NotModified):
        return crawling.unchanged(state, stop, look.at, limits)
    document = await asyncio.to_thread(opened, source.spec, stop, got, look.at)
    tally = await keep(document.contents.findings, look)
    visit = Visit(
        role=stop.role,
        via=stop.via,
        changed=stop.changed,
        at=look.at,
        asked_at=look.at,
        answered_by=got.validators.url,
        etag=got.validators.etag,
        last_modified=got.validators.last_modified,
    )
    return crawling.read(state, stop, visit, document.following, tally, limits)


def _validators(visit: Visit | None) -> Validators | None:
    if visit is None:
        return None
    return Validators(url=visit.answered_by, etag=visit.etag, last_modified=visit.last_modified)


def _look(source: Source, url: str, sweep_id: str, now: datetime) -> Look:
    life = settings.get(settings.ScraperSettings).item_life
    return Look(source.site, source.id, url, sweep_id, now, life)


async def _succeeded(source: Source, sweep_id: str, state: Crawl) -> Swept:
    await repository.save_crawl(state)
    now = clock.now()
    await repository.change_source(
        source.id, lambda there: schedule.succeeded(there, sweep_id, state.tally, now)
    )
    return _told("done", state.tally)


async def _put_off(source: Source, sweep_id: str, state: Crawl, busy: HostBusy) -> Swept:
    await repository.save_crawl(state)
    now = clock.now()
    ended = partial(schedule.put_off, error=busy.detail, rest=busy.retry_after)
    await repository.change_source(source.id, lambda there: ended(there, sweep_id, state.tally, now))
    return _told("put_off", state.tally, busy.detail)


def _is_refusal(error: Exception) -> bool:
    status = error.status if isinstance(error, UnexpectedStatus) else None
    return isinstance(error, _REFUSALS) or status in _REFUSED_STATUSES


async def _failed(
    source: Source, sweep_id: str, state: Crawl, error: str, *, rest: float | None, refused: bool
) -> Swept:
    now = clock.now()
    _log.warning("source %s failed: %s", source.id, error)
    await repository.save_crawl(crawling.ended(state))
    ended = partial(schedule.failed, error=error, rest=rest, refused=refused)
    await repository.change_source(source.id, lambda there: ended(there, sweep_id, state.tally, now))
    return _told("failed", state.tally, error)


def _told(state: State, tally: Tally, error: str | None = None) -> Swept:
    return Swept(state=state, seen=tally.seen, new=tally.new, changed=tally.changed, error=error)
