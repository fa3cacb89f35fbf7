"""The gateway's own decisions, with an invoker that only records."""

from __future__ import annotations

from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from devstack.functions.bindings import Binding, Function
from devstack.functions.cors import Cors
from devstack.functions.gateway import Gateway
from devstack.functions.invocation import Invoker
from devstack.functions.keys import Keys
from devstack.functions.messages import HostRequest, HostResponse
from devstack.functions.routing import RouteTable
from devstack.functions.worker import Outcome


class Recorder:
    """Answers as told and remembers what it was asked."""

    def __init__(self, outcome: Outcome | Exception) -> None:
        self.outcome = outcome
        self.calls: list[dict[str, Any]] = []

    async def run(self, function: Function, trigger: Any, **more: Any) -> Outcome:
        self.calls.append({"function": function.name, "trigger": trigger, **more})
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


class Part:
    """The admin API or a webhook."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def handle(self, request: HostRequest) -> HostResponse:
        return HostResponse(200, CIMultiDict(), f"{self.name} {request.path}".encode())


def http(name: str, route: str, level: str = "ANONYMOUS", *outputs: Binding) -> Function:
    trigger = Binding("req", "httpTrigger", "in", {"route": route, "authLevel": level, "methods": ["GET"]})
    return Function(name, name, (trigger, *(outputs or (Binding("$return", "http", "out", {}),))))


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys"))


def gateway(keys: Keys, invoker: Recorder, *functions: Function, **more: Any) -> Gateway:
    routes = RouteTable(functions or [http("books", "books/{id?}")], "api")
    return Gateway(routes, cast(Invoker, invoker), keys, Part("admin"), **more)


def get(target: str, **headers: str) -> HostRequest:
    return HostRequest(
        "GET", f"http://host{target}", CIMultiDict({k.replace("_", "-"): v for k, v in headers.items()})
    )


async def test_an_answer_carries_the_apps_and_the_hosts_headers(keys: Keys) -> None:
    recorder = Recorder(Outcome("1", return_value="x"))
    answer = await gateway(
        keys, recorder, response_headers={"X-Host": "h", "Content-Type": "no/never"}
    ).handle(get("/api/books/7?a=1", traceparent="tp", tracestate="ts"))
    assert (answer.status, answer.body) == (200, b"x")
    assert dict(answer.headers) == {"Content-Type": "text/plain; charset=utf-8", "X-Host": "h"}
    (call,) = recorder.calls
    assert (call["function"], call["trace_parent"], call["trace_state"], call["data"]) == (
        "books",
        "tp",
        "ts",
        {},
    )
    assert call["trigger"].value["params"]["id"].value == "7"


async def test_outputs_get_the_requests_values_as_binding_data(keys: Keys) -> None:
    recorder = Recorder(Outcome("1"))
    queue = Binding("out", "queue", "out", {"queueName": "{id}"})
    function = http("books", "books/{id}", "ANONYMOUS", queue, Binding("$return", "http", "out", {}))
    request = HostRequest("GET", "http://h/api/books/7?a=1", CIMultiDict({"X-A": "b"}), b'{"colour": "red"}')
    await gateway(keys, recorder, function).handle(request)
    data = recorder.calls[0]["data"]
    assert (data["id"], data["a"], data["colour"], data["headers"]["x-a"]) == ("7", "1", "red", "b")


@pytest.mark.parametrize("outcome", [Outcome("1", error="E: x", trace="secret"), RuntimeError("secret")])
async def test_whatever_fails_is_an_empty_500(keys: Keys, outcome: Outcome | Exception) -> None:
    answer = await gateway(keys, Recorder(outcome), cors=Cors(("*",))).handle(
        get("/api/books", Origin="http://a")
    )
    assert (answer.status, answer.body) == (500, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("level", "key", "status"),
    [
        ("ANONYMOUS", None, 200),
        ("FUNCTION", None, 401),
        ("FUNCTION", "function", 200),
        ("FUNCTION", "other", 401),
        ("FUNCTION", "host", 200),
        ("FUNCTION", "system", 401),
        ("FUNCTION", "master", 200),
        ("ADMIN", "function", 401),
        ("ADMIN", "host", 401),
        ("ADMIN", "master", 200),
    ],
)
async def test_authorisation(keys: Keys, level: str, key: str | None, status: int) -> None:
    known = {
        "function": keys.of_function("books")["default"],
        "other": keys.of_function("others")["default"],
        "host": keys.host()["default"],
        "system": keys.system_key("durabletask_extension"),
        "master": keys.master,
    }
    recorder = Recorder(Outcome("1", return_value="x"))
    target = "/api/books" + (f"?code={known[key]}" if key else "")
    answer = await gateway(keys, recorder, http("books", "books", level)).handle(get(target))
    assert (answer.status, len(recorder.calls)) == (status, int(status == 200))


async def test_the_hosts_own_parts(keys: Keys) -> None:
    host = gateway(keys, Recorder(Outcome("1")), webhooks={"durabletask": Part("durable")})
    assert (await host.handle(get("/Admin/host/ping"))).text == "admin /Admin/host/ping"
    assert (
        await host.handle(get("/runtime/webhooks/DurableTask/x"))
    ).text == "durable /runtime/webhooks/DurableTask/x"
    assert (await host.handle(get("/runtime/webhooks/other"))).status == 404
    assert (await host.handle(get("/runtime"))).status == 404
    assert (await host.handle(get("/administration"))).status == 404
    assert (await host.handle(get("/"))).headers["Content-Type"].startswith("text/html")
    quiet = gateway(keys, Recorder(Outcome("1")), homepage=False)
    assert (await quiet.handle(get("/"))).status == 204


async def test_a_named_http_output_is_the_answer(keys: Keys) -> None:
    function = http("books", "books", "ANONYMOUS", Binding("res", "http", "out", {}))
    answer = await gateway(keys, Recorder(Outcome("1", outputs={"res": "named"})), function).handle(
        get("/api/books")
    )
    assert answer.body == b"named"
    silent = await gateway(keys, Recorder(Outcome("1")), function).handle(get("/api/books"))
    assert silent.status == 204


@pytest.mark.parametrize("url", ["http://[bad/api/books", "http:///api/books"])
async def test_nonsense_for_a_host_is_a_400(keys: Keys, url: str) -> None:
    assert (await gateway(keys, Recorder(Outcome("1"))).handle(HostRequest("GET", url))).status == 400


@given(
    path=st.text(st.characters(codec="ascii"), max_size=30),
    query=st.text(st.characters(codec="ascii"), max_size=20),
)
async def test_no_path_breaks_it(keys: Keys, path: str, query: str) -> None:
    recorder = Recorder(Outcome("1", return_value="x"))
    answer = await gateway(keys, recorder, http("all", "{*rest}"), http("books", "books/{id:int}")).handle(
        get(f"/{path}?{query}")
    )
    assert answer.status in {200, 204, 400, 404}
