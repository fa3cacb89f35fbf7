"""A dry run tells what a sweep would bring, what could be better, and stores nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core import scraper
from core.platform import clock
from core.platform.fetch import UnexpectedStatus
from core.scraper import Source, SourceSpec
from core.scraper.admission import admit
from core.scraper.trial import MOST_DOCUMENTS
from core.scraper.views import Trial
from tests.fixtures.web import Page, Web
from tests.integration.scraper.conftest import entry, feed, headers, items

pytestmark = pytest.mark.usefixtures("app_env")


def listed(web: Web, host: str, *paths: str) -> Page:
    urls = "".join(f"<url><loc>{web.url(host, path)}</loc></url>" for path in paths)
    return Page(f"<urlset>{urls}</urlset>", headers=headers("application/xml"))


def product(name: str) -> Page:
    told = {"@type": "Product", "name": name, "offers": {"price": "24", "priceCurrency": "GBP"}}
    script = f'<script type="application/ld+json">{json.dumps(told)}</script>'
    return Page(f"<html><head>{script}</head></html>", headers=headers("text/html"))


async def tried(url: str, kind: str, **spec: Any) -> Trial:
    """Try a source out, and see that nothing of it was stored."""
    given = SourceSpec.model_validate({"name": "A shop", "url": url, "kind": kind, **spec})
    trial = await scraper.try_out(given)
    source: Source = admit(given, clock.now())
    assert await items(source) == []
    with pytest.raises(scraper.SourceNotFound):
        await scraper.get(source.id)
    return trial


async def test_the_first_few_documents_are_asked_for_and_one_that_fails_is_passed_over(
    web: Web, host: str
) -> None:
    paths = [f"/p/{number}" for number in range(8)]
    url = web.put(host, "/s.xml", listed(web, host, *paths))
    for number, path in enumerate(paths):
        web.put(host, path, product(f"Coat {number}"))
    web.put(host, "/p/1", Page("Oh.", 500, headers("text/html")))
    trial = await tried(url, "sitemap")
    assert trial.documents == [url, *(web.url(host, path) for path in paths[: MOST_DOCUMENTS - 1])]
    assert [item.finding.title for item in trial.items] == ["Coat 0", "Coat 2"]
    assert (trial.found, trial.pages, trial.passed_over) == (2, 5, 1)
    assert [advice.split()[0] for advice in trial.advice] == ["All", "1"]
    assert (await tried(url, "sitemap", include=["/p/7"])).advice == []


async def test_products_whose_prices_name_no_currency_are_told_of(web: Web, host: str) -> None:
    shirts = [{"title": "Shirt", "handle": "shirt", "variants": [{"price": "24"}]}]
    page = Page(json.dumps({"products": shirts}), headers=headers("application/json"))
    web.put(host, "/products.json?limit=250&page=1", page)
    url = web.url(host, "/products.json")
    [advice] = (await tried(url, "products")).advice
    assert "set `currency`" in advice
    priced = await tried(url, "products", currency="GBP")
    assert ([item.finding.price is None for item in priced.items], priced.advice) == ([False], [])


async def test_a_document_that_leads_nowhere_says_so(web: Web, host: str) -> None:
    empty = await tried(web.put(host, "/feed", feed()), "feed")
    assert (empty.found, empty.advice) == (0, ["Nothing was found. Is it the right kind of source?"])
    nameless = await tried(web.put(host, "/feed", feed(entry("", "/a"), entry("Coat", "/b"))), "feed")
    assert (nameless.found, nameless.passed_over) == (1, 1)
    assert nameless.advice[-1].startswith("1 entries have no title")


async def test_a_source_that_cannot_be_read_itself_is_refused(web: Web, host: str) -> None:
    url = web.put(host, "/feed", Page("No.", 403, headers("text/html")))
    with pytest.raises(UnexpectedStatus):
        await tried(url, "feed")
