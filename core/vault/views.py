"""Items as clients see them: with their counts, and with links to their photos that are good for a while.

Stored items were validated when they were read; a view only arranges their values, so it is made unchecked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from core import media
from core.vault.models import Item, ItemSummary, VaultItem

_NOT_SHOWN = tuple(VaultItem.model_fields.keys() - ItemSummary.model_fields.keys())
"""What is stored of an item besides; most of it is shown, so a view is a copy without these."""


async def shown(item: VaultItem) -> Item:
    """Return one item with its wears."""
    images = await _images([item])
    return Item.arranged({**_summary(item, images), "wears": list(item.wears)})


async def listed(items: Sequence[VaultItem]) -> list[ItemSummary]:
    """Return one person's items for a list, in the same order."""
    images = await _images(items)
    return [ItemSummary.arranged(_summary(item, images)) for item in items]


async def _images(items: Sequence[VaultItem]) -> dict[str, media.Variants | None]:
    wanted = {item.image_id: item.user_id for item in items if item.image_id is not None}
    if not wanted:
        return {}
    found = await asyncio.gather(*(media.variants_of(user_id, image) for image, user_id in wanted.items()))
    return dict(zip(wanted, found, strict=True))


def _summary(item: VaultItem, images: dict[str, media.Variants | None]) -> dict[str, Any]:
    summary = vars(item).copy()
    for field in _NOT_SHOWN:
        del summary[field]
    summary["wear_count"] = item.wear_count
    summary["last_worn_on"] = item.last_worn_on
    summary["image"] = images.get(item.image_id or "")
    return summary
