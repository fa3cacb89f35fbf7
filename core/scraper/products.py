"""The product list that Shopify's shops, and those that follow them, publish at ``/products.json``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from core.scraper.errors import SourceUnreadable
from core.scraper.findings import Contents, every, finding, gathered, moment
from core.scraper.models import Finding, ItemPrice, SourceSpec
from core.scraper.prices import read as read_price
from core.scraper.prices import spread

PAGE: Final = 250
"""Products asked for at a time, the most there is; a page with fewer is the last one."""
_COLOUR_OPTIONS: Final = frozenset({"color", "colour", "farbe", "couleur", "colore", "kleur"})
_MATERIAL_OPTIONS: Final = frozenset({"material", "fabric", "matière", "materiale"})


def page_url(url: str, number: int) -> str:
    """Return the address of page ``number`` (from 1) of the list at ``url``."""
    parts = urlsplit(url)
    told = parse_qsl(parts.query, errors="surrogateescape")
    kept = [pair for pair in told if pair[0] not in {"limit", "page"}]
    asked = [*kept, ("limit", str(PAGE)), ("page", str(number))]
    return urlunsplit(parts._replace(query=urlencode(asked, errors="surrogateescape")))


def page_number(url: str) -> int:
    """Return the number of the page that ``page_url`` made."""
    return int(dict(parse_qsl(urlsplit(url).query)).get("page", "1"))


def read(text: str, url: str, spec: SourceSpec, now: datetime) -> Contents:
    """Return the products of one page of the list.

    The list names no currency: prices are in the source's, and without one there are none.

    Raises:
        SourceUnreadable: it is no such list.
    """
    try:
        products = json.loads(text)["products"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise SourceUnreadable('This is no product list: a JSON object with "products" is.') from None
    if not isinstance(products, list):
        raise SourceUnreadable('"products" is no list.')
    return gathered(_product(one, url, spec, now) for one in products[: 2 * PAGE])


def _product(one: Any, url: str, spec: SourceSpec, now: datetime) -> Finding | None:
    if not isinstance(one, dict) or not isinstance(handle := one.get("handle"), str):
        return None
    variants = [variant for variant in every(one.get("variants")) if isinstance(variant, dict)]
    stated = [variant["available"] for variant in variants if isinstance(variant.get("available"), bool)]
    return finding(
        "product",
        "products-json",
        url=f"/products/{handle}",
        base=url,
        title=one.get("title"),
        summary=one.get("body_html"),
        brand=one.get("vendor"),
        category=one.get("product_type"),
        image=one.get("images") or one.get("image"),
        price=spread(list(_prices(variants, spec.currency))),
        availability=any(stated) if stated else None,
        published=moment(one.get("published_at"), now),
        colours=_options(one, _COLOUR_OPTIONS),
        materials=_options(one, _MATERIAL_OPTIONS),
        tags=one.get("tags"),
    )


def _prices(variants: list[dict[str, Any]], currency: str | None) -> Iterator[ItemPrice]:
    for variant in variants:
        amount, usual = variant.get("price"), variant.get("compare_at_price")
        if currency is None or not isinstance(amount, str | int | float):
            continue
        regular = usual if isinstance(usual, str | int | float) and usual else None
        if (found := read_price(amount, currency=currency, regular=regular)) is not None:
            yield found


def _options(one: dict[str, Any], names: frozenset[str]) -> list[Any]:
    options = [option for option in every(one.get("options")) if isinstance(option, dict)]
    return [option.get("values") for option in options if str(option.get("name", "")).casefold() in names]
