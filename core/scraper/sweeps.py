"""A sweep as a whole: one job that runs alone, over the sources that are due, a page of them at a time."""

from __future__ import annotations

from typing import Any, Final, TypedDict

from core import jobs
from core.jobs import Job, Work
from core.platform import clock

KIND: Final = "scrape_sweep"
OWNER: Final = "scraper"
"""Whose job it is: nobody's, so that the timer and all administrators mean the same one."""
PAGE: Final = 20
"""Sources of one page, after which the flow begins a new history."""
SLICE_SECONDS: Final = 45.0
"""How long one activity works on a source; far below the time a platform gives it."""
MOST_SLICES: Final = 20


class DuePage(TypedDict):
    """Sources that want attention, as ids, and how many may be worked on at a time."""

    sources: list[str]
    at_once: int


async def start() -> Job:
    """Return the sweep that is under way, or a new one."""
    return await jobs.submit_alone(OWNER, KIND, {})


async def start_if_due() -> Job | None:
    """Start a sweep if any source wants attention."""
    from core.scraper import repository

    due = await repository.due_sources(clock.now(), "", 1)
    return await start() if due else None


async def page(after: str) -> DuePage:
    """Return the next page of sources that want attention, those with ids above ``after``."""
    from core.platform import settings
    from core.scraper import repository

    due = await repository.due_sources(clock.now(), after, PAGE)
    at_once = settings.get(settings.FetchSettings).max_concurrency
    return DuePage(sources=[source.id for source in due], at_once=at_once)


async def attend(source_id: str, sweep_id: str) -> dict[str, Any]:
    """Give a source what it wants: its items removed if it was, else a slice of its sweep."""
    from core.scraper import repository, sweeping
    from core.scraper.consulting import consult
    from core.scraper.keeping import let_go

    source = await repository.source(source_id)
    if source is not None and source.state == "removed":
        await let_go(source)
        return {"state": "removed"}
    swept = await sweeping.sweep(source_id, sweep_id, seconds=SLICE_SECONDS)
    if source is not None and swept["state"] == "done":
        await consult(source)
    return dict(swept)


def work(progress: dict[str, Any], *, done: bool) -> Work:
    """Return the piece of the job that notes how far the sweep has got, or its result."""

    async def note(job: Job) -> dict[str, Any]:
        if done:
            return progress
        raise jobs.Paused(progress)

    return note
