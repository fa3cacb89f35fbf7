"""Documents and views are arranged unchecked, and are those that validation would make."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from core.vault import Item, ItemSummary, NewItem, listed, shown
from core.vault.models import VaultItem
from tests.unit.vault.items import NOW, new_items, past, stored


@settings(max_examples=40)
@given(new_items, st.sets(past, max_size=4))
async def test_views_are_those_that_validation_would_make(item: NewItem, worn: set[date]) -> None:
    kept = stored("ann", 1, item, worn)
    one, (summary,) = await shown(kept), await listed([kept])
    assert one == Item.model_validate(one.model_dump())
    assert summary == ItemSummary.model_validate(summary.model_dump())
    assert one.model_fields_set == set(Item.model_fields)
    assert {**summary.model_dump(), "wears": one.model_dump()["wears"]} == one.model_dump()


@settings(max_examples=20)
@given(new_items)
async def test_a_new_item_is_shown_as_it_is_when_read_again(item: NewItem) -> None:
    made = VaultItem.of(item, item_id="a", user_id="ann", now=NOW)
    read = VaultItem.model_validate(made.model_dump(by_alias=True))
    assert (await shown(made)).model_dump_json() == (await shown(read)).model_dump_json()


@settings(max_examples=40)
@given(new_items)
def test_a_new_document_is_the_one_that_validation_would_make(item: NewItem) -> None:
    made = VaultItem.of(item, item_id="a", user_id="ann", now=NOW)
    validated = VaultItem(id="a", user_id="ann", created_at=NOW, updated_at=NOW, **dict(item))
    assert made == validated
    assert made.model_dump(mode="json", by_alias=True) == validated.model_dump(mode="json", by_alias=True)
    assert made.model_fields_set == set(VaultItem.model_fields)
