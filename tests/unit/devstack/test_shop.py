"""What the devstack's shops and magazine serve is what the scraper reads: every one of their goods."""

from __future__ import annotations

from datetime import UTC, datetime

from core.scraper import SourceSpec, feeds, pages, products, sitemaps
from devstack.shop import app, sites

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SPECS = {spec["name"]: SourceSpec.model_validate(spec) for spec in sites.sources("http://127.0.0.1:8085")}


def test_every_product_of_the_list_is_read_with_its_price_and_what_it_is() -> None:
    spec = SPECS["Selvedge"]
    read = products.read(app.products(), spec.url, spec, NOW).findings
    assert [one.title for one in read] == [one["title"] for one in app._SELVEDGE]
    assert [one.price and one.price.amount for one in read] == [one["price"] for one in app._SELVEDGE]
    assert {one.availability for one in read} == {"in_stock", "out_of_stock"}


def test_every_page_of_the_sitemap_is_a_product_in_json_ld_or_microdata() -> None:
    spec = SPECS["Loom & Last"]
    base = "http://loom.localhost:8085"
    links = sitemaps.read(app.sitemap(base), spec.url, spec).pages
    assert len(links) == len(app._LOOM)
    found = []
    for link in links:
        page = app.page(link.url.rsplit("/", 1)[1])
        assert page is not None
        [one] = pages.read(page, link.url, spec, NOW).findings
        assert one.price is not None
        found.append((one.title, one.price.amount, one.price.currency, one.read_as))
    expected = [
        (one["title"], one["price"], "GBP", "json-ld" if number % 2 else "microdata")
        for number, one in enumerate(app._LOOM)
    ]
    assert found == expected


def test_every_article_of_the_feed_is_read() -> None:
    spec = SPECS["The Hem"]
    read = feeds.read(app.feed("http://hem.localhost:8085", NOW), spec.url, spec, NOW).findings
    assert [one.title for one in read] == [one["title"] for one in app._HEM]
    assert {one.kind for one in read} == {"article"}
    assert all(one.published_at is not None for one in read)
