"""What the platform refuses or decides silently, checked on the app's own functions."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import pytest

from core.platform.http.routes import FALLBACK, Route, routes
from function_app import app

ROOT = Path(__file__).parents[3]
ROUTES = list(routes(app))
app.functions_bindings = {}  # as in core/platform/http/routes.py
FUNCTIONS = [f for f in app.get_functions() if not str(f.get_function_name()).startswith("BuiltIn")]
"""Ours: the durable library adds functions of its own, with names of its own."""
HEAVY = ("openai", "langfuse", "azure.cosmos", "azure.storage", "azure.identity", "PIL", "numpy", "cv2")
LAZY = (*HEAVY, "aiohttp", "jwt", "cryptography", "pydantic", "pydantic_settings", "opentelemetry.sdk")
DOMAINS = tuple(f"core.{path.name}" for path in (ROOT / "core").iterdir() if path.name != "platform")


def test_indexing_loads_no_library_and_no_domain_that_a_request_may_not_need() -> None:
    script = (
        "import sys, function_app; [f.get_bindings() for f in function_app.app.get_functions()];"
        f"print([m for m in sys.modules if m in {LAZY!r} or m.startswith({DOMAINS!r})])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]", "name it as `from core import domain`, and use it inside functions"


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_a_route_takes_from_its_path_what_is_in_it(route: Route) -> None:
    taken = route.spec.path.model_fields if route.spec.path else {}
    assert taken.keys() == set(route.parameters)


def test_the_app_hides_secrets_from_its_logs() -> None:
    script = (
        "import logging; logging.basicConfig(); import function_app;"
        "logging.getLogger('azure.core').error('asked with %s', 'Bearer abcdefgh')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "asked with Bearer [hidden]" in done.stderr


def test_function_and_binding_names_are_ones_the_platform_takes() -> None:
    for function in FUNCTIONS:
        assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,127}", str(function.get_function_name()))
        for binding in function.get_bindings():
            assert re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,127}|\$return", binding.name), binding.name


def test_every_function_but_orchestrators_tells_its_invocations() -> None:
    untold = [
        function.get_function_name()
        for function in FUNCTIONS
        if ((trigger := function.get_trigger()) is None or trigger.type != "orchestrationTrigger")
        and "context" not in inspect.signature(function.get_user_function()).parameters
    ]
    assert untold == []


def test_fallback_sorts_last_of_all_functions() -> None:
    names = [str(function.get_function_name()).lower() for function in FUNCTIONS]
    assert max(names) == FALLBACK


def test_routes_are_written_out_below_api() -> None:
    assert [route.name for route in ROUTES if not route.template.startswith("api/")] == []


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_get_functions_answer_head_too(route: Route) -> None:
    assert ("GET" in route.methods) == ("HEAD" in route.methods)


def examples(template: str) -> list[str]:
    """Return URLs the template answers, one for each alternative of its parameters."""
    found = [""]
    for segment in template.split("/"):
        found = [f"{url}/{value}" for url in found for value in _values(segment)]
    return found


def _values(segment: str) -> list[str]:
    if not segment.startswith("{"):
        return [segment]
    constraint = segment.strip("{}").partition(":")[2]
    if constraint == "guid":
        return ["6f2d1dee-4096-5bb6-a83a-7c1bc71563c8"]
    choices = re.fullmatch(r"regex\(\^\(([\w|-]+)\)\$\)", constraint)
    assert choices, f"{segment}: constrain it with guid or regex(^(a|b)$), so that no two routes can overlap"
    return choices[1].split("|")


@pytest.mark.parametrize("route", [r for r in ROUTES if ":guid}" in r.template], ids=lambda route: route.name)
def test_an_id_in_a_path_is_read_in_either_case(route: Route) -> None:
    segments = [segment for segment in route.template.split("/") if segment.startswith("{")]
    values = {segment.strip("{}").partition(":")[0]: _values(segment)[0] for segment in segments}
    ids = [name for name in values if f"{{{name}:guid}}" in segments]
    assert route.spec.path is not None
    read = route.spec.path.model_validate(values | {name: values[name].upper() for name in ids})
    assert [getattr(read, name) for name in ids] == [values[name] for name in ids]


def test_no_two_routes_answer_one_url_and_method() -> None:
    for one, other in combinations(ROUTES, 2):
        same = set(examples(one.template)) & set(examples(other.template))
        assert not (same and set(one.methods) & set(other.methods)), f"{one.name} and {other.name}: {same}"


def test_handlers_are_thin() -> None:
    import inspect

    for route in ROUTES:
        body = inspect.getsource(route.spec.handler).splitlines()
        assert len(body) <= 26, f"{route.name} has {len(body)} lines; rules belong in core/"
