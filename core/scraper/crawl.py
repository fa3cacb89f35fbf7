"""How far a sweep of one source has got, and what the next one needs: which documents there are, as of when.

Every document is on a list (``via``): pages on a sitemap or a page, further sitemaps on an index. Where the
list has not changed, neither have its entries, or they are asked for conditionally. All steps are pure;
whoever takes them writes the result, so a sweep that dies goes on from the last one written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from pydantic import Field

from core.platform.containers import DAY
from core.platform.models import Shared, Stamp, Wire
from core.scraper.findings import Link
from core.scraper.schedule import Tally

type Role = Literal["list", "sitemap", "page"]

CRAWL: Final = "crawl"
MOST_SITEMAPS: Final = 50
MOST_REMEMBERED: Final = 2000
GIVEN_UP_AFTER: Final = 5
"""Documents in a row that cannot be read, after which the sweep of a source ends."""


class Stop(Wire):
    """A document to ask for. The source's own document has no ``via``."""

    role: Role
    url: str
    via: str | None = None
    changed: str | None = None


class Visit(Wire):
    """What is known of a document since it was last sent whole, at ``at``; ``None``: never yet.

    ``asked_at`` is when it was last asked for; ``changed`` what its list said then of its last change;
    ``answered_by``, ``etag`` and ``last_modified`` are the validators.
    """

    role: Role
    via: str | None = None
    changed: str | None = None
    at: Stamp | None = None
    asked_at: Stamp | None = None
    answered_by: str = ""
    etag: str | None = None
    last_modified: str | None = None


class Crawl(Shared):
    """The state of a source's sweeps, in container ``sources`` on a shelf of its own."""

    id: str = CRAWL
    ttl: int | None = 90 * DAY
    sweep: str | None = None
    pending: tuple[Stop, ...] = ()
    visits: dict[str, Visit] = Field(default_factory=dict)
    asked: int = 0
    broken: int = 0
    seen: int = 0
    new: int = 0
    changed: int = 0

    @property
    def tally(self) -> Tally:
        """What this sweep has come to so far."""
        return Tally(self.seen, self.new, self.changed)


def begun(crawl: Crawl, sweep: str, role: Role, url: str) -> Crawl:
    """Return the crawl at the start of ``sweep``, or as it is where that has begun already.

    What a sweep left pending that was put off is where the next one goes on.
    """
    if crawl.sweep == sweep:
        return crawl
    pending = crawl.pending or (Stop(role=role, url=url),)
    fresh = {"sweep": sweep, "pending": pending, "asked": 0, "broken": 0}
    return crawl.model_copy(update={**fresh, "seen": 0, "new": 0, "changed": 0})


@dataclass(frozen=True, slots=True)
class Limits:
    """``most`` pages are asked for in a sweep; what was sent before ``stale_before`` is, in any case.

    That is half an item's life ago: items that are still carried have to be seen to live on.
    """

    most: int
    stale_before: datetime


def read(
    crawl: Crawl, stop: Stop, visit: Visit, following: Iterable[Stop], tally: Tally, limits: Limits
) -> Crawl:
    """Return the crawl after ``stop`` was read and led to ``following``."""
    listed = tuple(following)
    after = crawl.model_copy(
        update={
            "visits": {**_on_lists(crawl, stop, listed), stop.url: visit},
            "asked": crawl.asked + (stop.role == "page"),
            "broken": 0,
            "seen": crawl.seen + tally.seen,
            "new": crawl.new + tally.new,
            "changed": crawl.changed + tally.changed,
        }
    )
    return _queued(after, stop, listed, limits)


def unchanged(crawl: Crawl, stop: Stop, now: datetime, limits: Limits) -> Crawl:
    """Return the crawl after the server said that ``stop`` is what it was: so is what it leads to."""
    following = [
        Stop(role=visit.role, url=url, via=visit.via, changed=visit.changed)
        for url, visit in crawl.visits.items()
        if visit.via == stop.url
    ]
    visit = crawl.visits[stop.url].model_copy(update={"changed": stop.changed, "asked_at": now})
    visits = {**crawl.visits, stop.url: visit}
    after = crawl.model_copy(
        update={"visits": visits, "asked": crawl.asked + (stop.role == "page"), "broken": 0}
    )
    return _queued(after, stop, following, limits)


def passed(crawl: Crawl, stop: Stop, now: datetime) -> Crawl:
    """Return the crawl after ``stop`` could not be read; the next sweep asks for it again, after others."""
    known = crawl.visits.get(stop.url) or Visit(role=stop.role, via=stop.via)
    return crawl.model_copy(
        update={
            "visits": {**crawl.visits, stop.url: known.model_copy(update={"asked_at": now})},
            "pending": _without(crawl.pending, stop),
            "asked": crawl.asked + (stop.role == "page"),
            "broken": crawl.broken + 1,
        }
    )


def ended(crawl: Crawl) -> Crawl:
    """Return the crawl at the end of its sweep."""
    return crawl.model_copy(update={"pending": ()})


def is_fresh(visit: Visit | None, limits: Limits) -> bool:
    """Tell whether a document was sent recently enough to be asked for only if it has changed."""
    return visit is not None and visit.at is not None and visit.at >= limits.stale_before


def links_to_stops(links: Iterable[Link], role: Role, via: str) -> Iterator[Stop]:
    """Yield the stops that ``links`` found on list ``via`` are."""
    return (Stop(role=role, url=link.url, via=via, changed=link.changed) for link in links)


def _on_lists(crawl: Crawl, stop: Stop, listed: tuple[Stop, ...]) -> dict[str, Visit]:
    """Return the documents that are known when ``stop`` lists these: those it lists no more are forgotten.

    Those nobody has asked for yet are remembered too, or they would be lost when the list does not change.
    """
    names = {one.url for one in listed}
    known = {url: visit for url, visit in crawl.visits.items() if visit.via != stop.url or url in names}
    new = [one for one in listed if one.url not in known][: max(0, MOST_REMEMBERED - len(known))]
    return known | {one.url: Visit(role=one.role, via=one.via, changed=one.changed) for one in new}


def _queued(crawl: Crawl, stop: Stop, following: Iterable[Stop], limits: Limits) -> Crawl:
    left = _without(crawl.pending, stop)
    taken = {one.url for one in left} | {stop.url}
    wanted = [one for one in following if one.url not in taken and _worth_asking(crawl, one, limits)]
    wanted.sort(key=lambda one: _last_visited(crawl, one))
    lists = [one for one in wanted if one.role != "page"][:MOST_SITEMAPS]
    room = limits.most - crawl.asked - sum(one.role == "page" for one in left)
    pages = [one for one in wanted if one.role == "page"][: max(0, room)]
    return crawl.model_copy(update={"pending": (*lists, *left, *pages)})


def _worth_asking(crawl: Crawl, stop: Stop, limits: Limits) -> bool:
    """Tell whether a document may have changed: not if its list says when it did, and that is known."""
    visit = crawl.visits.get(stop.url)
    if visit is None or stop.role != "page" or not is_fresh(visit, limits):
        return True
    return stop.changed is None or stop.changed != visit.changed


def _last_visited(crawl: Crawl, stop: Stop) -> float:
    """Return when a document was last asked for, 0 for never: those come first."""
    visit = crawl.visits.get(stop.url)
    return 0.0 if visit is None or visit.asked_at is None else visit.asked_at.timestamp()


def _without(pending: tuple[Stop, ...], stop: Stop) -> tuple[Stop, ...]:
    return tuple(one for one in pending if one.url != stop.url)
