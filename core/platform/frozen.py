"""A list whose order is decided once, when its first page is asked for: later pages neither shift nor repeat.

An order that depends on the moment (a ranking) cannot be paged by position in the data. So the whole order is
kept for a day as the entries' keys, and a cursor is a place in it. A page is always the same part of that
order; what has gone meanwhile the caller leaves out, so a page may be shorter than asked for.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from core.platform import ids
from core.platform.containers import DAY
from core.platform.cursors import not_ours, opened, sealed
from core.platform.errors import Gone
from core.platform.models import Document, ListQuery

if TYPE_CHECKING:
    from core.platform.cosmos import Container

type Order = Callable[[], Awaitable[Sequence[str]]]


class ListExpired(Gone):
    """A cursor of an order that is no longer kept."""

    slug = "list-expired"
    title = "The list has expired"


class _Frozen(Document):
    """An order, in container ``idempotency``, which forgets what is a day old."""

    entries: tuple[str, ...]


@cache
def _lists() -> Container[_Frozen]:
    from core.platform.cosmos import Container

    return Container("idempotency", _Frozen)


async def page(user_id: str, name: str, query: ListQuery, order: Order) -> tuple[list[str], str | None]:
    """Return one page of the person's list ``name`` and the cursor of the next one.

    ``order`` makes the whole list; it is called for the first page only.

    Raises:
        InvalidCursor: the cursor is not one this list gave out.
        ListExpired: its order is no longer kept.
    """
    token = opened(query.cursor, name)
    if token is None:
        list_id, start, entries = ids.new_id(), 0, tuple(await order())
        if len(entries) > query.limit:
            await _lists().add(_Frozen(id=_id(list_id), user_id=user_id, ttl=DAY, entries=entries))
    else:
        list_id, start = _place(token)
        entries = await _kept(user_id, list_id)
        if not 0 < start < len(entries):
            raise not_ours()
    end = start + query.limit
    following = sealed(f"{list_id}/{end}", name) if end < len(entries) else None
    return list(entries[start:end]), following


def _place(token: str) -> tuple[str, int]:
    list_id, _, start = token.partition("/")
    try:
        return list_id, int(start)
    except ValueError:
        raise not_ours() from None


async def _kept(user_id: str, list_id: str) -> tuple[str, ...]:
    found = await _lists().get(user_id, _id(list_id))
    if found is None:
        raise ListExpired("Start again without a cursor: this order was kept for a day.")
    return found.entries


def _id(list_id: str) -> str:
    """Return an id that no other kind of document in the container has, whatever a cursor says."""
    return ids.stable_id("frozen list", list_id)
