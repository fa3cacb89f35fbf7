from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from core.platform.texts import folded
from core.vault.filters import conditions
from core.vault.models import ListItems, NewItem, VaultItem
from tests.unit.vault.items import new_items, past, stored, words

moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))


@given(new_items, st.sets(past, max_size=3))
def test_a_stored_item_is_read_back_as_it_was(item: NewItem, worn: set[date]) -> None:
    before = stored("a", 0, item, worn)
    document = before.model_dump(mode="json", by_alias=True, exclude_none=True)
    assert VaultItem.model_validate(document) == before
    assert not {"wear_count", "last_worn_on"} & document.keys()


@given(moments, moments)
def test_stored_moments_sort_as_text(one: datetime, other: datetime) -> None:
    item = stored("a", 0, NewItem(name="a", category="b"))

    def text(moment: datetime) -> str:
        return str(item.model_copy(update={"created_at": moment}).model_dump(mode="json")["created_at"])

    assert (text(one) < text(other)) == (one < other)
    assert text(one) == text(one.astimezone(timezone(timedelta(hours=5, minutes=30))))


@pytest.mark.parametrize("category", [5, None, ["shirts"], True])
def test_a_category_that_is_no_text_is_refused_not_read(category: object) -> None:
    with pytest.raises(ValidationError, match="category"):
        NewItem.model_validate({"name": "a", "category": category})


def test_a_document_of_a_later_release_can_still_be_read() -> None:
    document = stored("a", 0, NewItem(name="a", category="b")).model_dump(mode="json", by_alias=True)
    assert VaultItem.model_validate({**document, "invented_later": 1}).name == "a"


@given(words)
def test_folding_ignores_case_and_accents(text: str) -> None:
    assert folded(text.upper().lower()) == folded(folded(text.upper().lower()))
    assert folded("ÉCRU Straße") == "ecru strasse"


def test_no_filter_value_is_written_into_the_query() -> None:
    hostile = "' OR true --"
    where, params = conditions(ListItems(q=hostile, colour=hostile, season="summer", category="shirts"))
    assert hostile not in where
    assert "'" not in where
    assert params == {
        "category": "shirts",
        "colour": "' or true --",
        "season": "summer",
        "status": "active",
        "word0": "'",
        "word1": "or",
        "word2": "true",
        "word3": "--",
    }
