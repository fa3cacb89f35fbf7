"""What a request is told as never shows a path with values in it."""

from __future__ import annotations

import string
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.platform.invocations import template

values = st.text(string.ascii_uppercase + "é %-", min_size=3)


@given(values, values)
def test_values_of_a_route_are_replaced_by_their_names(one: str, other: str) -> None:
    path = f"/api/things/{quote(one)}/parts/{quote(other)}"
    assert template(path, {"thing": one, "part": other}) == "/api/things/{thing}/parts/{part}"


@pytest.mark.parametrize("path", ["/api/a/b/c", "/api/a%2Fb/c", "/api/a/b/c/"])
def test_a_rest_of_several_segments_is_one_name(path: str) -> None:
    assert template(path, {"path": "a/b/c"}) == "/api/{path}"


def test_a_path_that_does_not_hold_its_values_is_not_shown() -> None:
    assert template("/api/things/secret", {"thing": "another"}) == "/{thing}"
