import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest

from core import vault
from core.platform import clock, days
from core.platform.cursors import InvalidCursor
from core.platform.ids import new_id
from core.platform.texts import folded
from core.vault import ItemPatch, ListItems, NewItem, VaultItem, repository, service

pytestmark = pytest.mark.usefixtures("app_env")

COAT = NewItem(name="Green coat", category="coats")


def version(item: VaultItem) -> str:
    assert item.etag
    return item.etag.strip('"')


async def collected(items: AsyncIterator[VaultItem]) -> list[VaultItem]:
    return [item async for item in items]


async def test_an_item_is_found_as_it_was_added() -> None:
    user = new_id()
    added = await vault.add(user, COAT)
    assert await vault.get(user, added.id) == added
    assert (added.name, added.wear_count, added.last_worn_on) == ("Green coat", 0, None)


async def test_the_same_id_twice_is_one_item() -> None:
    user, item_id = new_id(), new_id()
    both = await asyncio.gather(*(vault.add(user, COAT, item_id=item_id) for _ in range(2)))
    assert both[0] == both[1]
    assert len(await collected(vault.all_items(user))) == 1


async def test_twenty_concurrent_wears_of_different_days_all_land() -> None:
    user = new_id()
    item = await vault.add(user, COAT)
    days = [date(2026, 3, day) for day in range(1, 21)]
    news = await asyncio.gather(*(vault.log_wear(user, item.id, day) for day in reversed(days)))
    assert all(new for _, new in news)
    after = await vault.get(user, item.id)
    assert [wear.worn_on for wear in after.wears] == days
    assert (after.wear_count, after.last_worn_on) == (20, days[-1])


async def test_twenty_concurrent_wears_of_one_day_are_one() -> None:
    user = new_id()
    item = await vault.add(user, COAT)
    news = await asyncio.gather(*(vault.log_wear(user, item.id, date(2026, 3, 1)) for _ in range(20)))
    assert [new for _, new in news].count(True) == 1
    assert (await vault.get(user, item.id)).wear_count == 1


async def test_a_wear_needs_no_date_and_can_be_taken_back() -> None:
    user = new_id()
    item = await vault.add(user, COAT)
    worn, _ = await vault.log_wear(user, item.id)
    assert worn.last_worn_on == clock.now().date()
    await vault.log_wear(user, item.id, date(2020, 1, 1))
    assert (await vault.get(user, item.id)).last_worn_on == clock.now().date()
    unworn = await vault.unlog_wear(user, item.id, clock.now().date())
    assert unworn.last_worn_on == date(2020, 1, 1)
    with pytest.raises(vault.WearNotFound):
        await vault.unlog_wear(user, item.id, clock.now().date())
    with pytest.raises(vault.InvalidWear):
        await vault.log_wear(user, item.id, days.latest(clock.now()) + timedelta(days=1))


async def test_a_patch_changes_what_it_names_and_clears_what_is_null() -> None:
    user = new_id()
    item = await vault.add(
        user,
        NewItem.model_validate(
            {
                "name": "Coat",
                "category": "coats",
                "brand": "Loden",
                "price": {"amount": "80", "currency": "EUR"},
            }
        ),
    )
    patch = ItemPatch.model_validate({"brand": None, "price": {"amount": "79.9"}, "status": "archived"})
    after = await vault.change(user, item.id, patch)
    assert after.brand is None
    assert after.price == vault.Price(amount="79.90", currency="EUR")
    assert (after.name, after.status) == ("Coat", "archived")
    assert after.updated_at > item.updated_at
    assert await vault.change(user, item.id, patch) == after, "the same patch again writes nothing"


@pytest.mark.parametrize(
    ("patch", "pointer"),
    [
        ({"name": None}, "/name"),
        ({"price": {"amount": "5"}}, "/price/currency"),
        ({"image_id": "00000000-0000-0000-0000-000000000000"}, "/image_id"),
        ({"purchased_on": "2999-01-01"}, "/purchased_on"),
    ],
)
async def test_a_patch_that_breaks_a_rule_changes_nothing(patch: dict[str, object], pointer: str) -> None:
    user = new_id()
    item = await vault.add(user, COAT)
    with pytest.raises(vault.InvalidItem) as caught:
        await vault.change(user, item.id, ItemPatch.model_validate(patch))
    assert [error.pointer for error in caught.value.errors] == [pointer]
    assert await vault.get(user, item.id) == item


async def test_only_the_version_that_was_read_is_changed_or_removed() -> None:
    user = new_id()
    first = await vault.add(user, COAT)
    second = await vault.change(user, first.id, ItemPatch(name="Blue coat"), if_match=version(first))
    for stale in (
        vault.change(user, first.id, ItemPatch(name="Red coat"), if_match=version(first)),
        vault.log_wear(user, first.id, if_match=version(first)),
        vault.remove(user, first.id, if_match=version(first)),
    ):
        with pytest.raises(vault.ItemChanged):
            await stale
    assert await vault.get(user, first.id) == second
    await vault.remove(user, first.id, if_match=version(second))
    with pytest.raises(vault.ItemNotFound):
        await vault.remove(user, first.id)


async def test_of_two_edits_of_one_version_one_wins() -> None:
    user = new_id()
    item = await vault.add(user, COAT)
    edits = (
        vault.change(user, item.id, ItemPatch(name=f"Coat {n}"), if_match=version(item)) for n in range(8)
    )
    outcomes = await asyncio.gather(*edits, return_exceptions=True)
    assert sum(isinstance(outcome, vault.ItemChanged) for outcome in outcomes) == 7


@pytest.mark.parametrize("meanwhile", ["removed", "changed"])
async def test_a_removal_that_comes_second_says_so(monkeypatch: pytest.MonkeyPatch, meanwhile: str) -> None:
    user = new_id()
    item = await vault.add(user, NewItem(name="Coat", category="outerwear"))
    get, refused = repository.get, vault.ItemNotFound if meanwhile == "removed" else vault.ItemChanged

    async def late(user_id: str, item_id: str) -> VaultItem:
        found = await get(user_id, item_id)
        monkeypatch.undo()
        if meanwhile == "removed":
            await vault.remove(user_id, item_id)
        else:
            await vault.change(user_id, item_id, ItemPatch(name="Warm coat"))
        return found

    monkeypatch.setattr(repository, "get", late)
    version = str(item.etag).strip('"')
    with pytest.raises(refused):
        await vault.remove(user, item.id, if_match=None if meanwhile == "removed" else [version])
    left = [one.name for one in await collected(vault.all_items(user))]
    assert left == ([] if meanwhile == "removed" else ["Warm coat"])


async def test_an_item_keeps_only_so_many_wears(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MAX_WEARS", 2)
    user = new_id()
    item = await vault.add(user, NewItem(name="Coat", category="outerwear"))
    for day in (1, 2, 2):
        await vault.log_wear(user, item.id, date(2026, 1, day))
    with pytest.raises(vault.TooManyWears):
        await vault.log_wear(user, item.id, date(2026, 1, 3))
    assert (await vault.get(user, item.id)).wear_count == 2


async def test_somebody_elses_item_is_not_there() -> None:
    owner, other = new_id(), new_id()
    item = await vault.add(owner, COAT)
    for attempt in (
        vault.get(other, item.id),
        vault.change(other, item.id, ItemPatch(name="Mine")),
        vault.remove(other, item.id),
        vault.log_wear(other, item.id),
        vault.unlog_wear(other, item.id, date(2026, 1, 1)),
    ):
        with pytest.raises(vault.ItemNotFound):
            await attempt
    assert await vault.get(owner, item.id) == item
    assert await collected(vault.all_items(other)) == []


@pytest.fixture(scope="module")
async def wardrobe(app_env: dict[str, str]) -> list[VaultItem]:
    """Forty items of one person, with many equal moments of adding among them."""
    user, start = new_id(), clock.now()
    kinds = [
        {
            "name": f"{('Café shirt', 'STRASSE boots', 'Plain tee')[n % 3]} {n}",
            "category": ("shirts", "boots")[n % 2],
            "colours": [{"hex": ("#1b2a49", "#ff0000", "#ffffff")[n % 3], "name": "Midnight"}][: n % 5],
            "seasons": [["summer"], ["winter", "autumn"], []][n % 3],
            "style_tags": ["office wear"] if n % 4 == 0 else [],
            "status": "archived" if n % 7 == 0 else "active",
        }
        for n in range(40)
    ]
    added = []
    with clock.frozen(start) as held:
        for n, kind in enumerate(kinds):
            held.advance(seconds=n % 3)
            added.append(await vault.add(user, NewItem.model_validate(kind)))
    return added


def matches(item: VaultItem, query: ListItems) -> bool:
    """The filters, said once more in plain Python."""
    texts = folded("\n".join([item.name, *item.style_tags]))
    own_names = {(colour.name or "").casefold() for colour in item.colours}
    families = {{"#1b2a49": "navy", "#ff0000": "red", "#ffffff": "white"}[c.hex] for c in item.colours}
    return (
        query.category in (None, item.category)
        and (
            query.colour is None or query.colour.casefold().replace("#000080", "navy") in own_names | families
        )
        and (query.season is None or query.season in item.seasons)
        and query.status in ("all", item.status)
        and all(word in texts for word in folded(query.q or "").split())
    )


FILTERS = [
    {},
    {"status": "all"},
    {"status": "archived"},
    {"category": "boots", "status": "all"},
    {"category": "hats"},
    {"colour": "navy"},
    {"colour": "#000080", "status": "all"},
    {"colour": "MIDNIGHT"},
    {"colour": "red", "season": "winter", "status": "all"},
    {"season": "summer"},
    {"q": "cafe"},
    {"q": "CAFÉ shirt"},
    {"q": "strasse 1"},
    {"q": "office tee"},
    {"q": "100% ' OR true"},
    {"q": "café", "season": "summer", "category": "shirts", "colour": "midnight"},
]


@pytest.mark.parametrize("limit", [1, 7, 100])
@pytest.mark.parametrize("filters", FILTERS, ids=str)
async def test_pages_together_are_the_filtered_list(
    wardrobe: list[VaultItem], filters: dict[str, str], limit: int
) -> None:
    user = wardrobe[0].user_id
    query = ListItems.model_validate({**filters, "limit": limit})
    found: list[VaultItem] = []
    while True:
        items, cursor = await vault.page(user, query)
        found += items
        assert len(items) <= limit
        if cursor is None:
            break
        assert len(found) <= len(wardrobe)
        query = query.model_copy(update={"cursor": cursor})
    expected = [item for item in wardrobe if matches(item, query)]
    assert sorted(item.id for item in found) == sorted(item.id for item in expected)
    assert [item.created_at for item in found] == sorted((i.created_at for i in expected), reverse=True)


async def test_what_is_added_while_paging_repeats_and_hides_nothing() -> None:
    user = new_id()
    before = [await vault.add(user, COAT) for _ in range(6)]
    first, cursor = await vault.page(user, ListItems(limit=3))
    await vault.add(user, COAT)
    await vault.change(user, before[0].id, ItemPatch(name="Edited"))
    rest, _ = await vault.page(user, ListItems(limit=100, cursor=cursor))
    assert [item.id for item in first + rest] == [item.id for item in reversed(before)]


@pytest.mark.parametrize("cursor", ["nonsense", "bm9uc2Vuc2U", "é", "e30", "a" * 100])
async def test_a_cursor_that_is_none_of_ours_is_refused(wardrobe: list[VaultItem], cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        await vault.page(wardrobe[0].user_id, ListItems(cursor=cursor))


async def test_a_cursor_of_another_list_is_refused(wardrobe: list[VaultItem]) -> None:
    user = wardrobe[0].user_id
    _, cursor = await vault.page(user, ListItems(limit=1))
    assert cursor is not None
    await vault.page(user, ListItems(limit=2, cursor=cursor))
    for other_user, query in (
        (user, ListItems(cursor=cursor, q="cafe")),
        (user, ListItems(cursor=cursor, status="all")),
        (user, ListItems(cursor=cursor[:-1])),
        (new_id(), ListItems(cursor=cursor)),
    ):
        with pytest.raises(InvalidCursor):
            await vault.page(other_user, query)
