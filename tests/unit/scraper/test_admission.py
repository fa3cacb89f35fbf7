"""What is asked of a source on the way in holds for what is stored, not only for what was sent."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.scraper.admission import admit, patched
from core.scraper.errors import InvalidSource
from core.scraper.models import Source, SourcePatch, SourceSpec

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SPEC = SourceSpec(name="Schuhe", url="https://shop.example/feed", kind="feed")
CATEGORIES = st.text(max_size=60) | st.text("ßİŉΐﬃa ", min_size=50, max_size=60)


@pytest.mark.parametrize("category", ["a" * 59 + "ß", "İ" * 60])
def test_a_category_that_grows_when_folded_is_refused(category: str) -> None:
    with pytest.raises(InvalidSource) as added:
        admit(SPEC.model_copy(update={"category": category}), NOW)
    with pytest.raises(InvalidSource) as changed:
        patched(SPEC, SourcePatch(category=category))
    assert [error.pointer for error in (*added.value.errors, *changed.value.errors)] == ["/category"] * 2


@given(name=st.text(min_size=1, max_size=120), category=CATEGORIES)
def test_whatever_is_admitted_can_be_read_back(name: str, category: str) -> None:
    try:
        source = admit(SPEC.model_copy(update={"name": name, "category": category}), NOW)
    except InvalidSource:
        return
    assert Source.model_validate_json(source.model_dump_json()).spec == source.spec
