"""What can be seen, over what people and scripts paste."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from core.chat.feedback import TurnFeedback
from core.chat.memory_models import FactPatch
from core.chat.turn import NewTurn
from core.platform.texts import is_visible

UNSEEN = st.text(
    st.sampled_from("\u200b\u200c\u200d\u2060\ufeff\u00ad\u202e\u3164\u2800\u115f \t\n\x00\x1f"), min_size=1
)


@given(UNSEEN)
def test_zero_width_control_and_blank_characters_are_no_text(text: str) -> None:
    assert not is_visible(text)
    for model, field in ((NewTurn, "message"), (FactPatch, "text")):
        with pytest.raises(ValidationError):
            model.model_validate({field: text})


@given(UNSEEN, st.sampled_from(["a", "7", "?", "é", "e\u0301", "服", "ب", "👗", "कुर्ता", "-"]))
def test_one_character_that_is_seen_is_enough(around: str, seen: str) -> None:
    assert is_visible(around + seen + around)
    assert NewTurn(message=seen).message == seen


@given(st.text(max_size=3), st.characters(categories=["Cc"], exclude_characters="\t\n\r"))
def test_no_control_character_is_taken_but_breaks_and_tabs(around: str, control: str) -> None:
    for model, field, rest in (
        (NewTurn, "message", {}),
        (FactPatch, "text", {}),
        (TurnFeedback, "comment", {"rating": "up"}),
    ):
        with pytest.raises(ValidationError, match="control characters"):
            model.model_validate({field: f"a{around}{control}b", **rest})
    assert NewTurn(message="one\ttwo\r\nthree").message == "one\ttwo\r\nthree"
