"""What schema.org says of products and articles: nested dictionaries, from JSON-LD and microdata alike."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from core.scraper.addresses import canonical
from core.scraper.findings import Link, address, every, finding, moment, named
from core.scraper.models import Finding, ItemPrice, ReadAs
from core.scraper.prices import read, spread

type Node = dict[str, Any]

_PRODUCTS: Final = frozenset({"product", "productgroup", "individualproduct", "productmodel", "someproducts"})
_ARTICLES: Final = frozenset(
    {"article", "newsarticle", "blogposting", "reportagenewsarticle", "reviewnewsarticle"}
)
_REGULAR: Final = ("listprice", "strikethroughprice", "msrp", "srp", "regularprice")
_DEEPEST: Final = 8
_MOST_NODES: Final = 20_000
_NOT_INSIDE: Final = frozenset(
    {"offers", "review", "reviews", "aggregateRating", "isRelatedTo", "isSimilarTo"}
)


def kinds(node: Node) -> set[str]:
    """Return the types of a node: last part of their names, in lower case."""
    return {
        str(one).rstrip("/").rsplit("/", 1)[-1].rsplit(":", 1)[-1].casefold()
        for one in every(node.get("@type"))
    }


def nodes(data: object) -> Iterator[Node]:
    """Yield every node of a document, outer ones first; what a product consists of is not looked into."""
    waiting: list[tuple[object, int]] = [(data, 0)]
    for _ in range(_MOST_NODES):
        if not waiting:
            return
        one, depth = waiting.pop(0)
        if isinstance(one, dict):
            yield one
            inner = [] if kinds(one) & _PRODUCTS else [v for k, v in one.items() if k not in _NOT_INSIDE]
        else:
            inner = list(one) if isinstance(one, list) else []
        if depth < _DEEPEST:
            waiting += [(value, depth + 1) for value in inner if isinstance(value, dict | list)]


def read_node(
    node: Node, read_as: ReadAs, *, page: str | None, base: str, currency: str | None, now: datetime
) -> Finding | None:
    """Return the product or article that ``node`` describes.

    ``page`` is where it lies if it does not say so itself; ``None`` where that may be anywhere.
    """
    where = _where(node, page, base)
    if kinds(node) & _PRODUCTS:
        return _product(node, read_as, where, base, currency)
    return finding(
        "article",
        read_as,
        url=where,
        base=base,
        title=node.get("headline") or node.get("name"),
        summary=node.get("description"),
        category=node.get("articleSection"),
        image=node.get("image") or node.get("thumbnailUrl"),
        published=moment(node.get("datePublished"), now),
        tags=node.get("keywords"),
    )


def _where(node: Node, page: str | None, base: str) -> object:
    """Return where a node says it lies; an id that is only a mark on its page says nothing."""
    told = address(node.get("url") or node.get("mainEntityOfPage"))
    if canonical(told, base) is not None:
        return told
    name = canonical(node.get("@id"), base)
    return page if name is None or name == canonical(base) else name


def is_finding(node: Node) -> bool:
    """Tell whether a node is something to keep."""
    return bool(kinds(node) & (_PRODUCTS | _ARTICLES))


def listed(node: Node) -> Iterator[Link]:
    """Yield where the entries of an ``ItemList`` lie that are only named, not described."""
    if "itemlist" not in kinds(node):
        return
    for entry in every(node.get("itemListElement")):
        target = entry.get("url") or entry.get("item") if isinstance(entry, dict) else entry
        if isinstance(target, str):
            yield Link(target)


def _product(node: Node, read_as: ReadAs, url: object, base: str, currency: str | None) -> Finding | None:
    variants = [one for one in every(node.get("hasVariant")) if isinstance(one, dict)]
    offers = [o for holder in (node, *variants) for o in every(holder.get("offers")) if isinstance(o, dict)]
    stated = [o.get("availability") for o in _single(offers) if o.get("availability")]
    available = next((one for one in stated if "InStock" in str(one)), stated[0] if stated else None)
    return finding(
        "product",
        read_as,
        url=url,
        base=base,
        title=node.get("name"),
        summary=node.get("description"),
        brand=named(node.get("brand") or node.get("manufacturer")),
        category=node.get("category"),
        image=node.get("image") or next((v.get("image") for v in variants if v.get("image")), None),
        price=spread([price for offer in offers for price in _prices(offer, currency)]),
        availability=available,
        colours=[one.get("color") for one in (node, *variants)],
        materials=node.get("material"),
        tags=node.get("keywords"),
    )


def _single(offers: list[Node]) -> Iterator[Node]:
    for offer in offers:
        yield offer
        yield from (one for one in every(offer.get("offers")) if isinstance(one, dict))


def _prices(offer: Node, currency: str | None) -> Iterator[ItemPrice]:
    code = _code(offer.get("priceCurrency"), currency)
    low, high = offer.get("lowPrice"), offer.get("highPrice")
    if low is not None:
        ends = [price for one in (low, high) if (price := _price(one, code)) is not None]
        yield from ends
        return
    inner = [one for one in every(offer.get("offers")) if isinstance(one, dict)]
    if inner:
        for one in inner:
            yield from _prices({"priceCurrency": offer.get("priceCurrency"), **one}, currency)
        return
    if (price := _offered(offer, code)) is not None:
        yield price


def _offered(offer: Node, code: str | None) -> ItemPrice | None:
    """Return the price of one offer; its specifications may tell the regular one and the sale's apart."""
    told = [one for one in every(offer.get("priceSpecification")) if isinstance(one, dict) and "price" in one]
    regular = [one for one in told if _is_regular(one)]
    current = next((one for one in told if one not in regular), {})
    amount = next((v for v in (offer.get("price"), current.get("price")) if v not in (None, "")), None)
    code = _code(current.get("priceCurrency"), code)
    return _price(amount, code, regular[0].get("price") if regular else None)


def _is_regular(specification: Node) -> bool:
    return str(specification.get("priceType", "")).rsplit("/", 1)[-1].casefold().endswith(_REGULAR)


def _price(amount: object, code: str | None, regular: object = None) -> ItemPrice | None:
    first = next(every(amount), None)
    usual = next(every(regular), None)
    if not isinstance(first, str | int | float):
        return None
    return read(first, currency=code, regular=usual if isinstance(usual, str | int | float) else None)


def _code(told: object, otherwise: str | None) -> str | None:
    code = next(every(told), None)
    return code.strip().upper() if isinstance(code, str) and len(code.strip()) == 3 else otherwise
