"""Reading what a caller sent: versions, media types, effect ids."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, ValidationError

from core.platform.errors import Unauthenticated
from core.platform.http import Call, Principal, Uploaded
from core.platform.http.problem import invalid
from core.platform.models import Wire


def call(user: str = "anna", **headers: str) -> Call[Any, Any, Any]:
    return Call(
        principal=Principal(user) if user else None,
        body=None,
        query=None,
        path=None,
        method="POST",
        url="http://localhost/api/x",
        route="make_x",
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        params={},
        request_id="r",
        trace_id="t",
    )


@pytest.mark.parametrize(
    ("accept", "best"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("image/png", "image/png"),
        ("image/*", "image/png"),
        ("image/webp,image/png;q=0.5", "image/webp"),
        ("text/html, application/json;q=0.2, image/webp;q=0.3", "image/webp"),
        ("application/json;q=0, image/png;q=0.1", "image/png"),
        ("image/png;q=broken, application/json;q=0.1", "application/json"),
        ("text/html", None),
        ("IMAGE/PNG", "image/png"),
    ],
)
def test_the_preferred_media_type(accept: str | None, best: str | None) -> None:
    headers = {} if accept is None else {"accept": accept}
    assert call(**headers).preferred("application/json", "image/png", "image/webp") == best


@pytest.mark.parametrize(
    ("header", "versions"),
    [
        (None, None),
        ("*", None),
        ('"a1"', {"a1"}),
        ('"a1", "b2"', {"a1", "b2"}),
        ('W/"a1", "b2"', {"b2"}),
        ('W/"a1"', set()),
        ("a1", {"a1"}),
    ],
)
def test_if_match_names_versions_and_a_weak_tag_names_none(
    header: str | None, versions: set[str] | None
) -> None:
    assert call(**({} if header is None else {"if_match": header})).if_match == versions


@given(st.text(min_size=1, max_size=255), st.text(min_size=1, max_size=255))
def test_an_effect_has_one_id_per_key(one: str, other: str) -> None:
    first = call(idempotency_key=one).effect_id()
    assert first == call(idempotency_key=one).effect_id()
    assert (first == call(idempotency_key=other).effect_id()) == (one == other)
    assert first != call(user="ben", idempotency_key=one).effect_id()


def test_the_same_key_with_another_body_is_another_effect() -> None:
    first, other = Uploaded(b"a", None, "text/csv"), Uploaded(b"b", None, "text/csv")
    mine = call(idempotency_key="k")
    assert replace(mine, body=first).effect_id() != replace(mine, body=other).effect_id()
    assert (
        replace(mine, body=first, url="https://api.example.org/api/x").effect_id()
        == replace(mine, body=first).effect_id()
    )


def test_without_a_key_every_effect_is_its_own() -> None:
    assert call().effect_id() != call().effect_id()


def test_a_service_is_no_user() -> None:
    with pytest.raises(Unauthenticated):
        _ = call(user="").user


def test_a_bound_that_is_a_day_is_told_as_a_day() -> None:
    class Asked(Wire):
        day: Annotated[date, Field(ge=date(1900, 1, 1))]

    with pytest.raises(ValidationError) as refused:
        Asked.model_validate({"day": "1899-12-31"})
    (error,) = invalid(refused.value, "query").errors
    assert error.detail == "Input should be greater than or equal to 1900-01-01"


def test_what_was_sent_without_a_value_is_known_though_the_platform_drops_it() -> None:
    asked = replace(call(), url="http://localhost/api/x?keep_current=&limit=2&cursor")
    assert asked.blank == {"keep_current", "cursor"}
