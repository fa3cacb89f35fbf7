"""Which function answers: order, methods, prefixes, and the declarations the platform refuses."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devstack.functions.bindings import Binding, Function
from devstack.functions.routing import DeclarationError, RouteTable


def http(name: str, route: str | None = None, methods: list[str] | None = None, **more: Any) -> Function:
    properties = {"route": route, "methods": methods, **more}
    trigger = Binding("req", "httpTrigger", "in", {k: v for k, v in properties.items() if v is not None})
    return Function(name, name, (trigger, Binding("$return", "http", "out", {})))


def found(table: RouteTable, method: str, path: str) -> str | None:
    match = table.find(method, path)
    return match[0].function.name if match else None


def test_the_name_decides_not_the_literal() -> None:
    table = RouteTable([http("b_literal", "x/y"), http("A_parameter", "x/{z}")], "api")
    assert found(table, "GET", "/api/x/y") == "A_parameter"


def test_a_constraint_lets_the_next_one_have_it() -> None:
    table = RouteTable([http("b", "x/{z}"), http("a", "x/{z:int}")], "api")
    assert (found(table, "GET", "/api/x/1"), found(table, "GET", "/api/x/y")) == ("a", "b")


def test_methods_are_exact_and_none_means_all() -> None:
    table = RouteTable([http("a", "x", ["GET"]), http("b", "y")], "")
    assert found(table, "get", "/x") == "a"
    assert found(table, "HEAD", "/x") is None
    assert found(table, "BREW", "/y") == "b"


def test_the_route_defaults_to_the_name_and_takes_the_prefix() -> None:
    assert found(RouteTable([http("books")], "v1/api"), "GET", "/V1/Api/Books") == "books"
    assert found(RouteTable([http("books")], ""), "GET", "/books") == "books"


def test_one_text_may_serve_several_functions_with_other_methods() -> None:
    table = RouteTable([http("a", "x", ["GET"]), http("b", "x", ["POST"])], "api")
    assert (found(table, "GET", "/api/x"), found(table, "POST", "/api/x")) == ("a", "b")


@pytest.mark.parametrize(
    ("functions", "says"),
    [
        ([http("a", "admin/x")], "conflicts with one or more built in routes"),
        ([http("a", "/Runtime")], "conflicts with one or more built in routes"),
        ([http("administration")], "conflicts with one or more built in routes"),
        ([http("a", "x"), http("b", "X/", ["GET"])], "conflicts with the route defined by function 'a'"),
        ([http("a", "x", ["GET", "PUT"]), http("b", "x", ["PUT"])], "conflicts with the route defined by"),
        ([http("a", "x"), http("A", "y")], "must be unique"),
        ([http("1a", "x")], "'1a' is not a valid function name"),
        ([http("a" * 129, "x")], "is not a valid function name"),
        ([http("a", "x/{y:never}")], "'never' could not be resolved"),
        (
            [Function("a", "a", (Binding("my_timer", "timerTrigger", "in", {}),))],
            "The binding name my_timer is invalid",
        ),
    ],
)
def test_what_the_platform_refuses(functions: list[Function], says: str) -> None:
    with pytest.raises(DeclarationError, match=says):
        RouteTable(functions, "api")


def test_a_route_under_api_may_say_admin() -> None:
    assert found(RouteTable([http("a", "api/admin/x")], ""), "GET", "/api/admin/x") == "a"


segment = st.sampled_from(["x", "y", "{p}", "{p:int}", "1"])
routes = st.lists(st.lists(segment, min_size=1, max_size=3, unique=True), min_size=1, max_size=6)


@given(routes, st.lists(st.sampled_from(["x", "y", "1", "z"]), min_size=1, max_size=3))
def test_first_by_name_that_matches_wins(parts: list[list[str]], path: list[str]) -> None:
    """Against the slowest possible router."""
    functions = [
        http(
            f"f{number}",
            "/".join(s.replace("p", f"p{i}", 1) for i, s in enumerate(segments)),
            [f"M{number}", "GET"],
        )
        for number, segments in enumerate({tuple(p) for p in parts})
    ]

    def matches(function: Function) -> bool:
        segments = function.trigger.properties["route"].split("/")
        return len(segments) == len(path) and all(
            given.isdecimal() if ":int" in wanted else wanted.startswith("{") or wanted == given
            for wanted, given in zip(segments, path, strict=True)
        )

    expected = next((f.name for f in sorted(functions, key=lambda f: f.name) if matches(f)), None)
    assert found(RouteTable(functions, "api"), "GET", "/api/" + "/".join(path)) == expected
