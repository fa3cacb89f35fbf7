"""Reading what a caller sent: versions, media types, effect ids."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AfterValidator, Field, ValidationError, field_validator

from core.platform.errors import Malformed, Unauthenticated
from core.platform.http import Call, Principal, Uploaded
from core.platform.http.problem import invalid
from core.platform.models import ListQuery, Wire


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


def test_who_calls_and_what_they_hold_is_read_as_it_came() -> None:
    signed = replace(call(if_none_match='W/"a"'), principal=Principal("anna", session_id="s"))
    assert (signed.user, signed.session_id, signed.if_none_match) == ("anna", "s", 'W/"a"')
    nobody = call(user="")
    assert (nobody.session_id, nobody.if_none_match, nobody.idempotency_key) == (None, None, None)


def test_what_is_asked_has_one_fingerprint_and_all_of_it_counts() -> None:
    class Coat(Wire):
        name: str

    asked = replace(call(), body=Coat(name="Parka"), url="http://localhost/api/x?limit=2")
    others = [
        replace(asked, **changed)
        for changed in (
            {"method": "PUT"},
            {"url": "http://localhost/api/y?limit=2"},
            {"url": "http://localhost/api/x?limit=3"},
            {"body": Coat(name="Duffle")},
            {"body": Uploaded(b"Parka", None, "text/plain")},
            {"body": None},
        )
    ]
    assert len({one.fingerprint() for one in (asked, *others)}) == 1 + len(others)
    same = replace(asked, body=Coat(name="Parka"), url="https://other.example/api/x?limit=2", request_id="q")
    assert same.fingerprint() == asked.fingerprint()


def test_an_effect_has_the_same_id_after_a_deploy() -> None:
    assert call(idempotency_key="k").effect_id() == "e1d7bd5e-49f3-5454-9886-b78a40954875"


def test_an_effect_belongs_to_its_route() -> None:
    mine = call(idempotency_key="k")
    assert mine.effect_id() != replace(mine, route="make_y").effect_id()


@given(st.permutations(["a/x;q=0.2", "b/*;q=0.5", "*/*;q=0.1", "b/y;q=0"]))
def test_the_most_specific_range_counts_in_whatever_order_they_come(ranges: list[str]) -> None:
    asked = call(accept=", ".join(ranges))
    assert asked.preferred("c/z", "a/x", "b/x") == "b/x"
    assert asked.preferred("c/z", "a/x", "b/y") == "a/x"
    assert asked.preferred("b/y") is None
    assert asked.preferred("c/z", "d/z") == "c/z"


def test_a_type_without_a_grade_is_wanted_most() -> None:
    assert call(accept="a/x;q=0.9, b/x;v=1").preferred("a/x", "b/x") == "b/x"
    assert call(accept="b/x, a/x;q=1.0").preferred("a/x", "b/x") == "a/x"


def test_of_many_faults_fifty_are_told_and_five_are_named() -> None:
    class Asked(Wire):
        words: list[Annotated[str, Field(max_length=2, min_length=2)]]

    with pytest.raises(ValidationError) as refused:
        Asked.model_validate({"words": ["x" * 3] * 60})
    found = invalid(refused.value, "query")
    assert [error.pointer for error in found.errors] == [f"/words/{n}" for n in range(50)]
    assert found.detail == "Check /words/0, /words/1, /words/2, /words/3, /words/4 in the query."
    assert {error.location for error in found.errors} == {"query"}
    with pytest.raises(ValidationError) as refused:
        Asked.model_validate({"words": 3})
    assert invalid(refused.value, "body").detail == "Check /words in the body."


def test_a_text_is_too_long_in_characters_and_a_list_in_items() -> None:
    class Asked(Wire):
        name: Annotated[str, AfterValidator(str.strip), Field(min_length=2, max_length=2)]
        words: Annotated[list[str], Field(min_length=2, max_length=2)]

    for name, words in (("abc", ["a", "b", "c"]), ("a", ["a"])):
        with pytest.raises(ValidationError) as refused:
            Asked.model_validate({"name": name, "words": words})
        of_name, of_words = (error.detail for error in invalid(refused.value, "body").errors)
        assert ("2 characters" in of_name, "2 items" in of_words) == (True, True)


def test_what_a_rule_of_our_own_says_is_told_as_it_is() -> None:
    class Asked(Wire):
        day: str

        @field_validator("day")
        @classmethod
        def _known(cls, value: str) -> str:
            raise ValueError("is no day")

    with pytest.raises(ValidationError) as refused:
        Asked.model_validate({"day": "x"})
    assert [error.detail for error in invalid(refused.value, "body").errors] == ["is no day"]


def test_broken_json_says_where() -> None:
    with pytest.raises(ValidationError) as refused:
        ListQuery.model_validate_json(b'{"limit": ')
    found = invalid(refused.value, "body")
    assert isinstance(found, Malformed)
    assert re.fullmatch(r"The body is not JSON: .+ at line 1 column \d+\.", found.detail)


def test_a_bound_that_is_a_day_is_told_as_a_day() -> None:
    class Asked(Wire):
        day: Annotated[date, Field(ge=date(1900, 1, 1))]
        checked: Annotated[date, AfterValidator(lambda day: day), Field(ge=date(1900, 1, 1))]

    with pytest.raises(ValidationError) as refused:
        Asked.model_validate({"day": "1899-12-31", "checked": "1899-12-31"})
    found = [error.detail for error in invalid(refused.value, "query").errors]
    assert found == ["Input should be greater than or equal to 1900-01-01"] * 2


def test_what_was_sent_without_a_value_is_known_though_the_platform_drops_it() -> None:
    asked = replace(call(), url="http://localhost/api/x?keep_current=&limit=2&cursor")
    assert asked.blank == {"keep_current", "cursor"}
