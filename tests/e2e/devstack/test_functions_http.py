"""The functions host over real HTTP, with an app that has nothing in common with ours."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
from yarl import URL

APPS = Path(__file__).parents[2] / "apps"
SETTINGS = {
    "WING": "east",
    "AzureWebJobs.hidden.Disabled": "true",
    "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT": "3000000",
}


@pytest.fixture(scope="session")
async def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shelf-state")


@pytest.fixture(scope="session")
async def shelf(run_host: Any, state: Path) -> AsyncIterator[Any]:
    async with run_host(
        APPS / "shelf", "--port", "0", "--state-dir", str(state), environment=SETTINGS
    ) as host:
        yield host


@pytest.fixture
def keys(shelf: Any, state: Path) -> dict[str, Any]:
    kept: dict[str, Any] = json.loads((state / "secrets.json").read_text())
    return kept


async def call(http: aiohttp.ClientSession, method: str, url: str, **more: Any) -> tuple[int, Any, bytes]:
    async with http.request(method, URL(url, encoded=True), **more) as response:
        return response.status, response.headers, await response.read()


async def head_of_answer(url: str, message: bytes) -> bytes:
    """Status line and headers that come back for exactly these bytes."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(message)
    async with asyncio.timeout(20):
        answer = await reader.readuntil(b"\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    return answer


async def test_it_lists_the_functions_at_start(shelf: Any) -> None:
    assert f"    cover: [GET,HEAD] {shelf.url}/api/cover" in shelf.lines
    assert f"    echo: [ALL] {shelf.url}/api/echo/{{*rest}}" in shelf.lines
    assert "    inventory: timerTrigger" in shelf.lines
    assert "    hidden: disabled" in shelf.lines


async def test_the_worker_sees_the_request_as_in_azure(shelf: Any, http: aiohttp.ClientSession) -> None:
    status, headers, body = await call(
        http,
        "POST",
        f"{shelf.url}/api/echo/a%20b/%C3%A9?x=1&x=2&empty=&q=a%2Bb",
        data=b"hello",
        headers=[("X-Tag", "one"), ("X-Tag", "two"), ("Content-Type", "text/plain")],
    )
    seen = json.loads(body)
    assert (status, headers["Content-Type"]) == (200, "application/json")
    assert headers["X-Library"] == "shelf"
    assert seen["method"] == "POST"
    assert seen["url"] == f"{shelf.url}/api/echo/a%20b/%C3%A9?x=1&x=2&empty=&q=a%2Bb"
    assert seen["query"] == {"x": "1,2", "q": "a+b"}
    assert seen["route"] == {"rest": "a b/é"}
    assert seen["headers"]["x-tag"] == "one,two"
    assert seen["sha256"] == hashlib.sha256(b"hello").hexdigest()


@pytest.mark.parametrize("size", [0, 1, 65_537, 2_999_999])
async def test_bytes_come_back_as_they_went(shelf: Any, http: aiohttp.ClientSession, size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    answer = await call(
        http,
        "POST",
        f"{shelf.url}/api/mirror",
        data=io.BytesIO(content[:size]),
        headers={"Content-Type": "image/png"},
    )
    assert (answer[0], answer[1]["Content-Type"], answer[2] == content[:size]) == (201, "image/png", True)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "made-up"])
async def test_a_packed_body_arrives_as_it_was_sent(
    shelf: Any, http: aiohttp.ClientSession, coding: str
) -> None:
    sent = {"data": b"not packed at all", "headers": {"Content-Encoding": coding}}
    status, _, body = await call(http, "POST", f"{shelf.url}/api/mirror", **sent)
    assert (status, body) == (201, b"not packed at all")


async def test_a_chunked_body_arrives(shelf: Any, http: aiohttp.ClientSession) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"one,"
        yield b"two"

    assert (await call(http, "POST", f"{shelf.url}/api/mirror", data=chunks()))[2] == b"one,two"


async def test_a_body_over_the_limit_is_refused(shelf: Any, http: aiohttp.ClientSession) -> None:
    announced = await head_of_answer(
        shelf.url,
        b"POST /api/mirror HTTP/1.1\r\nHost: h\r\nContent-Length: 3000001\r\nConnection: close\r\n\r\n",
    )
    assert announced.startswith(b"HTTP/1.1 413")
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    chunked = await head_of_answer(
        shelf.url,
        b"POST /api/mirror HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        + chunk * 46
        + b"0\r\n\r\n",
    )
    assert chunked.startswith(b"HTTP/1.1 413")
    assert b"Content-Length: 0" in chunked
    assert (await call(http, "GET", f"{shelf.url}/api/text"))[0] == 200


async def test_a_client_that_waits_for_100_is_told_to_go_on(shelf: Any) -> None:
    parts = urlsplit(shelf.url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(
        b"POST /api/mirror HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n"
        b"Expect: 100-continue\r\nConnection: close\r\n\r\n"
    )
    async with asyncio.timeout(20):
        assert await reader.readline() == b"HTTP/1.1 100 Continue\r\n"
        writer.write(b"ok")
        assert (await reader.read()).endswith(b"ok")
    writer.close()
    await writer.wait_closed()


async def test_cookies_and_headers(shelf: Any, http: aiohttp.ClientSession) -> None:
    status, headers, body = await call(http, "GET", f"{shelf.url}/api/cookies")
    assert (status, headers["X-Jar"], body) == (200, "full", b"baked")
    assert headers["Content-Type"] == "text/plain; charset=utf-8"
    assert headers.getall("Set-Cookie") == [
        "session=a%20b%3Dc; max-age=60; path=/; secure; samesite=lax; httponly",
        "theme=dark; expires=Wed, 21 Oct 2026 07:28:00 GMT",
    ]


async def test_charset(shelf: Any, http: aiohttp.ClientSession) -> None:
    _, headers, body = await call(http, "GET", f"{shelf.url}/api/charset")
    assert (headers["Content-Type"], body) == ("text/csv; charset=iso-8859-1", "größe".encode("latin-1"))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("text", (200, b"plain")),
        ("shaped", (418, b'{\n  "stout": true\n}')),
        ("nothing", (500, b"")),
        ("named", (202, b"by name")),
        ("east/setting/WING", (200, b"east")),
        ("east/setting/FUNCTIONS_WORKER_RUNTIME", (200, b"python")),
        ("east/setting/AzureWebJobsScriptRoot", (200, str(APPS / "shelf").encode())),
    ],
)
async def test_what_functions_return(
    shelf: Any, http: aiohttp.ClientSession, path: str, expected: tuple[int, bytes]
) -> None:
    status, _, body = await call(http, "GET", f"{shelf.url}/api/{path}")
    assert (status, body) == expected


async def test_the_app_knows_its_own_address(shelf: Any, http: aiohttp.ClientSession) -> None:
    _, _, body = await call(http, "GET", f"{shelf.url}/api/east/setting/WEBSITE_HOSTNAME")
    assert f"http://{body.decode()}" == shelf.url


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "books/12", {"function": "book_by_number", "number": "12"}),
        ("GET", "BOOKS/12/", {"function": "book_by_number", "number": "12"}),
        ("GET", "books/Emma", {"function": "book_by_title", "title": "Emma"}),
        ("GET", "books/978-3", {"function": "book_by_isbn", "isbn": "978-3"}),
        ("DELETE", "books/1", {"function": "change_book", "number": "1"}),
        ("GET", "shelves", {"function": "shelf_page", "shelf": "fiction"}),
        ("GET", "shelves/poetry", {"function": "shelf_page", "shelf": "poetry"}),
        ("GET", "shelves/poetry/2", {"function": "shelf_page", "shelf": "poetry", "page": "2"}),
        ("GET", "order/literal", {"function": "a_order_by_parameter", "what": "literal"}),
        ("GET", "scans/page.one.png", {"function": "scan", "name": "page.one", "kind": "png"}),
        ("GET", "scans/page", {"function": "scan", "name": "page"}),
    ],
)
async def test_routes(
    shelf: Any, http: aiohttp.ClientSession, method: str, path: str, expected: dict[str, str]
) -> None:
    status, _, body = await call(http, method, f"{shelf.url}/api/{path}")
    assert (status, json.loads(body)) == (200, expected)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "api/unknown"),
        ("GET", "books/12"),
        ("GET", "api/books/0"),
        ("GET", "api/books/a1"),
        ("GET", "api/shelves/poetry/two"),
        ("POST", "api/text"),
        ("HEAD", "api/text"),
        ("OPTIONS", "api/text"),
        ("GET", "api/hidden"),
        ("GET", "runtime/webhooks/durabletask/instances"),
        ("GET", "admin/unknown"),
    ],
)
async def test_what_is_not_there_is_an_empty_404(
    shelf: Any, http: aiohttp.ClientSession, method: str, path: str
) -> None:
    status, _, body = await call(http, method, f"{shelf.url}/{path}")
    assert (status, body) == (404, b"")


async def test_head_says_what_get_would_send(shelf: Any, http: aiohttp.ClientSession) -> None:
    got = await call(http, "GET", f"{shelf.url}/api/cover")
    head = await call(http, "HEAD", f"{shelf.url}/api/cover")
    assert (head[0], head[2]) == (200, b"")
    for name in ("Content-Length", "Content-Type", "ETag"):
        assert head[1][name] == got[1][name]


async def test_an_error_is_an_empty_500_and_a_trace_in_the_log(
    shelf: Any, http: aiohttp.ClientSession
) -> None:
    status, headers, body = await call(http, "GET", f"{shelf.url}/api/fail")
    assert (status, body) == (500, b"")
    assert "secret" not in str(headers)
    await shelf.saw("Executed 'Functions.fail' (Failed, Id=")
    await shelf.saw("LookupError: the secret shelf is 42")


async def test_a_call_over_the_timeout_is_a_500(shelf: Any, http: aiohttp.ClientSession) -> None:
    assert (await call(http, "GET", f"{shelf.url}/api/forever"))[0] == 500
    await shelf.saw("exceeded the timeout of 3 s")


@pytest.mark.parametrize("path", ["meet", "meet-thread"])
async def test_calls_run_at_the_same_time(shelf: Any, http: aiohttp.ClientSession, path: str) -> None:
    """Both wait for each other: one after the other would never answer."""
    answers = await asyncio.gather(*(call(http, "POST", f"{shelf.url}/api/{path}") for _ in range(2)))
    assert [answer[0] for answer in answers] == [200, 200]


async def test_keys_open_what_they_should(
    shelf: Any, http: aiohttp.ClientSession, keys: dict[str, Any]
) -> None:
    host, master = keys["function_keys"]["default"], keys["master"]
    for path, key, expected in [
        ("staff", None, 401),
        ("staff", "wrong", 401),
        ("staff", host, 200),
        ("staff", master, 200),
        ("vault", None, 401),
        ("vault", host, 401),
        ("vault", master, 200),
    ]:
        by_header = await call(
            http, "GET", f"{shelf.url}/api/{path}", headers={"x-functions-key": key} if key else {}
        )
        by_query = await call(http, "GET", f"{shelf.url}/api/{path}" + (f"?code={key}" if key else ""))
        assert (path, by_header[0], by_query[0]) == (path, expected, expected)
        assert expected == 200 or (by_header[2], by_query[2]) == (b"", b"")


async def test_admin_api(shelf: Any, http: aiohttp.ClientSession, keys: dict[str, Any]) -> None:
    admin = {"x-functions-key": keys["master"]}
    assert (await call(http, "GET", f"{shelf.url}/admin/host/ping"))[0] == 200
    for path in (
        "host/status",
        "host/tasks",
        "functions",
        "functions/echo",
        "functions/echo/status",
        "host/keys",
    ):
        assert (await call(http, "GET", f"{shelf.url}/admin/{path}"))[::2] == (401, b"")
        assert (await call(http, "GET", f"{shelf.url}/admin/{path}", headers=admin))[0] == 200
    _, _, body = await call(http, "GET", f"{shelf.url}/admin/host/status", headers=admin)
    assert json.loads(body)["state"] == "Running"
    _, _, body = await call(http, "GET", f"{shelf.url}/admin/functions", headers=admin)
    functions = {function["name"]: function for function in json.loads(body)}
    assert functions["hidden"]["isDisabled"] is True
    assert functions["cover"]["invoke_url_template"] == f"{shelf.url}/api/cover"
    assert functions["inventory"]["config"]["bindings"][0]["schedule"] == "0 0 0 1 1 *"
    assert (await call(http, "GET", f"{shelf.url}/admin/functions/none", headers=admin))[0] == 404


async def test_a_function_is_run_by_hand(
    shelf: Any, http: aiohttp.ClientSession, keys: dict[str, Any]
) -> None:
    url, admin = f"{shelf.url}/admin/functions", {"x-functions-key": keys["master"]}
    assert (await call(http, "POST", f"{url}/inventory", json={"input": ""}))[0] == 401
    assert (await call(http, "POST", f"{url}/inventory", data=b"{", headers=admin))[0] == 400
    assert (await call(http, "POST", f"{url}/echo", json={"input": ""}, headers=admin))[0] == 400
    assert (await call(http, "POST", f"{url}/none", json={"input": ""}, headers=admin))[0] == 404
    assert (await call(http, "POST", f"{url}/inventory", json={"input": ""}, headers=admin))[::2] == (
        202,
        b"",
    )
    await shelf.saw("Executed 'Functions.inventory' (Succeeded")
    assert json.loads((await call(http, "GET", f"{shelf.url}/api/inventory"))[2]) == {"runs": 1}


async def test_keys_are_managed(shelf: Any, http: aiohttp.ClientSession, keys: dict[str, Any]) -> None:
    url, admin = f"{shelf.url}/admin/functions/staff/keys", {"x-functions-key": keys["master"]}
    made = await call(http, "POST", f"{url}/partner", headers=admin)
    key = json.loads(made[2])["value"]
    assert made[0] == 201
    assert (await call(http, "GET", f"{shelf.url}/api/staff?code={key}"))[0] == 200
    assert (await call(http, "GET", f"{shelf.url}/api/vault?code={key}"))[0] == 401
    assert (await call(http, "PUT", f"{url}/partner", json={"value": "chosen"}, headers=admin))[0] == 200
    assert (await call(http, "GET", f"{shelf.url}/api/staff?code={key}"))[0] == 401
    assert (await call(http, "DELETE", f"{url}/partner", headers=admin))[0] == 204
    assert (await call(http, "DELETE", f"{url}/partner", headers=admin))[0] == 404
    assert (await call(http, "DELETE", f"{shelf.url}/admin/host/keys/_master", headers=admin))[0] == 400
    _, _, body = await call(http, "GET", f"{shelf.url}/admin/host/systemkeys/_master", headers=admin)
    assert json.loads(body)["value"] == keys["master"]


async def test_the_root_says_it_runs(shelf: Any, http: aiohttp.ClientSession) -> None:
    status, headers, _ = await call(http, "GET", f"{shelf.url}/")
    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")


async def test_a_taken_port_is_one_sentence(shelf: Any, start_host: Any) -> None:
    port = urlsplit(shelf.url).port
    for more in ((), ("--reload",)):
        host = await start_host(APPS / "shelf", "--port", str(port), *more, environment=SETTINGS)
        assert await host.ended() == 1
        assert len(host.lines) == 1
        assert str(port) in host.output


@pytest.mark.parametrize(
    ("app", "says"),
    [
        ("annotation", "Python type annotation int"),
        ("binding", "declared as bindings but are not present in Python: {'orders'}"),
        (
            "binding_name",
            "The binding name http_request is invalid. Please assign a valid name to the binding.",
        ),
        ("conflict", "The route specified conflicts with the route defined by function 'add_book'."),
        ("constraint", "The constraint reference 'integer' could not be resolved to a type."),
        ("duplicate", "Function books does not have a unique function name."),
        ("function_name", "'_list_books' is not a valid function name."),
        ("import", "No module named 'a_library_nobody_installed'"),
        ("listener", "'eventHubTrigger', which this host does not run"),
        ("object", "Could not find top level function app instances in function_app.py."),
        ("parameter", "declared in Python but not in the function definition"),
        ("reserved", "The specified route conflicts with one or more built in routes."),
        ("setting", "'%STOCKTAKING_SCHEDULE%' does not resolve to a value"),
        ("trigger", "Function idle does not have a trigger."),
    ],
)
async def test_a_wrong_declaration_refuses_the_start(
    start_host: Any, tmp_path: Path, app: str, says: str
) -> None:
    host = await start_host(APPS / f"broken_{app}", "--port", "0", "--state-dir", str(tmp_path))
    assert await host.ended() == 1
    assert says in host.output
    assert "listening" not in host.output


@pytest.mark.parametrize(
    ("files", "environment", "says"),
    [
        ({}, {}, "has no host.json"),
        ({"host.json": "{}"}, {}, "version"),
        ({"host.json": '{"version": "2.0"}'}, {}, "Could not find function_app.py"),
        ({"host.json": '{"version": "2.0"}', "function_app.py": "def :"}, {}, "SyntaxError"),
        ({"local.settings.json": '{"IsEncrypted": true}'}, {}, "func settings decrypt"),
        (
            {"host.json": '{"version": "2.0"}'},
            {"FUNCTIONS_WORKER_RUNTIME": "node"},
            "FUNCTIONS_WORKER_RUNTIME is 'node'",
        ),
    ],
)
async def test_a_folder_that_is_no_app_is_one_clear_message(
    start_host: Any, tmp_path: Path, files: dict[str, str], environment: dict[str, str], says: str
) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    host = await start_host(tmp_path, "--port", "0", environment=environment)
    assert await host.ended() == 1
    assert says in host.output
    assert "Traceback" not in host.output


APP = """
import azure.functions as func
app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)

@app.route(route="version")
def version(req: func.HttpRequest) -> str:
    return "{}"
"""


def write_app(folder: Path, version: str) -> None:
    (folder / "host.json").write_text('{"version": "2.0"}')
    (folder / "function_app.py").write_text(APP.format(version))


async def test_reload(run_host: Any, http: aiohttp.ClientSession, tmp_path: Path) -> None:
    write_app(tmp_path, "one")
    async with run_host(tmp_path, "--port", "0", "--reload") as host:
        assert (await call(http, "GET", f"{host.url}/api/version"))[2] == b"one"
        (tmp_path / "notes.txt").write_text("not the app's")
        (tmp_path / "function_app.py").write_text("def broken(:")
        await host.saw("Reloading: function_app.py changed")
        await host.saw("SyntaxError")
        await host.saw("waiting for a change")
        write_app(tmp_path, "two")
        await host.saw("Functions host listening on ", times=2)
        assert (await call(http, "GET", f"{host.url}/api/version"))[2] == b"two"
        (tmp_path / "host.json").write_text(
            '{"version": "2.0", "extensions": {"http": {"routePrefix": "v3"}}}'
        )
        await host.saw("Functions host listening on ", times=3)
        assert (await call(http, "GET", f"{host.url}/v3/version"))[2] == b"two"
    assert "notes.txt" not in host.output
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", urlsplit(host.url).port)) != 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_requests_in_flight_finish(
    run_host: Any, http: aiohttp.ClientSession, tmp_path: Path, number: signal.Signals
) -> None:
    async with run_host(
        APPS / "shelf", "--port", "0", "--state-dir", str(tmp_path), environment=SETTINGS
    ) as host:
        held = asyncio.create_task(call(http, "GET", f"{host.url}/api/hold?until={tmp_path / 'released'}"))
        await host.saw("Executing 'Functions.hold'")
        host.signal(number)
        await host.saw("Stopping: requests in flight may finish.")
        (tmp_path / "released").touch()
        assert (await held)[::2] == (200, b"held")
        assert await host.ended() == 0


async def test_settings_files_and_another_port(
    run_host: Any, http: aiohttp.ClientSession, tmp_path: Path
) -> None:
    write_app(tmp_path, "x")
    document = {
        "Values": {"AzureFunctionsJobHost__extensions__http__routePrefix": "other"},
        "Host": {"CORS": "*"},
    }
    (tmp_path / "mine.json").write_text(json.dumps(document))
    async with run_host(tmp_path, "--port", "0", "--local-settings", str(tmp_path / "mine.json")) as host:
        status, headers, body = await call(
            http, "GET", f"{host.url}/other/version", headers={"Origin": "http://a"}
        )
        assert (status, body, headers["Access-Control-Allow-Origin"]) == (200, b"x", "*")


CLIENT = """
import asyncio, json, sys
from pathlib import Path
from devstack.functions.client import AppClient
from devstack.functions.worker import FunctionLoadError, Worker

app, state, other, settings = (json.loads(text) for text in sys.argv[1:])
PATHS = "/api/text", "/api/staff", "/api/none", "/api/fail"

async def main():
    for _ in range(2):
        async with AppClient(Path(app), settings=settings, state_dir=Path(state)) as client:
            echo = await client.post("/api/echo/a b?x=1", json_body={"a": 1})
            statuses = [(await client.get(path)).status for path in PATHS]
    try:
        Worker.load(Path(other))
    except FunctionLoadError as error:
        print(json.dumps([echo.json()["route"], echo.headers["Content-Type"], statuses, str(error)]))

asyncio.run(main())
"""


async def test_the_in_process_client_uses_the_same_gateway(tmp_path: Path) -> None:
    """In a process of its own: the worker library holds one app per process."""
    arguments = (str(APPS / "shelf"), str(tmp_path), str(APPS / "broken_object"), SETTINGS)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", CLIENT, *map(json.dumps, arguments)),
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    )
    async with asyncio.timeout(40):
        out, _ = await process.communicate()
    route, content_type, statuses, refused = json.loads(out)
    assert (route, content_type, statuses) == ({"rest": "a b"}, "application/json", [200, 401, 404, 500])
    assert "one app per process" in refused
