"""Who gets the console's key, which files it serves, and that no route of an app is shadowed by it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
from multidict import CIMultiDict

from devstack.functions import webconsole
from devstack.functions.admin import Admin
from devstack.functions.bindings import Binding, Function
from devstack.functions.gateway import Gateway
from devstack.functions.invocation import Invoker
from devstack.functions.invocation_log import InvocationLog
from devstack.functions.keys import Keys
from devstack.functions.messages import HostRequest, HostResponse
from devstack.functions.queues import Queues
from devstack.functions.routing import RouteTable
from devstack.functions.webconsole import Console
from devstack.functions.worker import Outcome, Worker

OWN = {"Sec-Fetch-Site": "same-origin"}


class Echo:
    """Invokes nothing: every function answers with its name."""

    async def run(self, function: Function, trigger: Any, **more: Any) -> Outcome:
        return Outcome("1", return_value=function.name)


def http(name: str, route: str) -> Function:
    trigger = Binding("req", "httpTrigger", "in", {"route": route, "authLevel": "ANONYMOUS"})
    return Function(name, name, (trigger, Binding("$return", "http", "out", {})))


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(tmp_path)


def gateway(keys: Keys, folder: Path, *functions: Function) -> Gateway:
    worker, invoker = Worker(folder, functions, None), cast(Invoker, Echo())
    routes = RouteTable(functions, "")
    page = Console(worker, functions, InvocationLog(), cast(Queues, None), keys)
    admin = Admin(worker, routes, invoker, keys, frozenset())
    admin.add(page.endpoints())
    return Gateway(routes, invoker, keys, admin, pages={webconsole.PATH: page})


async def ask(host: Gateway, method: str, url: str, **headers: str) -> HostResponse:
    return await host.handle(HostRequest(method, url, CIMultiDict(headers)))


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]"])
async def test_the_page_itself_gets_the_key(keys: Keys, tmp_path: Path, name: str) -> None:
    answer = await ask(gateway(keys, tmp_path), "POST", f"http://{name}:7071/admin/console/session", **OWN)
    assert answer.json() == {"key": keys.master}
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("host", "headers"),
    [
        ("localhost", {}),
        ("localhost", {"Sec-Fetch-Site": "same-site"}),
        ("localhost", {"Sec-Fetch-Site": "cross-site"}),
        ("localhost", {"Sec-Fetch-Site": "none"}),
        ("rebound.example", OWN),
        ("localhost.example", OWN),
        ("10.0.0.7", OWN),
    ],
)
async def test_nobody_else_does(keys: Keys, tmp_path: Path, host: str, headers: dict[str, str]) -> None:
    url = f"http://{host}:7071/admin/console/session"
    answer = await ask(gateway(keys, tmp_path), "POST", url, **headers)
    assert (answer.status, answer.body) == (403, b"")


@pytest.mark.parametrize("path", ["functions", "functions/x", "queues", "routes"])
async def test_what_it_tells_needs_the_key(keys: Keys, tmp_path: Path, path: str) -> None:
    answer = await ask(gateway(keys, tmp_path), "GET", f"http://localhost/admin/console/{path}", **OWN)
    assert answer.status == 401


async def test_a_route_of_the_app_goes_before_the_page(keys: Keys, tmp_path: Path) -> None:
    url = "http://localhost/console"
    plain = await ask(gateway(keys, tmp_path, http("books", "books")), "GET", url)
    assert b'src="/admin/console/main.js"' in plain.body
    own = await ask(gateway(keys, tmp_path, http("mine", "console")), "GET", url)
    assert own.body == b"mine"


async def test_every_file_the_page_names_is_served_with_its_type_and_policy(
    keys: Keys, tmp_path: Path
) -> None:
    host = gateway(keys, tmp_path)
    for file in webconsole.FILES.rglob("*.*"):
        name = file.relative_to(webconsole.FILES).as_posix()
        answer = await ask(host, "GET", f"http://localhost/admin/console/{name}")
        assert (answer.status, answer.body) == (200, file.read_bytes())
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        if name != "frame.html":
            assert "unsafe" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "name",
    ["nothing.js", "../functions/keys.py", "%2e%2e/functions/keys.py", "..%2ffunctions/keys.py", "panels"],
)
async def test_nothing_else_is_served(keys: Keys, tmp_path: Path, name: str) -> None:
    answer = await ask(gateway(keys, tmp_path), "GET", f"http://localhost/admin/console/{name}")
    assert (answer.status, answer.body) == (404, b"")
