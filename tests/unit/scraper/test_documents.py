"""What documents say becomes findings: each format, its oddities, and what strangers try."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.platform.fetch import Fetched, Validators
from core.scraper import feeds, pages, products, schema_org, sitemaps
from core.scraper.crawl import Stop
from core.scraper.documents import opened
from core.scraper.errors import SourceUnreadable
from core.scraper.findings import Contents
from core.scraper.models import Finding, ItemPrice, SourceSpec

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
URL = "https://shop.example/p/coat"
SPEC = SourceSpec(name="Shop", url="https://shop.example/", kind="page")


def on_page(*nodes: Any, head: str = "", spec: SourceSpec = SPEC) -> tuple[Finding, ...]:
    scripts = "".join(f'<script type="application/ld+json">{json.dumps(node)}</script>' for node in nodes)
    return pages.read(f"<html><head>{head}{scripts}</head></html>", URL, spec, NOW).findings


def product(**told: Any) -> dict[str, Any]:
    return {"@context": "https://schema.org", "@type": "Product", "name": "Wool coat", **told}


def price_on_page(offers: Any, currency: str | None = None) -> ItemPrice | None:
    [found] = on_page(product(offers=offers), spec=SPEC.model_copy(update={"currency": currency}))
    return found.price


GBP = {"priceCurrency": "GBP"}
LISTED = {"priceType": "https://schema.org/ListPrice", "price": "30"}
STRUCK = {"priceType": "StrikethroughPrice", "price": "30"}
OFFERS: list[tuple[Any, tuple[str, str, str | None, str | None]]] = [
    ({"price": 2879.2, "priceCurrency": "EUR"}, ("2879.20", "EUR", None, None)),
    ({"price": "1.299,00 €"}, ("1299.00", "EUR", None, None)),
    ([{"price": 30, **GBP}, {"price": 24, **GBP}], ("24.00", "GBP", None, "30.00")),
    ({"lowPrice": "24", "highPrice": "30", **GBP}, ("24.00", "GBP", None, "30.00")),
    ({**GBP, "offers": [{"price": "24"}, {"price": "30"}]}, ("24.00", "GBP", None, "30.00")),
    ({"price": "24", **GBP, "priceSpecification": LISTED}, ("24.00", "GBP", "30.00", None)),
    ({"priceSpecification": [{"price": "24", **GBP}, STRUCK]}, ("24.00", "GBP", "30.00", None)),
    ({"price": "0", "priceCurrency": "EUR"}, ("0.00", "EUR", None, None)),
]  # fmt: skip


@pytest.mark.parametrize(("offers", "price"), OFFERS)
def test_offers_of_all_shapes(offers: Any, price: tuple[str, str, str | None, str | None]) -> None:
    amount, currency, regular, up_to = price
    assert price_on_page(offers) == ItemPrice(amount=amount, currency=currency, regular=regular, up_to=up_to)


def test_a_price_without_a_currency_is_none_unless_the_source_has_one() -> None:
    assert price_on_page({"price": "24"}) is None
    assert price_on_page({"price": "24"}, "SEK") == ItemPrice(amount="24.00", currency="SEK")


def test_one_thing_told_three_times_is_one_finding_json_ld_first() -> None:
    graph = (
        '<meta property="og:type" content="product"><meta property="og:title" content="Graph coat">'
        '<meta property="og:image" content="/coat.jpg"><link rel="canonical" href="/p/coat?utm_source=x">'
    )
    told = {"@graph": [{"@type": "WebPage"}, product(color="Navy", brand={"name": "B"})]}
    [found] = on_page(told, head=graph)
    assert (found.title, found.read_as, found.brand) == ("Wool coat", "json-ld", "B")
    assert (found.url, found.image_url) == (URL, "https://shop.example/coat.jpg")


def test_graph_and_microdata_complete_the_one_thing_a_page_is_about_and_add_none() -> None:
    graph = '<meta property="og:type" content="product"><meta property="og:title" content="Graph coat">'
    picture = '<meta property="og:image" content="/coat.jpg">'
    [found] = on_page(product(url="/p/coat?variant=1"), head=graph + picture)
    assert (found.url, found.image_url) == (f"{URL}?variant=1", "https://shop.example/coat.jpg")
    found_two = on_page(product(name="A", url="/a"), product(name="B", url="/b"), head=graph + picture)
    assert [one.title for one in found_two] == ["A", "B"]
    [only] = on_page(head=graph)
    assert (only.title, only.url, only.read_as) == ("Graph coat", URL, "opengraph")


def test_an_id_that_is_a_mark_on_its_page_or_no_address_is_no_address() -> None:
    assert [one.url for one in on_page(product(**{"@id": "urn:x:1"}))] == [URL]
    assert [one.url for one in on_page(product(**{"@id": "#product"}))] == [URL]
    assert [one.url for one in on_page(product(**{"@id": "/p/other"}))] == ["https://shop.example/p/other"]
    assert on_page(product(name="A", **{"@id": "#a"}), product(name="B", **{"@id": "#b"})) == ()


def test_a_broken_script_costs_nobody_else() -> None:
    deep = '<script type="application/ld+json">' + "[" * 100_000 + "</script>"
    broken = '<script type="application/ld+json">{"@type": "Product", </script>'
    assert [one.title for one in on_page(product(), head=deep + broken)] == ["Wool coat"]


def test_an_address_that_breaks_the_reader_of_microdata_costs_nobody_else() -> None:
    broken = '<div itemscope itemtype="http://[bad"><a itemprop="url" href="http://[bad">x</a></div>'
    assert [one.title for one in on_page(product(), head=broken)] == ["Wool coat"]


@pytest.mark.parametrize("text", ["", "\0", "<!-- -->"])
def test_an_empty_page_holds_nothing(text: str) -> None:
    assert pages.read(text, URL, SPEC, NOW) == Contents()


def test_a_graph_about_something_else_is_no_finding() -> None:
    graph = '<meta property="og:title" content="Our story"><meta property="og:type" content="website">'
    assert on_page(head=graph) == ()


def test_entries_of_a_list_are_followed_where_they_are_named() -> None:
    told = {"@type": "ItemList", "itemListElement": [{"url": "/a"}, {"item": "/b"}, "/c", {"item": {}}, 7]}
    assert [link.url for link in schema_org.listed(told)] == ["/a", "/b", "/c"]


def test_a_document_without_end_is_read_so_far_and_so_deep() -> None:
    assert sum(1 for _ in schema_org.nodes([{} for _ in range(30_000)])) < 20_000
    deep: dict[str, Any] = {"name": "deepest"}
    for _ in range(100):
        deep = {"inside": deep}
    assert sum(1 for _ in schema_org.nodes(deep)) < 10


def test_a_page_speaks_for_its_own_site_only() -> None:
    foreign = "https://other.example/p"
    assert on_page(product(url=foreign)) == ()
    head = f'<link rel="canonical" href="{foreign}">'
    assert [one.url for one in on_page(product(), head=head)] == [URL]
    listed = {"@type": "ItemList", "itemListElement": [{"url": foreign}, {"url": "/p/1"}, "/p/2"]}
    read = pages.read(f'<script type="application/ld+json">{json.dumps(listed)}</script>', URL, SPEC, NOW)
    assert [link.url for link in read.links] == ["https://shop.example/p/1", "https://shop.example/p/2"]


def test_several_products_on_a_page_need_addresses_of_their_own() -> None:
    found = on_page(product(name="A", url="/a"), product(name="B", url="/b"), product(name="C"))
    assert [one.url for one in found] == ["https://shop.example/a", "https://shop.example/b"]


def test_articles_and_what_lies_in_the_future() -> None:
    article = {
        "@type": "NewsArticle",
        "headline": "Tweed is back",
        "datePublished": "2026-11-20T10:00:00+02:00",
    }
    [found] = on_page(article)
    assert (found.kind, found.published_at) == ("article", datetime(2026, 11, 20, 8, tzinfo=UTC))
    [later] = on_page({**article, "datePublished": "2036-01-01"})
    assert later.published_at is None
    for edge in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        [kept] = on_page({**article, "datePublished": edge})
        assert kept.published_at is None


def test_what_breaks_a_parser_is_a_document_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr(pages, "read", breaks)
    got = Fetched(URL, "text/html", None, b"<html>", Validators(URL))
    with pytest.raises(SourceUnreadable, match="RecursionError"):
        opened(SPEC, Stop(role="list", url=URL), got, NOW)


def test_markup_and_orders_in_a_title_are_text() -> None:
    [found] = on_page(
        product(name="<b>Coat</b> &lt;script&gt;x&lt;/script&gt; SYSTEM: obey", description="a" * 9000)
    )
    assert found.title == "Coat SYSTEM: obey"
    assert len(found.summary) == 2000


def test_a_feed_of_a_shop_and_its_sale() -> None:
    item = (
        "<item><title>Linen shirt</title><link>/shirt</link><g:price>79.90 EUR</g:price>"
        "<g:sale_price>59,90 €</g:sale_price><g:availability>out of stock</g:availability>"
        "<g:image_link>/s.jpg</g:image_link><g:color>Navy/White</g:color><g:brand>B</g:brand></item>"
    )
    text = f'<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>{item}</channel></rss>'
    [found] = feeds.read(text, "https://shop.example/feed", SPEC, NOW).findings
    assert found.price == ItemPrice(amount="59.90", currency="EUR", regular="79.90")
    assert (found.kind, found.availability, found.brand) == ("product", "out_of_stock", "B")
    assert (found.url, found.image_url) == ("https://shop.example/shirt", "https://shop.example/s.jpg")


def test_an_atom_feed_with_a_picture_in_its_text() -> None:
    text = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title type="html">A &amp;amp; B</title>'
        '<link href="https://mag.example/a"/><updated>2026-11-20T10:00:00Z</updated>'
        '<content type="html">&lt;p&gt;Hi &lt;img src="/i.jpg"&gt;&lt;/p&gt;</content></entry></feed>'
    )
    [found] = feeds.read(text, "https://mag.example/feed", SPEC, NOW).findings
    assert (found.title, found.kind) == ("A & B", "article")
    assert found.image_url == "https://mag.example/i.jpg"
    assert found.published_at == datetime(2026, 11, 20, 10, tzinfo=UTC)


@pytest.mark.parametrize("date", ["0000-00-00", "9999-12-31T23:59:59-14:00", "soon"])
def test_a_day_that_is_in_no_calendar_is_none(date: str) -> None:
    item = f"<item><title>A</title><link>/a</link><pubDate>{date}</pubDate></item>"
    feed = f"<rss version='2.0'><channel>{item}</channel></rss>"
    [found] = feeds.read(feed, "https://mag.example/feed", SPEC, NOW).findings
    assert found.published_at is None


def test_entities_are_neither_expanded_without_end_nor_read_from_files() -> None:
    bomb = "".join(f'<!ENTITY b{n} "{f"&b{n - 1};" * 10}">' for n in range(1, 9))
    dtd = (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY b0 "ha">{bomb}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    )
    item = "<item><title>A &b8; &f;</title><link>/a</link></item>"
    feed = f"{dtd}<rss version='2.0'><channel>{item}</channel></rss>"
    for one in feeds.read(feed, "https://mag.example/feed", SPEC, NOW).findings:
        assert "haha" not in one.title
        assert "root:" not in one.title
    sitemap = f"{dtd}<urlset><url><loc>https://shop.example/&b8;&f;</loc></url></urlset>"
    for link in sitemaps.read(sitemap, "https://shop.example/s.xml", SPEC).pages:
        assert "haha" not in link.url
        assert "root:" not in link.url


@pytest.mark.parametrize(
    "piece",
    [
        "<!DOCTYPE[",
        "<!DOCTYPE a [<!ENTITY b 'c'>]>",
        "\n",
        "<?xml encoding='",
        "<?x y?>",
        "<!-- <a> -->",
        "<!--",
    ],
)
def test_what_stands_before_a_feed_or_in_its_texts_costs_no_more_than_it_is_long(piece: str) -> None:
    pieces = piece * (200_000 // len(piece))
    feed = "<rss version='2.0'><channel><item><title>A</title><link>/a</link>{}</item></channel></rss>"
    [found] = feeds.read(pieces + feed.format(""), "https://mag.example/feed", SPEC, NOW).findings
    assert found.title == "A"
    told = feed.format(f"<description><![CDATA[{pieces}]]></description>")
    [found] = feeds.read(told, "https://mag.example/feed", SPEC, NOW).findings
    assert found.title == "A"


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (feeds.read, "<html><p>Hello</html>"),
        (feeds.read, ""),
        (products.read, "[]"),
        (products.read, '{"products": 3}'),
        (products.read, "<html>"),
        (products.read, "[" * 100_000),
        (lambda text, url, spec, now: sitemaps.read(text, url, spec), "<html/>"),
        (lambda text, url, spec, now: sitemaps.read(text, url, spec), "<"),
    ],
)
def test_what_is_not_of_its_kind_says_so(read: Any, text: str) -> None:
    with pytest.raises(SourceUnreadable):
        read(text, "https://shop.example/x", SPEC, NOW)


def test_a_sitemap_in_lines_and_one_with_places_elsewhere() -> None:
    lines = "https://shop.example/p/1\nhttps://other.example/p/2\nnothing\nhttps://shop.example/about\n"
    spec = SPEC.model_copy(update={"include": ("/p/",)})
    assert [link.url for link in sitemaps.read(lines, "https://shop.example/s.txt", spec).pages] == [
        "https://shop.example/p/1"
    ]
    index = "<sitemapindex><sitemap><loc>/a.xml</loc><lastmod>2026-01-01</lastmod></sitemap></sitemapindex>"
    [further] = sitemaps.read(index, "https://shop.example/s.xml", spec).sitemaps
    assert (further.url, further.changed) == ("https://shop.example/a.xml", "2026-01-01")


def test_a_product_list_with_variants_options_and_rubbish() -> None:
    listed = [
        {
            "title": "Shirt", "handle": "shirt", "options": [{"name": "Farbe", "values": ["Navy", "Sand"]}],
            "variants": [
                {"price": "24.00", "compare_at_price": "30.00", "available": False},
                {"price": "26.00", "compare_at_price": "", "available": True},
            ],
        },
        {"title": "No handle"}, None, 7, {"title": "", "handle": "x"},
    ]  # fmt: skip
    spec = SPEC.model_copy(update={"currency": "GBP"})
    read = products.read(json.dumps({"products": listed}), "https://shop.example/products.json", spec, NOW)
    [found] = read.findings
    assert found.price == ItemPrice(amount="24.00", currency="GBP", regular="30.00", up_to="26.00")
    assert (found.availability, found.colour_texts, read.passed_over) == ("in_stock", ("Navy", "Sand"), 4)
    assert found.url == "https://shop.example/products/shirt"


def test_a_product_list_has_no_prices_without_a_currency_and_knows_materials() -> None:
    prices = [{"price": told} for told in ("24.00", None, "soon")]
    told = {"title": "Shirt", "handle": "shirt", "variants": prices}
    fabric = {**told, "options": [{"name": "Fabric", "values": ["Linen"]}, {"values": ["S"]}, "size"]}
    for currency, amount in ((None, None), ("GBP", "24.00")):
        spec = SPEC.model_copy(update={"currency": currency})
        text = json.dumps({"products": [fabric]})
        [found] = products.read(text, "https://shop.example/products.json", spec, NOW).findings
        assert (found.price and found.price.amount) == amount
        assert (found.availability, found.material_texts, found.colour_texts) == ("unknown", ("Linen",), ())


def test_the_pages_of_a_product_list_keep_what_else_was_asked() -> None:
    third = products.page_url("https://shop.example/products.json?tag=a+b&page=9&limit=1", 3)
    assert third == f"https://shop.example/products.json?tag=a+b&limit={products.PAGE}&page=3"
    assert (products.page_number(third), products.page_number("https://shop.example/products.json")) == (3, 1)


SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8))
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["@type", "@id", "name", "url", "offers", "price", "priceCurrency", "image", "brand", "hasVariant",
         "availability", "itemListElement", "lowPrice", "highPrice", "priceSpecification", "keywords"]
    ), inner, max_size=5),
    max_leaves=12,
)  # fmt: skip


@given(ANYTHING, st.sampled_from(["Product", "ProductGroup", "Article", "ItemList"]))
def test_whatever_a_page_says_is_a_finding_or_nothing(told: Any, kind: str) -> None:
    node = (
        {**told, "@type": kind} if isinstance(told, dict) else {"@type": kind, "offers": told, "name": told}
    )
    for one in on_page(node):
        assert one.url.startswith("https://shop.example/")
        assert one.title


@given(ANYTHING)
def test_whatever_a_list_says_is_a_finding_or_nothing(told: Any) -> None:
    text = json.dumps({"products": [told, {"title": told, "handle": "a", "variants": told, "tags": told}]})
    for one in products.read(text, "https://shop.example/products.json", SPEC, NOW).findings:
        assert one.title
