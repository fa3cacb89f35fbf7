"""A crawl asks for everything it should, once, in any order of answers, and not for what has not changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.scraper import crawl as crawling
from core.scraper.crawl import Crawl, Limits, Visit
from core.scraper.findings import Link
from core.scraper.schedule import Tally

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HALF_A_LIFE = timedelta(days=15)


@dataclass
class Site:
    """A site: a list that names pages (with when they changed, or not), and the version of each document."""

    pages: dict[str, str | None]
    versions: dict[str, int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)

    def sweep(self, crawl: Crawl, sweep: str, *, most: int = 100, at: datetime = NOW) -> Crawl:
        crawl = crawling.begun(crawl, sweep, "sitemap", "list")
        while crawl.pending:
            crawl = self.step(crawl, most, at)
        return crawling.ended(crawl)

    def step(self, crawl: Crawl, most: int, at: datetime) -> Crawl:
        stop, limits = crawl.pending[0], Limits(most, at - HALF_A_LIFE)
        self.asked.append(stop.url)
        known = crawl.visits.get(stop.url)
        version = str(self.versions.get(stop.url, 0))
        if known is not None and crawling.is_fresh(known, limits) and known.etag == version:
            return crawling.unchanged(crawl, stop, at, limits)
        self.sent.append(stop.url)
        links = [Link(url, changed) for url, changed in self.pages.items()] if stop.url == "list" else []
        visit = Visit(
            role=stop.role, via=stop.via, changed=stop.changed, at=at, asked_at=at, answered_by=stop.url,
            etag=version,
        )  # fmt: skip
        following = crawling.links_to_stops(links, "page", stop.url)
        return crawling.read(crawl, stop, visit, following, Tally(1, 1, 0), limits)


SITES = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=2), st.sampled_from([None, "2026-01-01"]), max_size=12
)


@given(SITES)
def test_everything_is_asked_for_once_and_then_only_what_may_have_changed(
    pages: dict[str, str | None],
) -> None:
    site = Site(pages)
    crawl = site.sweep(Crawl(partition="s"), "one")
    assert sorted(site.asked) == sorted(["list", *pages])
    assert crawl.tally == Tally(1 + len(pages), 1 + len(pages), 0)
    site.asked.clear()
    site.sent.clear()
    again = site.sweep(crawl, "two")
    assert site.sent == []
    assert sorted(site.asked) == sorted(
        ["list", *(page for page, changed in pages.items() if changed is None)]
    )
    assert again.tally == Tally()


@given(SITES)
def test_after_half_a_life_everything_is_sent_again_so_that_items_live_on(
    pages: dict[str, str | None],
) -> None:
    site = Site(pages)
    crawl = site.sweep(Crawl(partition="s"), "one")
    site.sent.clear()
    site.sweep(crawl, "two", at=NOW + HALF_A_LIFE + timedelta(seconds=1))
    assert sorted(site.sent) == sorted(["list", *pages])


@given(SITES, st.data())
def test_what_changed_is_sent_again_and_nothing_else(
    pages: dict[str, str | None], data: st.DataObject
) -> None:
    site = Site(dict(pages))
    crawl = site.sweep(Crawl(partition="s"), "one")
    changed = data.draw(st.sets(st.sampled_from(sorted(pages)))) if pages else set()
    for page in changed:
        site.versions[page] = 1
        site.pages[page] = None if pages[page] is None else "2026-02-02"
    site.versions["list"] = 1
    site.sent.clear()
    site.sweep(crawl, "two")
    assert sorted(site.sent) == sorted(["list", *changed])


@given(st.integers(1, 30), st.integers(1, 8))
def test_in_time_every_page_is_asked_for_however_few_a_sweep_may(count: int, most: int) -> None:
    site = Site({f"p{number:02}": None for number in range(count)})
    crawl = Crawl(partition="s")
    for number in range(-(-count // most)):
        before = len(site.asked)
        crawl = site.sweep(crawl, f"{number}", most=most, at=NOW + timedelta(hours=number))
        assert len(site.asked) - before <= most + 1
    assert set(site.asked) == {"list", *site.pages}


@given(SITES, st.integers(0, 12))
def test_a_sweep_that_died_goes_on_from_what_was_written(
    pages: dict[str, str | None], died_after: int
) -> None:
    site = Site(pages)
    crawl = crawling.begun(Crawl(partition="s"), "one", "sitemap", "list")
    for _ in range(died_after):
        crawl = site.step(crawl, 100, NOW) if crawl.pending else crawl
    written = Crawl.model_validate(crawl.model_dump(mode="json"))
    ended = site.sweep(written, "one")
    assert sorted(site.asked) == sorted(["list", *pages])
    assert ended.tally == Tally(1 + len(pages), 1 + len(pages), 0)


def test_a_sweep_that_was_put_off_is_gone_on_with_by_the_next() -> None:
    site = Site({"a": None, "b": None})
    crawl = crawling.begun(Crawl(partition="s"), "one", "sitemap", "list")
    crawl = site.step(crawl, 100, NOW)
    site.sweep(crawl, "two")
    assert site.asked == ["list", "a", "b"]


def test_what_cannot_be_read_is_asked_for_again_after_all_others() -> None:
    site = Site({"a": None, "b": None})
    crawl = crawling.begun(Crawl(partition="s"), "one", "sitemap", "list")
    crawl = site.step(crawl, 1, NOW)
    crawl = crawling.passed(crawl, crawl.pending[0], NOW)
    assert (crawl.pending, crawl.broken, crawl.visits["a"].at) == ((), 1, None)
    site.sweep(crawl, "two", most=1)
    site.sweep(crawl, "three")
    assert site.asked == ["list", "list", "b", "list", "b", "a"]
