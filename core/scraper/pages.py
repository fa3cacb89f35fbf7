"""Products and articles of a web page, from what it says for machines: JSON-LD, microdata, OpenGraph."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from core.scraper import schema_org
from core.scraper.addresses import canonical, site_of
from core.scraper.findings import Contents, Link, finding, gathered, moment
from core.scraper.models import Finding, ReadAs, SourceSpec
from core.scraper.prices import read as read_price
from core.scraper.schema_org import Node

type Described = list[tuple[ReadAs, Node]]

_MOST_LINKS: Final = 5000


def read(text: str, url: str, spec: SourceSpec, now: datetime) -> Contents:
    """Return what the page at canonical ``url`` holds, and the links on it that lead on.

    JSON-LD is believed first, then microdata, then OpenGraph; what comes later may only complete the one
    thing a page is about. An address on another site is not believed: a page speaks for its own site only.
    """
    tree = _tree(text)
    if tree is None:
        return Contents()
    page = _canonical_of(tree, url)
    described = list(_described(tree, url))
    told = [
        list(_nodes_read("json-ld", described, page, spec, now)),
        list(_nodes_read("microdata", described, page, spec, now)),
        list(_graph_read(tree, page, spec, now)),
    ]
    listed = [link.url for _, node in described for link in schema_org.listed(node)]
    return gathered(_agreed(told, page), _leading_on([*listed, *_anchors(tree, spec)], url, spec))


def leads_on(url: str, spec: SourceSpec) -> bool:
    """Tell whether a source wants the page at ``url`` looked at; with nothing to ``include`` it wants all."""
    path = urlsplit(url).path
    return not spec.include or any(part in path for part in spec.include)


def _tree(text: str) -> Any:
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    try:
        return html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError):
        return None


def _canonical_of(tree: Any, url: str) -> str:
    told = (canonical(href, url) for href in tree.xpath("//link[@rel='canonical']/@href"))
    return next((one for one in told if one is not None and site_of(one) == site_of(url)), url)


def _described(tree: Any, url: str) -> Iterator[tuple[ReadAs, Node]]:
    """Yield all nodes; a script that is broken, or too deep, costs nobody else's."""
    from extruct import JsonLdExtractor

    for script in tree.xpath("//script[@type='application/ld+json']"):
        try:
            told = JsonLdExtractor().extract_items(script)
        except (ValueError, RecursionError):
            continue
        yield from (("json-ld", node) for node in schema_org.nodes(told))
    yield from (("microdata", node) for node in schema_org.nodes(_extracted(tree, url, "microdata")))


def _extracted(tree: Any, url: str, syntax: str) -> list[Node]:
    from extruct import extract

    try:
        told = extract(tree, base_url=url, syntaxes=[syntax], uniform=True)
    except (ValueError, KeyError, TypeError, RecursionError):
        return []
    found: list[Node] = told[syntax]
    return found


def _agreed(told: list[list[Finding | None]], page: str) -> Iterator[Finding | None]:
    """Yield what the first syntax that says anything says, and what others know of a single thing."""
    believed: list[Finding] = []
    for findings in told:
        here = [one for one in findings if one is not None and site_of(one.url) == site_of(page)]
        yield from [None] * (len(findings) - len(here))
        if not believed:
            believed = here
            yield from here
        elif len(believed) == len(here) == 1 and believed[0].kind == here[0].kind:
            yield here[0].model_copy(update={"url": believed[0].url})


def _nodes_read(
    read_as: ReadAs, described: Described, page: str, spec: SourceSpec, now: datetime
) -> Iterator[Finding | None]:
    """Yield the findings; one that says not where it lies is the page's own, if it is the only one there."""
    kept = [node for how, node in described if how == read_as and schema_org.is_finding(node)]
    own = page if len(kept) == 1 else None
    for node in kept:
        yield schema_org.read_node(node, read_as, page=own, base=page, currency=spec.currency, now=now)


def _graph_read(tree: Any, page: str, spec: SourceSpec, now: datetime) -> Iterator[Finding | None]:
    """Yield what OpenGraph says the page is about, where that is a product or an article (ogp.me)."""
    for graph in _extracted(tree, page, "opengraph"):
        kind = str(graph.get("@type", "")).casefold()
        if not kind.startswith(("product", "article", "og:product")):
            continue
        product = "product" in kind
        yield finding(
            "product" if product else "article",
            "opengraph",
            url=page,
            base=page,
            title=graph.get("og:title"),
            summary=graph.get("og:description"),
            brand=graph.get("product:brand"),
            category=graph.get("product:category") or graph.get("article:section"),
            image=graph.get("og:image"),
            price=_graph_price(graph, spec.currency) if product else None,
            availability=graph.get("product:availability") or graph.get("og:availability"),
            published=moment(graph.get("article:published_time"), now),
            colours=graph.get("product:color"),
            materials=graph.get("product:material"),
            tags=graph.get("article:tag"),
        )


def _graph_price(graph: Node, currency: str | None) -> Any:
    def told(*names: str) -> Any:
        values = (graph.get(f"{prefix}:{name}") for name in names for prefix in ("product", "og"))
        return next((value for value in values if isinstance(value, str)), None)

    usual, sale = told("original_price:amount", "price:amount"), told("sale_price:amount", "price:amount")
    code = told("sale_price:currency", "price:currency") or currency
    return None if sale is None else read_price(sale, currency=code, regular=usual)


def _anchors(tree: Any, spec: SourceSpec) -> list[str]:
    """Return the links in the text, if the source says which it wants; all would be too many."""
    return [str(href) for href in tree.xpath("//a/@href")[:_MOST_LINKS]] if spec.include else []


def _leading_on(found: list[str], url: str, spec: SourceSpec) -> Iterator[Link]:
    for one in found:
        where = canonical(one, url)
        if where is not None and where != url and site_of(where) == site_of(url) and leads_on(where, spec):
            yield Link(where)
