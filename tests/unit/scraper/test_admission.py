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


def test_everything_that_is_wrong_is_told_at_once() -> None:
    wrong = SPEC.model_copy(update={"url": "https://169.254.169.254/", "currency": "XXX"})
    with pytest.raises(InvalidSource) as added:
        admit(wrong, NOW)
    with pytest.raises(InvalidSource) as changed:
        patched(SPEC, SourcePatch(name=None, currency="ZZZ"))
    assert [error.pointer for error in added.value.errors] == ["/url", "/currency"]
    assert {error.pointer for error in changed.value.errors} == {"/name", "/currency"}


def test_null_in_a_patch_restores_the_default_and_what_is_left_out_stays() -> None:
    spec = SPEC.model_copy(update={"currency": "EUR", "every_hours": 12.0})
    after = patched(spec, SourcePatch(every_hours=None))
    assert (after.every_hours, after.currency, after.name) == (6.0, "EUR", spec.name)


@given(name=st.text(min_size=1, max_size=120), category=CATEGORIES)
def test_whatever_is_admitted_can_be_read_back(name: str, category: str) -> None:
    try:
        source = admit(SPEC.model_copy(update={"name": name, "category": category}), NOW)
    except InvalidSource:
        return
    assert Source.model_validate_json(source.model_dump_json()).spec == source.spec
