"""A sweep of one source: the right items once, a second time almost nothing, whatever the server does."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core import scraper
from core.platform import clock
from core.platform.cosmos import container
from core.platform.errors import Unavailable
from core.platform.models import ListQuery
from core.scraper import Source, keeping, repository, sweeping, sweeps
from core.scraper.models import ItemPrice
from core.scraper.schedule import Tally
from tests.fixtures.web import Page, Web
from tests.integration.scraper.conftest import entry, feed, follow, headers, items, sweep

pytestmark = pytest.mark.usefixtures("app_env")

HTML = "text/html; charset=utf-8"


def product(name: str, price: str = "2879.2", etag: str | None = "1") -> Page:
    told = {"@type": "Product", "name": name, "offers": {"price": price, "priceCurrency": "EUR"}}
    script = f'<script type="application/ld+json">{json.dumps(told)}</script>'
    return Page(f"<html><head>{script}</head>{'<p>x</p>' * 500}</html>", headers=headers(HTML, etag))


def sitemap(web: Web, host: str, *paths: str, etag: str | None = "1") -> Page:
    urls = "".join(f"<url><loc>{web.url(host, path)}</loc></url>" for path in paths)
    return Page(f"<urlset>{urls}</urlset>", headers=headers("application/xml", etag))


async def test_a_feed_is_kept_once_and_then_not_even_sent(web: Web, host: str) -> None:
    sale = "<g:price>30 GBP</g:price><g:sale_price>24 GBP</g:sale_price>"
    again = entry("Wool coats", "/a")
    page = feed(entry("Wool coats", "/a?utm_source=rss"), again, entry("Navy shirt", "/b", sale), etag="1")
    source = await follow(web.put(host, "/feed", page), "feed")
    first = await sweep(source)
    assert (first["state"], first["seen"], first["new"], first["changed"]) == ("done", 2, 2, 0)
    shirt, coats = before = await items(source)
    assert (shirt.finding.kind, coats.finding.kind) == ("product", "article")
    assert shirt.finding.price == ItemPrice(amount="24.00", currency="GBP", regular="30.00")
    sent = web.sent
    second = await sweep(source)
    assert (second["state"], second["new"], second["changed"], web.sent) == ("done", 0, 0, sent)
    assert await items(source) == before


async def test_a_sitemap_leads_to_pages_and_a_second_sweep_downloads_almost_nothing(
    web: Web, host: str
) -> None:
    index = f"<sitemapindex><sitemap><loc>{web.url(host, '/shop.xml.gz')}</loc></sitemap></sitemapindex>"
    source = await follow(
        web.put(host, "/sitemap.xml", Page(index, headers=headers("text/xml", "1"))),
        "sitemap",
        include=["/p/"],
    )
    paths = [f"/p/{number}" for number in range(12)]
    listed = sitemap(web, host, *paths, "/about")
    assert isinstance(listed.body, str)
    packed = gzip.compress(listed.body.encode())
    web.put(host, "/shop.xml.gz", Page(packed, headers=headers("application/gzip", "1")))
    for number, path in enumerate(paths):
        web.put(host, path, product(f"Coat {number}"))
    first = await sweep(source)
    assert (first["state"], first["new"]) == ("done", 12)
    assert web.paths(host).count("/about") == 0
    assert {item.finding.price.amount for item in await items(source) if item.finding.price} == {"2879.20"}
    first_bytes, before = web.sent, await items(source)
    second = await sweep(source)
    assert (second["state"], second["new"], second["changed"]) == ("done", 0, 0)
    assert web.sent == first_bytes, "every document was asked for conditionally, and none was sent"
    assert await items(source) == before


async def test_pages_whose_sitemap_says_when_they_changed_are_not_even_asked_for(web: Web, host: str) -> None:
    def listed(changed: str) -> Page:
        urls = "".join(
            f"<url><loc>{web.url(host, path)}</loc><lastmod>{at}</lastmod></url>"
            for path, at in (("/a", "2026-01-01"), ("/b", changed))
        )
        return Page(f"<urlset>{urls}</urlset>", headers=headers("application/xml"))

    source = await follow(web.put(host, "/sitemap.xml", listed("2026-01-01")), "sitemap")
    web.put(host, "/a", product("A coat"))
    web.put(host, "/b", product("B coat"))
    await sweep(source)
    web.put(host, "/sitemap.xml", listed("2026-02-02"))
    web.put(host, "/b", product("B coat", "99", etag="2"))
    swept = await sweep(source)
    assert (swept["new"], swept["changed"]) == (0, 1)
    assert [path for path in web.paths(host) if path in {"/a", "/b"}] == ["/a", "/b", "/b"]


async def test_a_product_list_is_read_page_by_page_and_not_sent_again(web: Web, host: str) -> None:
    def listed(first: int, count: int) -> Page:
        products = [
            {"title": f"Shirt {n}", "handle": f"shirt-{n}", "variants": [{"price": f"{n}.5"}]}
            for n in range(first, first + count)
        ]
        return Page(json.dumps({"products": products}), headers=headers("application/json", str(first)))

    url = web.put(host, "/products.json", Page())
    for number, page in enumerate((listed(1, 250), listed(251, 3)), 1):
        web.put(host, f"/products.json?limit=250&page={number}", page)
    source = await follow(url, "products", currency="EUR")
    assert (await sweep(source))["new"] == 253
    found = {item.finding.title: item for item in await items(source)}
    assert found["Shirt 253"].finding.price == ItemPrice(amount="253.50", currency="EUR")
    sent = web.sent
    second = await sweep(source)
    assert (second["state"], second["new"], second["changed"], web.sent) == ("done", 0, 0, sent)
    assert len(web.paths(host)) == 2 * 2 + web.paths(host).count("/robots.txt")


async def test_a_page_of_products_is_read_with_what_it_lists(web: Web, host: str) -> None:
    listing = '<a href="/p/1?ref=home">One</a><a href="/p/2">Two</a><a href="/about">About</a>'
    source = await follow(
        web.put(host, "/new", Page(listing, headers=headers(HTML))), "page", include=["/p/"], max_pages=1
    )
    web.put(host, "/p/1", product("A coat"))
    web.put(host, "/p/2", product("B coat"))
    assert (await sweep(source))["new"] == 1, "no more pages than allowed"
    assert (await sweep(source))["new"] == 1, "those longest unseen come first"
    assert [item.finding.title for item in await items(source)] == ["A coat", "B coat"]


async def test_a_price_that_changes_leaves_a_history_and_zeros_do_not(web: Web, host: str) -> None:
    source = await follow(web.put(host, "/p", product("A coat", "2879.2")), "page")
    await sweep(source)
    for price, changed in (("2879.20", 0), ("1999", 1), ("1999.00", 0), ("2879.2", 1)):
        web.put(host, "/p", product("A coat", price, etag=None))
        assert (await sweep(source))["changed"] == changed, price
    [item] = await items(source)
    amounts = [point.price.amount for point in item.price_history if point.price]
    assert amounts == ["2879.20", "1999.00", "2879.20"]
    assert item.first_seen_at < item.changed_at


async def test_a_page_that_is_gone_makes_its_thing_unavailable(web: Web, host: str) -> None:
    source = await follow(web.put(host, "/s.xml", sitemap(web, host, "/p", etag=None)), "sitemap")
    web.put(host, "/p", product("A coat"))
    await sweep(source)
    web.put(host, "/p", Page("Gone.", 410, headers(HTML)))
    assert (await sweep(source))["changed"] == 1
    [item] = await items(source)
    assert item.finding.availability == "discontinued"
    assert (await sweep(source))["changed"] == 0


async def test_a_page_that_is_only_broken_is_passed_over_and_its_thing_stays(web: Web, host: str) -> None:
    source = await follow(web.put(host, "/s.xml", sitemap(web, host, "/p", "/q", etag=None)), "sitemap")
    web.put(host, "/p", product("A coat"))
    web.put(host, "/q", product("B coat"))
    await sweep(source)
    web.put(host, "/p", Page("Oh.", 500, headers(HTML)))
    web.put(host, "/q", product("B coat", "99", etag=None))
    swept = await sweep(source)
    assert (swept["state"], swept["changed"]) == ("done", 1)
    assert [item.finding.availability for item in await items(source)] == ["unknown", "unknown"]


async def test_two_sources_of_a_site_share_their_items(web: Web, host: str) -> None:
    shared = entry("Wool coats", "/a")
    one = await follow(web.put(host, "/one", feed(shared, entry("Linen shirts", "/b"))), "feed")
    other = await follow(web.put(host, "/two", feed(shared)), "feed")
    assert (await sweep(one))["new"] == 2
    assert (await sweep(other))["new"] == 0
    [coats] = await items(other)
    assert coats.source_ids == (one.id, other.id)
    await scraper.remove(one.id)
    await sweeps.attend(one.id, "any")
    assert [item.source_ids for item in await items(other)] == [(other.id,)]
    assert await items(one) == []


async def test_one_thing_under_two_addresses_is_one_item(web: Web, host: str) -> None:
    described = "<g:image_link>/coat.jpg?v=7</g:image_link><g:price>90 EUR</g:price>"
    page = feed(entry("Camel coat", "/p/coat", described), entry("Camel Coat", "/sale/coat", described))
    source = await follow(web.put(host, "/feed", page), "feed")
    assert (await sweep(source))["new"] == 1
    web.put(host, "/feed", feed(entry("Camel coat", "/new/coat", described)))
    assert (await sweep(source))["new"] == 0
    dearer = "<g:image_link>/coat.jpg</g:image_link><g:price>99 EUR</g:price>"
    both = feed(entry("Camel coat", "/sale/coat", dearer), entry("Camel coat", "/p/coat", described))
    web.put(host, "/feed", both)
    assert {(await sweep(source))["changed"] for _ in range(2)} == {0}, "they do not take turns"
    [item] = await items(source)
    assert item.finding.url == web.url(host, "/p/coat")
    assert item.finding.price == ItemPrice(amount="90.00", currency="EUR")


BOMB = gzip.compress(b" " * 30_000_000)
BAD: dict[str, tuple[Callable[[], Page], str]] = {
    "forbidden": (lambda: Page("No.", 403, headers(HTML)), "403"),
    "broken": (lambda: Page("Oh.", 500, headers(HTML)), "500"),
    "not a feed": (lambda: Page("<p>Hello", headers=headers("text/xml")), "no RSS or Atom feed"),
    "another type": (lambda: Page("<p>Hello", headers=headers(HTML)), "text/html"),
    "bomb": (
        lambda: Page(BOMB, headers={**headers("text/xml"), "Content-Encoding": "gzip"}),
        "bytes",
    ),
    "slow": (lambda: Page("x" * 1000, headers=headers("text/xml"), drip=0.05), "within"),
    "cut": (
        lambda: Page(raw=b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 99\r\n\r\nx"),
        "early",
    ),
    "elsewhere": (lambda: Page("", 302, {"Location": "http://169.254.169.254/"}), ""),
}


@pytest.mark.parametrize("kind", BAD)
@pytest.mark.usefixtures("impatient")
async def test_a_bad_source_backs_off_alone_and_says_why(web: Web, host: str, kind: str) -> None:
    bad, told = BAD[kind]
    source = await follow(web.put(host, "/bad", bad()), "feed")
    good = await follow(web.put(host, "/good", feed(entry("Wool coats", "/a"))), "feed")
    failed = await sweep(source)
    assert (failed["state"], failed["new"]) == ("failed", 0)
    assert told in (failed["error"] or "")
    after = await scraper.get(source.id)
    assert after.telemetry.failures == after.telemetry.failures_in_all == 1
    assert after.telemetry.last_error == failed["error"]
    assert after.telemetry.last_success_at is None
    assert timedelta(minutes=14) < after.due_at - clock.now() < timedelta(minutes=17)
    assert (await sweep(good))["new"] == 1


async def test_a_server_that_asks_for_time_gets_it_and_is_not_counted_against_the_source(
    web: Web, host: str
) -> None:
    busy = Page("Later.", 429, {**headers(HTML), "Retry-After": "7200"})
    source = await follow(web.put(host, "/feed", busy), "feed")
    assert (await sweep(source))["state"] == "put_off"
    after = await scraper.get(source.id)
    assert timedelta(minutes=119) < after.due_at - clock.now() < timedelta(minutes=121)
    assert (after.state, after.telemetry.failures) == ("active", 0)


async def test_broken_xml_is_read_as_far_as_it_can_be(web: Web, host: str) -> None:
    broken = (
        "<rss version='2.0'><channel><item><title>Wool & linen</title><link>/a</link></item><item><title>Cut"
    )
    source = await follow(web.put(host, "/feed", Page(broken, headers=headers("text/xml"))), "feed")
    assert (await sweep(source))["new"] == 1
    assert [item.finding.title for item in await items(source)] == ["Wool & linen"]


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("utf-8", "iso-8859-1"), ("iso-8859-1", ""), ("cp1252", "utf-8"), ("utf-16", "utf-8")],
)
async def test_a_wrong_charset_does_no_harm(web: Web, host: str, encoding: str, declared: str) -> None:
    text = f"<rss version='2.0'><channel>{entry('Gilet façonné été', '/a')}</channel></rss>"
    told = f"text/xml; charset={declared}" if declared else "text/xml"
    source = await follow(web.put(host, "/feed", Page(text.encode(encoding), headers=headers(told))), "feed")
    await sweep(source)
    assert [item.finding.title for item in await items(source)] == ["Gilet façonné été"]


async def test_a_source_that_keeps_being_refused_is_paused_with_the_reason(web: Web, host: str) -> None:
    source = await follow(web.put(host, "/feed", Page("No.", 403, headers(HTML))), "feed")
    with clock.frozen(datetime.now(UTC)) as time:
        for _ in range(3):
            assert (await sweeping.sweep(source.id, f"sweep-{time.at}", seconds=30))["state"] == "failed"
            time.advance(seconds=(await due_in(source)) + 1)
        assert (await sweeping.sweep(source.id, "once more", seconds=30))["state"] == "skipped"
    after = await scraper.get(source.id)
    assert after.state == "paused"
    assert after.paused_because == "It failed 3 times in a row: The server answered 403."


async def test_what_nobody_foresaw_is_a_failure_of_the_source_and_an_absent_database_is_none(
    web: Web, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = await follow(web.put(host, "/feed", feed(entry("Wool coats", "/a"))), "feed")
    reasons: list[Exception] = [Unavailable("The database does not answer now."), KeyError("planted")]

    async def breaks(*_: Any) -> Tally:
        raise reasons.pop(0)

    with monkeypatch.context() as patched:
        patched.setattr(sweeping, "keep", breaks)
        with pytest.raises(Unavailable):
            await sweeping.sweep(source.id, "one", seconds=30)
        assert (await scraper.get(source.id)).telemetry.failures == 0
        swept = await sweeping.sweep(source.id, "one", seconds=30)
    assert (swept["state"], swept["error"]) == ("failed", "The sweep broke: KeyError.")
    after = await scraper.get(source.id)
    assert (after.telemetry.failures, after.telemetry.last_error) == (1, "The sweep broke: KeyError.")
    assert await due_in(source) > 60


async def due_in(source: Source) -> float:
    return ((await scraper.get(source.id)).due_at - clock.now()).total_seconds()


async def test_items_expire_in_the_code_and_live_on_while_they_are_carried(web: Web, host: str) -> None:
    page = feed(entry("Wool coats", "/a"), etag="1")
    source = await follow(web.put(host, "/feed", page), "feed")
    # In the past, as the database stamps what it keeps with its own time and would expire it too.
    with clock.frozen(datetime.now(UTC) - timedelta(days=60)) as time:
        await sweep(source)
        time.advance(seconds=16 * 86_400)
        assert (await sweep(source))["changed"] == 0
        time.advance(seconds=16 * 86_400)
        [item] = await scraper.newest(source, 10)
        assert (await scraper.find_item(item.id)).id == item.id
        time.advance(seconds=15 * 86_400)
        assert await scraper.newest(source, 10) == []
        with pytest.raises(scraper.FeedItemNotFound):
            await scraper.find_item(item.id)
        web.put(host, "/feed", feed(entry("Wool coats", "/a"), etag="2"))
        assert (await sweep(source))["new"] == 1, "found once more, it begins anew"
        [anew] = await scraper.newest(source, 10)
        assert (anew.id, anew.first_seen_at) == (item.id, time.at)


async def test_a_sweep_goes_on_in_slices_and_after_a_crash_without_duplicates(
    web: Web, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [f"/p/{number}" for number in range(14)]
    source = await follow(web.put(host, "/s.xml", sitemap(web, host, *paths)), "sitemap")
    for number, path in enumerate(paths):
        web.put(host, path, product(f"Coat {number:02}"))
    kept = 0

    async def dies_after_the_twelfth(*given: Any) -> Tally:
        nonlocal kept
        tally = await keeping.keep(*given)
        kept += 1
        if kept == 12:
            raise KeyboardInterrupt
        return tally

    with monkeypatch.context() as patched:
        patched.setattr(sweeping, "keep", dies_after_the_twelfth)
        with pytest.raises(KeyboardInterrupt):
            await sweeping.sweep(source.id, "sweep", seconds=30)
    assert len(await items(source)) > 0
    while (swept := await sweeping.sweep(source.id, "sweep", seconds=0.01))["state"] == "more":
        pass
    assert (swept["state"], swept["new"]) == ("done", 14)
    assert [item.finding.title for item in await items(source)] == [f"Coat {n:02}" for n in range(14)]
    assert (await scraper.get(source.id)).telemetry.new == 14
    assert (await sweeping.sweep(source.id, "sweep", seconds=30))["state"] == "skipped"


async def test_a_source_is_one_sweeps_at_a_time(web: Web, host: str) -> None:
    source = await follow(web.put(host, "/feed", feed(entry("Wool coats", "/a"))), "feed")
    assert (await sweeping.sweep(source.id, "one", seconds=0))["state"] == "more"
    assert (await sweeping.sweep(source.id, "other", seconds=30))["state"] == "skipped"
    with clock.frozen(datetime.now(UTC) + timedelta(minutes=5)):
        assert (await sweeping.sweep(source.id, "other", seconds=30))["state"] == "done"
    assert (await sweeping.sweep(source.id, "one", seconds=30))["state"] == "skipped"


async def test_due_sources_are_found_by_id_in_pages(web: Web, host: str) -> None:
    one = await follow(web.put(host, "/one", feed(entry("Wool coats", "/a"))), "feed")
    other = await follow(web.put(host, "/two", feed(entry("Wool hats", "/b"))), "feed")
    await scraper.pause(other.id, "not now")
    due = [source.id for source in await repository.due_sources(clock.now(), "", 1000)]
    assert due == sorted(due)
    assert one.id in due
    assert other.id not in due
    later = await repository.due_sources(clock.now(), one.id, 1000)
    assert one.id not in [source.id for source in later]


async def test_a_source_that_cannot_be_read_harms_nobody_else_and_can_be_removed(
    web: Web, host: str, caplog: pytest.LogCaptureFixture
) -> None:
    good = await follow(web.put(host, "/good", feed(entry("Wool coats", "/a"))), "feed")
    broken = good.model_dump(mode="json", exclude_none=True, exclude={"etag", "written_at"})
    broken |= {"id": "00000000-0000-0000-0000-000000000000", "spec": {**broken["spec"], "category": "s" * 61}}
    await (await container("sources")).create_item(broken)
    try:
        assert good.id in {one.id for one in await repository.sources([good.id, broken["id"]])}
        assert good.id in await _listed_ids()
        assert len(await repository.due_sources(clock.now(), "", 1)) == 1, "the first of all is passed over"
        assert broken["id"] in caplog.text
        with pytest.raises(scraper.SourceChanged):
            await scraper.remove(broken["id"], if_match=["another"])
    finally:
        await scraper.remove(broken["id"])
    assert await repository.source(broken["id"]) is None


async def _listed_ids() -> set[str]:
    found: set[str] = set()
    cursor: str | None = None
    while True:
        page, cursor = await scraper.page(ListQuery(limit=100, cursor=cursor))
        found |= {one.id for one in page}
        if cursor is None:
            return found
