"""The shops and the magazine over HTTP, told apart by path; every document has an ``ETag``."""

from __future__ import annotations

import asyncio
import html
import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from aiohttp import web

from devstack.emulator import Emulator, down, hang_up
from devstack.faults import Fault

_GOODS: dict[str, list[dict[str, Any]]] = json.loads((Path(__file__).parent / "goods.json").read_text())
_SELVEDGE, _LOOM, _HEM = (_GOODS[name] for name in ("selvedge", "loom", "hem"))
_PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 4"><rect width="3" height="4" fill="#f4f1ea"/>'
    '<path d="M1 .7h1l.6.5-.3.5-.3-.2v1.9H1V1.5l-.3.2-.3-.5z" fill="{colour}"/></svg>'
)


def products() -> str:
    """Selvedge's stock, as Shopify's shops list theirs."""
    return json.dumps({"products": [_listed(one) for one in _SELVEDGE]}, ensure_ascii=False)


def _listed(one: dict[str, Any]) -> dict[str, Any]:
    variant = {"price": one["price"], "compare_at_price": one.get("was"), "available": one.get("there", True)}
    return {
        "title": one["title"],
        "handle": one["handle"],
        "body_html": f"<p>{html.escape(one['text'])}</p>",
        "vendor": "Selvedge",
        "product_type": one["type"],
        "tags": one["tags"],
        "options": [{"name": "Colour", "values": [one["colour"]]}],
        "variants": [variant],
        "images": [{"src": f"/pictures/{one['hex']}.svg"}],
    }


def sitemap(base: str) -> str:
    """Where Loom & Last's pages are."""
    urls = "".join(f"<url><loc>{base}/loom/{one['handle']}</loc></url>" for one in _LOOM)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'


def page(handle: str) -> str | None:
    """A page of Loom & Last's: every other one says what it sells in JSON-LD, the rest in microdata."""
    for number, one in enumerate(_LOOM):
        if one["handle"] == handle:
            said = _json_ld(one) if number % 2 else _microdata(one)
            return f"<!doctype html><title>{html.escape(one['title'])}</title>{said}"
    return None


def _json_ld(one: dict[str, Any]) -> str:
    offer = {"@type": "Offer", "price": one["price"], "priceCurrency": "GBP", "availability": "InStock"}
    told = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": one["title"],
        "description": one["text"],
        "brand": {"@type": "Brand", "name": "Loom & Last"},
        "category": one["type"],
        "color": one["colour"],
        "image": f"/pictures/{one['hex']}.svg",
        "offers": offer,
    }
    return f'<script type="application/ld+json">{json.dumps(told)}</script>'


def _microdata(one: dict[str, Any]) -> str:
    return (
        '<div itemscope itemtype="https://schema.org/Product">'
        f'<h1 itemprop="name">{html.escape(one["title"])}</h1>'
        f'<p itemprop="description">{html.escape(one["text"])}</p>'
        f'<img itemprop="image" src="/pictures/{one["hex"]}.svg" alt="">'
        f'<span itemprop="color">{one["colour"]}</span><span itemprop="category">{one["type"]}</span>'
        '<div itemprop="offers" itemscope itemtype="https://schema.org/Offer">'
        f'<span itemprop="price" content="{one["price"]}">£{one["price"]}</span>'
        '<meta itemprop="priceCurrency" content="GBP"></div></div>'
    )


def feed(base: str, today: datetime) -> str:
    """The Hem's articles, the newest of this morning."""
    entries = "".join(
        f"<item><title>{html.escape(one['title'])}</title><link>{base}/hem/{one['slug']}</link>"
        f"<description>{html.escape(one['text'])}</description>"
        f"<pubDate>{format_datetime(today - timedelta(days=days))}</pubDate></item>"
        for days, one in enumerate(_HEM)
    )
    return f'<rss version="2.0"><channel><title>The Hem</title>{entries}</channel></rss>'


FAULTS = ("down", "slow", "cut", "rubbish")
"""What it can be told to do wrong (docs/devstack-emulators.md)."""


class Shop(Emulator):
    """The web server of all three."""

    def __init__(self) -> None:
        super().__init__(FAULTS)
        self.app.add_routes(
            [
                web.get("/robots.txt", self._robots),
                web.get("/products.json", self._products),
                web.get("/loom/sitemap.xml", self._sitemap),
                web.get("/loom/{handle}", self._page),
                web.get("/hem/feed.xml", self._feed),
                web.get("/pictures/{colour:[0-9a-f]{6}}.svg", self._picture),
            ]
        )

    async def _robots(self, request: web.Request) -> web.StreamResponse:
        return await self._served(request, "User-agent: *\nAllow: /\n", "text/plain")

    async def _products(self, request: web.Request) -> web.StreamResponse:
        first = request.query.get("page", "1") == "1"
        return await self._served(request, products() if first else '{"products": []}', "application/json")

    async def _sitemap(self, request: web.Request) -> web.StreamResponse:
        return await self._served(request, sitemap(str(request.url.origin())), "application/xml")

    async def _page(self, request: web.Request) -> web.StreamResponse:
        found = page(request.match_info["handle"])
        if found is None:
            raise web.HTTPNotFound
        return await self._served(request, found, "text/html")

    async def _feed(self, request: web.Request) -> web.StreamResponse:
        today = datetime.now(UTC).replace(hour=6, minute=0, second=0, microsecond=0)
        return await self._served(request, feed(str(request.url.origin()), today), "application/rss+xml")

    async def _picture(self, request: web.Request) -> web.StreamResponse:
        drawn = _PICTURE.format(colour=f"#{request.match_info['colour']}")
        return await self._served(request, drawn, "image/svg+xml")

    async def _served(self, request: web.Request, text: str, content_type: str) -> web.StreamResponse:
        fault = self.fault(request)
        if fault and (spoiled := await _spoiled(fault, request)):
            return spoiled
        return _document(request, text, content_type)


async def _spoiled(fault: Fault, request: web.Request) -> web.StreamResponse | None:
    """What a fault answers instead; None where the right answer follows after all."""
    if fault.kind == "down":
        return down(fault)
    if fault.kind == "rubbish":
        return web.Response(text="<<<]]>", content_type="text/html")
    if fault.kind == "cut":
        hang_up(request)
        return web.Response(status=503)
    await asyncio.sleep(1 if fault.seconds is None else fault.seconds)
    return None


def _document(request: web.Request, text: str, content_type: str) -> web.StreamResponse:
    tag = sha256(text.encode()).hexdigest()[:16]
    answer = web.Response(text=text, content_type=content_type, charset="utf-8")
    answer.etag = tag
    if request.if_none_match and any(one.value == tag for one in request.if_none_match):
        return web.Response(status=304, headers={"ETag": answer.headers["ETag"]})
    return answer


def build() -> web.Application:
    """Return the application."""
    return Shop().app
