"""What a person does with their wardrobe.

The repository is imported where it is used: it brings the Cosmos SDK, which importing the app must not load.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from datetime import date

from core import media
from core.platform import clock
from core.platform.errors import FieldError
from core.platform.ids import new_id
from core.vault import csv_file
from core.vault.admission import admit, admit_wear, judged
from core.vault.errors import InvalidItem, TooManyWears, WearNotFound
from core.vault.merging import merged
from core.vault.models import ItemPatch, ListItems, NewItem, VaultItem
from core.vault.wears import MAX_WEARS, Wears, is_worn, with_wear, without_wear


async def add(user_id: str, item: NewItem, *, item_id: str | None = None) -> VaultItem:
    """Put an item into the vault; the same ``item_id`` again returns the one that is there.

    Raises:
        InvalidItem: a value breaks a rule, or ``image_id`` is no photo of this person.
    """
    from core.vault import repository

    now = clock.now()
    admitted = judged(item, now=now)
    await _check_image(user_id, admitted.image_id)
    stored, _ = await repository.create(
        VaultItem.of(admitted, item_id=item_id or new_id(), user_id=user_id, now=now)
    )
    return stored


async def get(user_id: str, item_id: str) -> VaultItem:
    """Return one item; raises ``ItemNotFound``."""
    from core.vault import repository

    return await repository.get(user_id, item_id)


async def page(user_id: str, query: ListItems) -> tuple[list[VaultItem], str | None]:
    """Return one page of matching items, newest first, and the next page's cursor."""
    from core.vault import repository

    return await repository.page(user_id, query)


def all_items(user_id: str) -> AsyncIterator[VaultItem]:
    """Yield every item of the person, archived ones too, in no particular order."""
    from core.vault import repository

    return repository.every(user_id)


async def export_csv(user_id: str) -> bytes:
    """Return the whole vault as a CSV file that ``import_csv`` reads, oldest item first."""
    items = [item async for item in all_items(user_id)]
    return await asyncio.to_thread(csv_file.write, items)


async def change(
    user_id: str, item_id: str, patch: ItemPatch, *, if_match: Collection[str] | None = None
) -> VaultItem:
    """Apply a merge patch.

    Raises:
        ItemNotFound, ItemChanged, InvalidItem: nothing was changed.
    """
    from core.vault import repository

    await _check_image(user_id, patch.image_id)
    now = clock.now()

    def patched(current: VaultItem) -> VaultItem:
        admitted = admit(merged(current, patch), now=now, touched=patch.model_fields_set)
        after = current.model_copy(update=dict(admitted))
        return current if after == current else after.model_copy(update={"updated_at": now})

    return await repository.update(user_id, item_id, patched, if_match=if_match)


async def remove(user_id: str, item_id: str, *, if_match: Collection[str] | None = None) -> None:
    """Remove an item and its wears for good; raises ``ItemNotFound`` or ``ItemChanged``."""
    from core.vault import repository

    await repository.delete(user_id, item_id, if_match=if_match)


async def log_wear(
    user_id: str, item_id: str, worn_on: date | None = None, *, if_match: Collection[str] | None = None
) -> tuple[VaultItem, bool]:
    """Log that the item was worn on a day (today in UTC if ``None``); tell whether that was news.

    Raises:
        InvalidWear, TooManyWears, ItemNotFound, ItemChanged: nothing was changed.
    """
    from core.vault import repository

    now = clock.now()
    day = admit_wear(worn_on or now.date(), now=now)
    news = False

    def worn(current: VaultItem) -> VaultItem:
        nonlocal news
        after = with_wear(current.wears, day, now)
        if len(after) > MAX_WEARS:
            raise TooManyWears(f"An item keeps at most {MAX_WEARS} wears.")
        news = after is not current.wears
        return _with_wears(current, after)

    return await repository.update(user_id, item_id, worn, if_match=if_match), news


async def unlog_wear(
    user_id: str, item_id: str, worn_on: date, *, if_match: Collection[str] | None = None
) -> VaultItem:
    """Take back the wear of a day.

    Raises:
        WearNotFound, ItemNotFound, ItemChanged: nothing was changed.
    """
    from core.vault import repository

    def unworn(current: VaultItem) -> VaultItem:
        if not is_worn(current.wears, worn_on):
            detail = f"The item has no wear on {worn_on}."
            raise WearNotFound(detail, errors=[FieldError("/worn_on", detail, "query")])
        return _with_wears(current, without_wear(current.wears, worn_on))

    return await repository.update(user_id, item_id, unworn, if_match=if_match)


def _with_wears(item: VaultItem, wears: Wears) -> VaultItem:
    if wears is item.wears:
        return item
    return item.model_copy(update={"wears": wears, "updated_at": clock.now()})


async def owns_image(user_id: str, image_id: str) -> bool:
    """Tell whether this is a photo of the person's."""
    return await media.exists(user_id, image_id)


async def _check_image(user_id: str, image_id: str | None) -> None:
    if image_id is not None and not await owns_image(user_id, image_id):
        detail = "You have no photo with this image_id; upload it with POST /api/process-image first."
        raise InvalidItem(detail, errors=[FieldError("/image_id", detail)])
