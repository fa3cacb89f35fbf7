"""What the design promises a browser: a plain ``EventSource`` on a ticket, in a real Chromium.

The page is of another origin than the API, and the browser reaches the API through a gate of the test's,
which can cut a connection in the middle of a frame and be shut while the host restarts.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote, urlsplit
from uuid import uuid4

import pytest
from aiohttp import ClientSession, web

from core.chat.frames import parse
from devstack import browser
from tests.fixtures.parlour import Parlour

PAGE = """<!doctype html><title>chat</title><pre id="text"></pre><script>
const params = new URLSearchParams(location.search);
const source = new EventSource(params.get("events"));
let last = Promise.resolve();  // one after the other, so that they arrive in order
const say = what => last = last.then(() => fetch("/said", {method: "POST", body: JSON.stringify(what)}));
const text = document.getElementById("text");
let drops = 0;
for (const name of ["turn", "delta", "done"])
  source.addEventListener(name, event => {
    const data = JSON.parse(event.data);
    if (name === "turn") text.textContent = "";
    if (name === "delta") text.textContent += data.text;
    say({name, id: event.lastEventId, data: event.data, shown: text.textContent});
  });
source.onerror = event => {
  if (event.data) return say({name: "error", data: event.data});
  drops += 1;
  if (source.readyState === EventSource.CLOSED) say({name: "closed", drops, shown: text.textContent});
};
</script>"""


class Gate:
    """Passes bytes on to the host; the second answer with a ``delta`` breaks off inside that frame."""

    def __init__(self, target: str) -> None:
        self._target = urlsplit(target)
        self._open: set[asyncio.StreamWriter] = set()
        self.used = asyncio.Event()
        self.cut = asyncio.Event()
        self._answers = 0
        self.port = 0

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *ending: object) -> None:
        self.shut()

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._pass, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def shut(self) -> None:
        """Refuse connections, and break those that are open."""
        self._server.close()
        for writer in list(self._open):
            writer.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.used.set()
        ends = {writer}
        self._open |= ends
        with suppress(OSError):
            there = await asyncio.open_connection(self._target.hostname, self._target.port)
            ends.add(there[1])
            self._open |= ends
            await asyncio.gather(self._up(reader, there[1]), self._down(there[0], writer))
        self._open -= ends
        for end in ends:
            end.close()

    async def _up(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def _down(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                self._answers += b"event: delta" in data
                if self._answers == 2 and not self.cut.is_set():
                    writer.write(data[: data.index(b"event: delta") + 20])
                    await writer.drain()
                    self.cut.set()
                    break
                writer.write(data)
                await writer.drain()
        writer.close()


class Page:
    """The page, and what it says it saw."""

    def __init__(self) -> None:
        self.said: list[dict[str, Any]] = []
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def served(self, port: int) -> AsyncIterator[None]:
        app = web.Application()
        app.add_routes([web.get("/", self._show), web.post("/said", self._hear)])
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        try:
            yield
        finally:
            await runner.cleanup()

    async def until(self, name: str, times: int = 1) -> None:
        async with asyncio.timeout(60), self._changed:
            await self._changed.wait_for(lambda: self.count(name) >= times)

    def count(self, name: str) -> int:
        return sum(what["name"] == name for what in self.said)

    async def _show(self, request: web.Request) -> web.Response:
        return web.Response(text=PAGE, content_type="text/html")

    async def _hear(self, request: web.Request) -> web.Response:
        async with self._changed:
            self.said.append(json.loads(await request.text()))
            self._changed.notify_all()
        return web.Response()


@pytest.fixture(scope="session")
def chromium() -> Path:
    found = browser.find()
    if found is None:
        pytest.skip(browser.MISSING)
    return found


async def test_a_browser_shows_the_answer_growing_and_stops_by_itself(
    chromium: Path, parlour: Parlour, guest: ClientSession, tmp_path: Path
) -> None:
    turn_id, words = str(uuid4()), [f"w{n}" for n in range(60)]
    async with guest.post(f"/api/chat/turns/{turn_id}/ticket") as answer:
        ticket = (await answer.json())["url"]
    page = Page()
    message = {"message": f"0.15 {' '.join(words)}", "turn_id": turn_id}
    async with Gate(parlour.url) as gate, page.served(parlour.page_port):
        events = quote(f"http://127.0.0.1:{gate.port}{ticket}")
        with browser.showing(f"{parlour.page_origin}/?events={events}", chromium, tmp_path):
            await asyncio.wait_for(gate.used.wait(), 30)
            posted = asyncio.ensure_future(_posted(guest, message))
            await page.until("delta")
            await asyncio.wait_for(gate.cut.wait(), 30)
            await page.until("delta", page.count("delta") + 2)
            assert not posted.done(), "text shows while the answer is still being written"
            gate.shut()
            stream = await posted
            await asyncio.to_thread(parlour.kill)
            await asyncio.to_thread(parlour.start)
            assert page.count("done") == 0, "the end is still to be read, from a host that did not write it"
            await gate.open()
            await page.until("closed")
    _check(page.said, stream, words)


async def _posted(client: ClientSession, message: dict[str, str]) -> bytes:
    async with client.post("/api/chat", json=message) as answer:
        assert answer.status == 200
        return await answer.read()


def _check(said: list[dict[str, Any]], stream: bytes, words: list[str]) -> None:
    """Every frame came once, in order, and the text only grew."""
    seen = [(what["id"], what["name"], what["data"]) for what in said if "id" in what]
    assert seen == [(str(end), frame.event, frame.data) for end, frame in parse(stream)]
    shown = [what["shown"] for what in said if what["name"] == "delta"]
    assert shown == ["".join(f"{word} " for word in words[: n + 1]) for n in range(len(words))]
    assert said[-1]["name"] == "closed"
    assert said[-1]["shown"] == shown[-1]
    assert said[-1]["drops"] > 2
