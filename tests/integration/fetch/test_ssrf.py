"""Nothing private is contacted, whatever the URL, the resolver or a redirect says.

Every socket that the fetcher opens leads to a canary, whatever address it is for: had any check let go, the
canary would have seen a connection.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from yarl import URL

from core.platform.fetch import PAGES, Fetched, FetchRefused, Unreachable, targets
from core.platform.fetch.connecting import CheckedResolver, CheckedSockets, look_up
from core.platform.fetch.fetching import Fetcher
from devstack import certificate
from tests import ssrf
from tests.fetching import PUBLIC, Internet, Names, fetcher
from tests.fixtures.web import Asked, Page, Web

HTML = {"Content-Type": "text/html"}
INNOCENT = "shop.example.com"


@dataclass
class Canary:
    """A listener that only counts who came."""

    port: int = 0
    connections: int = 0

    def connected(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        writer.close()


@pytest.fixture
async def canary() -> AsyncIterator[Canary]:
    bird = Canary()
    async with await asyncio.start_server(bird.connected, "127.0.0.1", 0) as server:
        bird.port = server.sockets[0].getsockname()[1]
        yield bird


async def refused(fetching: Fetcher, url: str) -> bool:
    try:
        await fetching.fetch(url, accept=PAGES)
    except FetchRefused:
        return True
    return False


async def test_the_canary_sees_who_comes(canary: Canary) -> None:
    internet = Internet(canary.port)
    async with fetcher(names=Names({INNOCENT: [[PUBLIC]]}), open_socket=internet) as fetching:
        with pytest.raises(Unreachable):
            await fetching.fetch(f"http://{INNOCENT}/", accept=PAGES)
    assert canary.connections
    assert set(internet.reached) == {PUBLIC}


class Everywhere(dict[str, list[list[str]]]):
    """Any name at all has this one address."""

    def __init__(self, address: str) -> None:
        self.address = address

    def __contains__(self, _: object) -> bool:
        return True

    def __getitem__(self, _: str) -> list[list[str]]:
        return [[self.address]]


async def test_no_forbidden_url_is_asked_even_if_its_name_were_public(canary: Canary) -> None:
    names, internet = Names(Everywhere(PUBLIC)), Internet(canary.port)
    async with fetcher(names=names, open_socket=internet) as fetching:
        assert [url for url in ssrf.URLS if not await refused(fetching, url)] == []
    assert (names.asked, internet.reached, canary.connections) == ([], [], 0)


async def test_no_name_with_a_forbidden_address_is_asked(canary: Canary) -> None:
    internet = Internet(canary.port)
    for address in ssrf.ADDRESSES:
        for answer in ([address], [PUBLIC, address], [address, PUBLIC]):
            names = Names({INNOCENT: [answer]})
            async with fetcher(names=names, open_socket=internet) as fetching:
                with pytest.raises(FetchRefused):
                    await fetching.fetch(f"http://{INNOCENT}/", accept=PAGES)
            assert names.asked
    assert (internet.reached, canary.connections) == ([], 0)


async def test_what_this_machine_calls_itself_is_no_public_address() -> None:
    with pytest.raises(FetchRefused):
        await CheckedResolver(look_up, {}).resolve("localhost", 80)


async def test_no_forbidden_address_is_asked_as_a_literal(canary: Canary) -> None:
    names, internet = Names(), Internet(canary.port)
    literals = [f"http://[{text}]/" if ":" in text else f"http://{text}/" for text in ssrf.ADDRESSES]
    async with fetcher(names=names, open_socket=internet) as fetching:
        assert [url for url in literals if not await refused(fetching, url)] == []
    assert (names.asked, internet.reached, canary.connections) == ([], [], 0)


def forbidden_location(location: str) -> bool:
    """Tell whether a redirect to ``location`` can be sent as it is, and is no relative or innocent one."""
    if not location.isprintable() or location != location.strip():
        return False
    try:
        targets.read(location, {}, base=URL(f"http://{INNOCENT}/"))
    except FetchRefused:
        return True
    return False


async def test_no_redirect_leads_there(web: Web, canary: Canary) -> None:
    forbidden = [url for url in ssrf.URLS if forbidden_location(url)]
    forbidden += [f"http://[{text}]/" if ":" in text else f"https://{text}/" for text in ssrf.ADDRESSES]
    forbidden += [
        f"http://127.0.0.1:{canary.port}/",
        f"//localhost:{canary.port}/",
        f"http://127.0.0.1:{web.port}/",
    ]
    forbidden += [f"http://private{number}.example.com/" for number in range(len(ssrf.ADDRESSES))]
    names = Names({f"private{number}.example.com": [[text]] for number, text in enumerate(ssrf.ADDRESSES)})
    internet = Internet(canary.port, but=web.port)

    def here(asked: Asked) -> Page:
        location = forbidden[int(asked.path.removeprefix("/"))].encode().decode("latin-1")
        return Page(status=302, headers={"Location": location})

    extra = {("shop.test", web.port): "127.0.0.1"}
    async with fetcher(extra=extra, names=names, open_socket=internet) as fetching:
        for number in range(len(forbidden)):
            web.put("shop.test", f"/{number}", here)
        let_go = [
            url
            for number, url in enumerate(forbidden)
            if not await refused(fetching, web.url("shop.test", f"/{number}"))
        ]
    assert let_go == []
    assert len(web.paths("shop.test")) == len(forbidden) + 1, "each was reached, and robots.txt"
    assert (internet.reached, canary.connections) == ([], 0)


async def test_a_robots_file_leads_nowhere_private_either(web: Web, canary: Canary) -> None:
    internet = Internet(canary.port, but=web.port)
    web.put(
        "shop.test", "/robots.txt", Page(status=301, headers={"Location": "http://169.254.169.254/latest"})
    )
    url = web.put("shop.test", "/", Page("secret", headers=HTML))
    async with fetcher(extra={("shop.test", web.port): "127.0.0.1"}, open_socket=internet) as fetching:
        with pytest.raises(FetchRefused):
            await fetching.fetch(url, accept=PAGES)
    assert web.paths("shop.test") == ["/robots.txt"]
    assert (internet.reached, canary.connections) == ([], 0)


async def test_an_answer_that_changes_between_check_and_use_changes_nothing(web: Web, canary: Canary) -> None:
    """The name is looked up once a connection, and the connection goes to what was looked up then."""
    web.put(INNOCENT, "/", Page("hello", headers=HTML))
    names, internet = Names({INNOCENT: [[PUBLIC], [PUBLIC], ["127.0.0.1"]]}), Internet(web.port)
    async with fetcher(names=names, open_socket=internet) as fetching:
        got = await fetching.fetch(f"http://{INNOCENT}/", accept=PAGES)
        assert isinstance(got, Fetched)
        assert (len(names.asked), internet.reached) == (2, [PUBLIC, PUBLIC])
        internet.port = canary.port
        with pytest.raises(FetchRefused):
            await fetching.fetch(f"http://{INNOCENT}/", accept=PAGES)
    assert (len(names.asked), len(internet.reached), canary.connections) == (3, 2, 0)


async def test_a_name_that_turns_private_halfway_is_refused(web: Web, canary: Canary) -> None:
    names, internet = Names({INNOCENT: [[PUBLIC], ["169.254.169.254"]]}), Internet(web.port)
    async with fetcher(names=names, open_socket=internet) as fetching:
        with pytest.raises(FetchRefused):
            await fetching.fetch(f"http://{INNOCENT}/", accept=PAGES)
    assert [asked.path for asked in web.asked] == ["/robots.txt"]
    assert internet.reached == [PUBLIC]


async def test_the_environment_sends_nothing_elsewhere_and_adds_no_password(
    web: Web, canary: Canary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine shop.test login somebody password secret")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{canary.port}")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    url = web.put("shop.test", "/", Page("fine", headers=HTML))
    async with fetcher(extra={("shop.test", web.port): "127.0.0.1"}) as fetching:
        assert isinstance(await fetching.fetch(url, accept=PAGES), Fetched)
    assert canary.connections == 0
    assert [asked.headers.get("authorization") for asked in web.asked] == [None, None]


@pytest.mark.parametrize("address", ssrf.ADDRESSES)
def test_the_last_gate_opens_no_socket_for_a_forbidden_address(address: str) -> None:
    gate = CheckedSockets({("shop.test", 8090): "127.0.0.1"}, lambda *_: pytest.fail("a socket was opened"))
    with pytest.raises(PermissionError):
        gate((socket.AF_INET, socket.SOCK_STREAM, 0, "", (address, 80)))


@pytest.fixture
def tls(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's side, with a certificate for localhost, and a client's that trusts it."""
    made = certificate.ensure(tmp_path)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(made.path, made.key_path)
    return server, ssl.create_default_context(cafile=str(made.path))


async def test_over_tls_the_name_is_verified_and_no_way_leads_back_to_http(
    tls: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    server_side, client_side = tls
    named: list[str | None] = []
    server_side.sni_callback = lambda _, name, __: named.append(name)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        down = b"HTTP/1.1 302 Down\r\nLocation: http://shop.example.com/\r\nContent-Length: 0\r\n\r\n"
        none = b"HTTP/1.1 404 None\r\nContent-Length: 0\r\n\r\n"
        writer.write(none if b"/robots.txt" in head else down)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0, ssl=server_side) as server:
        port = server.sockets[0].getsockname()[1]
        extra = {(name, port): "127.0.0.1" for name in ("localhost", "other.test")}
        async with fetcher(extra=extra, tls=client_side) as fetching:
            with pytest.raises(FetchRefused, match="https to http"):
                await fetching.fetch(f"https://localhost:{port}/", accept=PAGES)
            assert named == ["localhost", "localhost"]
            with pytest.raises(Unreachable):
                await fetching.fetch(f"https://other.test:{port}/", accept=PAGES)
        async with fetcher(extra=extra) as suspicious:
            with pytest.raises(Unreachable):
                await suspicious.fetch(f"https://localhost:{port}/", accept=PAGES)
