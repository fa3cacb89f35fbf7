"""Simulated shops for the feed's benchmark: each with its own style, its own range and its own zeal.

A few shops post most of the things, as on the web, so a list by time is theirs. What a thing is, is said in a
full description; its title leaves words out, and the title is all that the scraper's rules are given to read.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core.media.palette import NAMED
from core.media.taxonomy import categories, category_of, subtypes
from core.scraper import FeedItem, Finding
from core.scraper.items import Look, appeared
from core.taste import FacetVector

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DAYS = 30
SHOPS = 14
LEFT_OUT = 0.3
"""Share of the describing words that a title leaves out."""
_STYLES = (
    "minimal", "classic", "preppy", "streetwear", "sporty", "outdoor", "workwear", "bohemian", "romantic",
    "vintage", "retro", "grunge", "glamorous", "festive", "traditional", "avant-garde", "techwear", "elegant",
)  # fmt: skip
_MATERIALS = ("cotton", "linen", "wool", "silk", "denim", "leather", "nylon", "polyester", "velvet", "fleece")
_PATTERNS = (
    "solid",
    "solid",
    "striped",
    "checked",
    "floral",
    "graphic",
    "embroidered",
    "geometric",
    "animal",
)
_FITS = ("slim", "fitted", "loose", "oversized", "relaxed", "draped")
_APART = {"baby-and-toddler", "costumes", "uniforms", "underwear", "wedding-and-bridal", "other"}


@dataclass(frozen=True)
class Shop:
    """What a shop is like: how it leans, and how many things it posts for each one of the smallest shop."""

    name: str
    styles: tuple[str, ...]
    categories: tuple[str, ...]
    zeal: float


@dataclass(frozen=True)
class Thing:
    """One thing a shop posted: ``item`` as a sweep reads it, ``looks`` is where it truly lies."""

    item: FeedItem
    shop: str
    category: str
    looks: FacetVector


def shops(seed: int) -> list[Shop]:
    """Return the shops of a world; sizes follow Zipf's law."""
    chance = random.Random(f"shops {seed}")
    known = [name for name in categories() if name not in _APART]
    return [
        Shop(
            name=f"shop-{rank}",
            styles=tuple(chance.sample(_STYLES, 3)),
            categories=tuple(chance.sample(known, 6)),
            zeal=SHOPS / rank,
        )
        for rank in range(1, SHOPS + 1)
    ]


def things(seed: int, count: int) -> list[Thing]:
    """Return ``count`` things of the last ``DAYS`` days, in no order."""
    chance, posting = random.Random(f"things {seed}"), shops(seed)
    by_zeal = chance.choices(posting, [shop.zeal for shop in posting], k=count)
    return [_thing(f"{seed}-{number}", shop, chance) for number, shop in enumerate(by_zeal)]


def _thing(name: str, shop: Shop, chance: random.Random) -> Thing:
    category = chance.choice(shop.categories)
    kind = chance.choice([word for word in subtypes() if category_of(word) == category] or [category])
    colour = chance.choice(sorted(NAMED))
    described = [chance.choice(words) for words in (shop.styles, _FITS, _PATTERNS, _MATERIALS)]
    told = [word for word in described if chance.random() >= LEFT_OUT]
    at = NOW - timedelta(days=chance.uniform(0, DAYS))
    return Thing(
        item=_found(name, shop, [*told, kind], colour, at),
        shop=shop.name,
        category=category,
        looks=_found(name, shop, [*described, kind], colour, at).reading.facets,
    )


def _found(name: str, shop: Shop, words: list[str], colour: str, at: datetime) -> FeedItem:
    """Return the item that a sweep makes of a title."""
    title = " ".join(word.replace("-", " ") for word in words)
    site = f"{shop.name}.example"
    finding = Finding(
        kind="product",
        read_as="json-ld",
        url=f"https://{site}/{name}",
        title=f"{title}, {colour.replace('-', ' ')}".capitalize(),
    )
    look = Look(site, shop.name, f"https://{site}/", "sweep", at, life=timedelta(days=60))
    return appeared(finding, look)
