"""A view is arranged unchecked, and is the one that validation would make."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from core.vault import Item, ItemSummary, NewItem, listed, shown
from tests.unit.vault.items import new_items, past, stored


@settings(max_examples=40)
@given(new_items, st.sets(past, max_size=4))
async def test_views_are_those_that_validation_would_make(item: NewItem, worn: set[date]) -> None:
    kept = stored("ann", 1, item, worn)
    one, (summary,) = await shown(kept), await listed([kept])
    assert one == Item.model_validate(one.model_dump())
    assert summary == ItemSummary.model_validate(summary.model_dump())
    assert one.model_fields_set == set(Item.model_fields)
    assert {**summary.model_dump(), "wears": one.model_dump()["wears"]} == one.model_dump()
