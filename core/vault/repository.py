"""The vault in Cosmos DB: one document per item, one partition per person."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection

from core.platform.cosmos import AlreadyExists, Container, Stale
from core.vault.errors import ItemChanged, ItemNotFound
from core.vault.filters import conditions
from core.vault.models import ListItems, VaultItem

_items = Container("vault", VaultItem)


async def create(item: VaultItem) -> tuple[VaultItem, bool]:
    """Write a new item; return what is stored under its id and whether this call wrote it."""
    try:
        return await _items.create(item), True
    except AlreadyExists:
        there = await _items.get(item.user_id, item.id)
    return await create(item) if there is None else (there, False)


async def get(user_id: str, item_id: str) -> VaultItem:
    """Return the person's item.

    Raises:
        ItemNotFound: it is not there, or is somebody else's.
    """
    return _found(await _items.get(user_id, item_id))


async def update(
    user_id: str, item_id: str, change: Callable[[VaultItem], VaultItem], *, if_match: Collection[str] | None
) -> VaultItem:
    """Apply ``change`` atomically to the versions ``if_match``, or to whatever is current if ``None``.

    Raises:
        ItemNotFound, ItemChanged: nothing was written.
    """

    def guarded(current: VaultItem) -> VaultItem:
        if if_match is not None and _version(current) not in if_match:
            raise _changed()
        return change(current)

    return _found(await _items.update(user_id, item_id, guarded))


async def delete(user_id: str, item_id: str, *, if_match: Collection[str] | None) -> None:
    """Remove the item for good.

    Raises:
        ItemNotFound, ItemChanged: nothing was removed.
    """
    current = await get(user_id, item_id)
    if if_match is not None and _version(current) not in if_match:
        raise _changed()
    try:
        removed = await _items.delete(user_id, item_id, etag=None if if_match is None else current.etag)
    except Stale:
        raise _changed() from None
    if not removed:
        raise _absent()


async def page(user_id: str, query: ListItems) -> tuple[list[VaultItem], str | None]:
    """Return one page of the items that match, newest first, and the next page's cursor.

    Raises:
        InvalidCursor: the cursor is none of ours, or of a list with other filters.
    """
    where, params = conditions(query)
    return await _items.page(
        user_id,
        where=where,
        params=params,
        order="c.created_at DESC",
        limit=query.limit,
        cursor=query.cursor,
    )


def every(user_id: str) -> AsyncIterator[VaultItem]:
    """Yield all of the person's items, archived ones too, in no particular order."""
    return _items.all(user_id)


def _version(item: VaultItem) -> str:
    return (item.etag or "").strip('"')


def _found(item: VaultItem | None) -> VaultItem:
    if item is None:
        raise _absent()
    return item


def _absent() -> ItemNotFound:
    return ItemNotFound("There is no item with this id in your vault.")


def _changed() -> ItemChanged:
    return ItemChanged("Read the item again, apply your change to that version, and send its ETag.")
