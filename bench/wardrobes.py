"""Wardrobes to try the stylist on: one that a person might own, and random ones of any size."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from core.platform.ids import stable_id
from core.vault import VaultItem, Wear

TODAY = date(2026, 10, 14)
_ADDED = datetime(2025, 3, 1, 9, tzinfo=UTC)

_SAMPLE = Path(__file__).with_name("wardrobe.psv")


def sample(user_id: str = "sample") -> list[VaultItem]:
    """Return the 48 garments, as they were on ``TODAY``."""
    rows = _SAMPLE.read_text().splitlines()[1:]
    return [
        _item(user_id, number, [cell.strip() for cell in row.split("|")]) for number, row in enumerate(rows)
    ]


def _item(user_id: str, number: int, cells: list[str]) -> VaultItem:
    name, category, subtype, colours, pattern, materials, formality, seasons, price, worn = cells
    amount, _, currency = price.partition(" ")
    return _stored(
        user_id,
        number,
        [TODAY - timedelta(days=int(days)) for days in worn.split()],
        name=name,
        category=category,
        subtype=subtype,
        colours=[{"hex": value} for value in colours.split()],
        pattern=pattern,
        materials=[materials],
        formality=formality,
        seasons=seasons.split(),
        price={"amount": amount, "currency": currency} if price else None,
    )


def _stored(user_id: str, number: int, worn: list[date], **attributes: Any) -> VaultItem:
    wears = [Wear(worn_on=day, logged_at=_ADDED) for day in sorted(set(worn))]
    return VaultItem.model_validate(
        {
            "id": stable_id(user_id, str(number)),
            "user_id": user_id,
            "created_at": _ADDED,
            "updated_at": _ADDED,
            "wears": wears,
            **attributes,
        }
    )


def random_vault(count: int, *, seed: int) -> list[VaultItem]:
    """Return ``count`` random garments in the proportions of a full wardrobe, accents and odd words
    included.
    """
    draw = random.Random(seed)
    kinds = (
        ("tops", "t-shirt shirt blouse sweater turtleneck cardigan hoodie polo-shirt tunic", 32),
        ("trousers", "jeans chinos dress-trousers wide-leg-trousers linen-trousers joggers", 16),
        ("skirts", "pleated-skirt long-skirt pencil-skirt mini-skirt", 6),
        ("dresses", "wrap-dress tea-dress maxi-dress sheath-dress knit-dress", 9),
        ("traditional", "kurta sari abaya kaftan kimono haori sarong kebaya boubou dashiki salwar-kameez", 9),
        ("outerwear", "coat trench-coat parka denim-jacket leather-jacket blazer raincoat", 10),
        ("shoes", "sneakers loafers ankle-boots heels sandals oxfords boots", 12),
        ("bags", "tote-bag handbag clutch", 3),
        ("jewellery", "earrings necklace ring", 3),
    )
    categories = draw.choices(kinds, weights=[weight for *_, weight in kinds], k=count)
    return [
        _random_item(draw, number, category, words.split())
        for number, (category, words, _) in enumerate(categories)
    ]


def _random_item(draw: random.Random, number: int, category: str, subtypes: list[str]) -> VaultItem:
    patterns = ["solid"] * 7 + ["striped", "checked", "floral", "dotted", "ikat", "paisley"]
    return _stored(
        f"random-{number}",
        number,
        [TODAY - timedelta(days=draw.randrange(400)) for _ in range(draw.randrange(6))],
        name=f"Item {number}",
        category=category,
        subtype=draw.choice(subtypes),
        colours=[{"hex": f"#{draw.randrange(1 << 24):06x}"} for _ in range(draw.choice([1, 1, 2, 3]))],
        pattern=draw.choice(patterns),
        materials=[draw.choice(["cotton", "wool", "linen", "silk", "polyester"])],
        formality=draw.choice([None, "casual", "smart-casual", "business"]),
        warmth=draw.choice([None, None, "light", "medium", "warm", "very-warm"]),
        seasons=draw.sample(["spring", "summer", "autumn", "winter"], draw.randrange(5)),
    )
