"""A frozen order: pages that neither shift nor repeat, whatever the order would be by now."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from core.platform import clock, frozen
from core.platform.containers import DAY
from core.platform.cosmos import Container
from core.platform.cursors import InvalidCursor, opened, sealed
from core.platform.frozen import ListExpired
from core.platform.ids import new_id
from core.platform.models import Document, ListQuery

pytestmark = pytest.mark.usefixtures("app_env")


class Orders:
    """An order that is another one each time it is made."""

    def __init__(self, size: int) -> None:
        self.entries = [str(number) for number in range(size)]
        self.made = 0

    async def __call__(self) -> Sequence[str]:
        self.made += 1
        self.entries = self.entries[1:] + self.entries[:1]
        return self.entries


async def test_all_pages_are_of_the_order_of_the_first() -> None:
    person, orders, seen, cursor = new_id(), Orders(25), list[str](), None
    while True:
        page, cursor = await frozen.page(person, "list", ListQuery(limit=10, cursor=cursor), orders)
        seen += page
        if cursor is None:
            break
    assert seen == orders.entries
    assert orders.made == 1


async def test_a_page_read_again_is_the_same_page_and_a_new_list_a_new_order() -> None:
    person, orders = new_id(), Orders(25)
    first, cursor = await frozen.page(person, "list", ListQuery(limit=10), orders)
    second = await frozen.page(person, "list", ListQuery(limit=10, cursor=cursor), orders)
    anew, _ = await frozen.page(person, "list", ListQuery(limit=10), orders)
    assert anew != first
    assert await frozen.page(person, "list", ListQuery(limit=10, cursor=cursor), orders) == second
    assert set(first).isdisjoint(second[0])


async def test_what_fits_on_one_page_has_no_next_one() -> None:
    page, cursor = await frozen.page(new_id(), "list", ListQuery(limit=10), Orders(10))
    assert (len(page), cursor) == (10, None)


async def test_a_cursor_is_good_for_its_list_its_owner_and_its_day() -> None:
    person, orders = new_id(), Orders(25)
    _, cursor = await frozen.page(person, "list", ListQuery(limit=10), orders)
    further = ListQuery(limit=10, cursor=cursor)
    with pytest.raises(InvalidCursor):
        await frozen.page(person, "another list", further, orders)
    with pytest.raises(ListExpired):
        await frozen.page(new_id(), "list", further, orders)
    with clock.frozen(clock.now()) as time:
        time.advance(seconds=DAY + 60)
        with pytest.raises(ListExpired):
            await frozen.page(person, "list", further, orders)
    assert orders.made == 1


@pytest.mark.parametrize("place", ["", "x", "-5", "0", "25", "1e1", "9" * 5000])
async def test_a_place_that_is_not_in_the_order_is_refused(place: str) -> None:
    person, orders = new_id(), Orders(25)
    _, cursor = await frozen.page(person, "list", ListQuery(limit=10), orders)
    list_id = (opened(cursor, "list") or "").partition("/")[0]
    with pytest.raises(InvalidCursor):
        await frozen.page(
            person, "list", ListQuery(limit=10, cursor=sealed(f"{list_id}/{place}", "list")), orders
        )


async def test_a_cursor_opens_no_other_document_of_the_container() -> None:
    person, orders = new_id(), Orders(25)
    other = await Container("idempotency", Document).create(Document(id=new_id(), user_id=person, ttl=DAY))
    cursor = sealed(f"{other.id}/10", "list")
    with pytest.raises(ListExpired):
        await frozen.page(person, "list", ListQuery(limit=10, cursor=cursor), orders)
