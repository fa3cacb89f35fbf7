"""The dry run: what a source would bring if it were followed, asked for now and stored nowhere."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from core.platform import clock, settings
from core.platform.fetch import Fetched, FetchFailed, TooSlow, fetch
from core.scraper.admission import admit
from core.scraper.crawl import Stop
from core.scraper.documents import accepted, first_stop, opened
from core.scraper.errors import SourceUnreadable
from core.scraper.findings import Contents
from core.scraper.items import Look, appeared
from core.scraper.models import Finding, Source, SourceSpec
from core.scraper.views import Trial, tried

MOST_DOCUMENTS: Final = 4
_MOST_SHOWN: Final = 20
SECONDS: Final = 60
"""How long somebody waits for a dry run at most."""


async def attempt(spec: SourceSpec) -> Trial:
    """Ask for a source's own document, and for the first few it leads to.

    Raises:
        InvalidSource, FetchFailed, SourceUnreadable: why a sweep of it would fail.
    """
    try:
        async with asyncio.timeout(SECONDS):
            return await _attempt(spec)
    except TimeoutError:
        raise TooSlow(f"It was not read within {SECONDS} s; a sweep has more time.") from None


async def _attempt(spec: SourceSpec) -> Trial:
    source, now = admit(spec, clock.now()), clock.now()
    role, url = first_stop(source)
    waiting, asked = [Stop(role=role, url=url)], list[str]()
    findings: dict[str, Finding] = {}
    passed_over = 0
    while waiting and len(asked) < MOST_DOCUMENTS:
        stop = waiting.pop(0)
        contents, following = await _read(source, stop, now)
        asked.append(stop.url)
        findings |= {one.url: one for one in contents.findings}
        passed_over += contents.passed_over
        known = {one.url for one in waiting} | set(asked)
        waiting += [one for one in following if one.url not in known]
    look = Look(source.site, source.id, url, "trial", now, settings.get(settings.ScraperSettings).item_life)
    shown = [tried(appeared(one, look)) for one in list(findings.values())[:_MOST_SHOWN]]
    pages = min(len(waiting), source.spec.max_pages)
    told = Trial(
        documents=asked, found=len(findings), items=shown, pages=pages, passed_over=passed_over, advice=[]
    )
    return told.model_copy(update={"advice": list(_advice(source.spec, told, list(findings.values())))})


async def _read(source: Source, stop: Stop, now: datetime) -> tuple[Contents, tuple[Stop, ...]]:
    try:
        got = await fetch(stop.url, accept=accepted(source.spec.kind, stop))
        assert isinstance(got, Fetched), "only what was asked for conditionally"  # noqa: S101 - for the type
        read = await asyncio.to_thread(opened, source.spec, stop, got, now)
    except (FetchFailed, SourceUnreadable):
        if stop.via is None:
            raise
        return Contents(passed_over=1), ()
    return read.contents, read.following


def _advice(spec: SourceSpec, trial: Trial, found: list[Finding]) -> Iterator[str]:
    products = [one for one in found if one.kind == "product"]
    if not found and not trial.pages:
        yield "Nothing was found. Is it the right kind of source?"
    if products and spec.currency is None and any(one.price is None for one in products):
        yield "Some prices name no currency: set `currency`, or they are left out."
    if spec.kind == "sitemap" and not spec.include and trial.pages:
        yield "All pages of the site would be asked for: say with `include` which are products."
    if trial.passed_over:
        yield f"{trial.passed_over} entries have no title, or lead nowhere or to another site."
