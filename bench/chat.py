"""Delay that streaming through storage adds: the model's first word, to the same word at a tailing client.

``python -m bench.chat [--turns 30] [--first-token 0.6] [--per-token 0.03]``: the whole app on a stack of its
own; a relay in front of the model emulator notes when the first word left it. The client reads as an
``EventSource`` does, pausing as long as ``retry`` says between two requests. Also shown is how far each later
word lags behind. Exit status 1 if its target is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from aiohttp import ClientSession, ClientTimeout, web

from bench.rows import Row, Target
from core.chat.frames import parse
from devstack import appsettings, ports
from devstack.asking import count, seconds
from devstack.process import REPOSITORY
from devstack.stack import Stack

DELAY = Target(
    "chat: first delta at a tailing client, 95th percentile", "the model's first token", "ms", most=250
)
TARGETS = (DELAY,)
_LONGEST_TURN = 60.0
_NEEDED = ("azurite", "cosmos", "openai", "functions")
_MESSAGE = "Good morning! Number {n}: tell me something nice about getting dressed."


@dataclass
class Relay:
    """Stands between app and model; ``words`` are the moments at which pieces of text left the model."""

    model: str
    words: list[float] = field(default_factory=list)

    @asynccontextmanager
    async def listening(self, port: int) -> AsyncIterator[None]:
        """Pass requests on until the block is left."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._pass)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, ports.HOST, port).start()
        try:
            yield
        finally:
            await runner.cleanup()

    async def _pass(self, request: web.Request) -> web.StreamResponse:
        headers = {name: request.headers[name] for name in ("Authorization", "Content-Type")}
        async with (
            ClientSession(self.model) as client,
            client.request(
                request.method, request.path_qs, data=await request.read(), headers=headers
            ) as answer,
        ):
            response = web.StreamResponse(status=answer.status)
            response.content_type = answer.content_type
            await response.prepare(request)
            async for line in answer.content:
                if _is_text(line):
                    self.words.append(time.monotonic())
                await response.write(line)
            return response


def _is_text(line: bytes) -> bool:
    if not line.startswith(b"data: {"):
        return False
    choices = json.loads(line.removeprefix(b"data: "))["choices"]
    return bool(choices and choices[0]["delta"].get("content"))


@dataclass(frozen=True)
class Measured:
    """One turn, in seconds: how late its first word was, how late its last, and how many requests it took."""

    first: float
    last: float
    requests: int


async def turn(client: ClientSession, relay: Relay, n: int) -> Measured:
    """Post one turn and read it live."""
    relay.words.clear()
    turn_id = str(uuid4())
    async with asyncio.TaskGroup() as posting:
        posting.create_task(_post(client, turn_id, n))
        seen, requests = await _read_live(client, turn_id)
    return Measured(seen[0] - relay.words[0], seen[-1] - relay.words[-1], requests)


async def _read_live(client: ClientSession, turn_id: str) -> tuple[list[float], int]:
    """Read a turn to its end; return the moments at which words arrived, and the number of requests."""
    seen: list[float] = []
    requests, last_id, pause, over = 0, "0", 0.0, False
    while not over:
        requests += 1
        await asyncio.sleep(pause)
        url = f"/api/chat/turns/{turn_id}/events"
        async with client.get(url, headers={"Last-Event-ID": last_id}) as answer:
            body = await answer.read()
            over = answer.status == 204
        if over:
            break
        if answer.status != 200:
            raise SystemExit(f"reading the turn was answered {answer.status}: {body.decode()}")
        retry, _, stream = body.partition(b"\n")
        pause = int(retry.removeprefix(b"retry: ")) / 1_000
        for end, frame in parse(stream):
            last_id = str(end)
            if frame.event == "delta":
                seen.append(time.monotonic())
            elif frame.event == "error":
                raise SystemExit(f"the turn failed: {frame.data}")
    return seen, requests


async def _post(client: ClientSession, turn_id: str, n: int) -> None:
    body = {"message": _MESSAGE.format(n=n), "turn_id": turn_id}
    async with client.post("/api/chat", json=body) as answer:
        if answer.status != 200:
            raise SystemExit(f"the turn was answered {answer.status}: {await answer.text()}")
        await answer.read()


async def turns(stack: Stack, relay: Relay, asked: argparse.Namespace) -> list[Measured]:
    """Run the turns one after the other, after one that warms everything up."""
    delay = {"first_token": asked.first_token, "per_token": asked.per_token}
    async with ClientSession(relay.model) as model, model.post("/__control/delay", json=delay) as answer:
        answer.raise_for_status()
    timeout = ClientTimeout(_LONGEST_TURN)
    async with ClientSession(stack.url("functions"), timeout=timeout) as client:
        client.headers["Authorization"] = f"Bearer {await _signed_in(client)}"
        return [await turn(client, relay, n) for n in range(asked.turns + 1)][1:]


async def _signed_in(client: ClientSession) -> str:
    async with client.post("/api/auth/local", json={"email": "ann@example.org"}) as answer:
        body: dict[str, Any] = await answer.json()
        return str(body["access_token"])


async def run(asked: argparse.Namespace) -> list[Measured]:
    """Start a stack with the relay before its model, and measure."""
    chosen = {**ports.spares()}
    relay, relay_port = Relay(f"http://{ports.HOST}:{chosen['openai']}"), ports.spare(chosen.values())
    values = {
        **appsettings.fresh(REPOSITORY),
        "OPENAI_BASE_URL": f"http://{ports.HOST}:{relay_port}/v1",
        "AI_DAILY_TOKEN_BUDGET": "100000000",
    }
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder), asked=chosen, only=_NEEDED, values=values, say=print)
        async with relay.listening(relay_port):
            try:
                await asyncio.to_thread(stack.start)
                return await turns(stack, relay, asked)
            finally:
                await asyncio.to_thread(stack.stop)


def measure(quick: bool) -> list[Row]:
    """Return the row; its runs are turns."""
    asked = _parser().parse_args(["--turns", "3"] if quick else [])
    return [row(asyncio.run(run(asked)))]


def row(measured: list[Measured]) -> Row:
    """Return the row of some turns."""
    first = [one.first * 1000 for one in measured]
    return Row(DELAY, p95(first), min(first), max(first), len(first))


def table(measured: list[Measured]) -> bool:
    """Print what was measured; return whether the target is met."""
    print(f"\n{'added delay, ms':<28}{'median':>8}{'p95':>8}{'most':>8}")
    for name, values in (
        ("first word", [one.first for one in measured]),
        ("last word", [one.last for one in measured]),
    ):
        cells = (statistics.median(values), p95(values), max(values))
        print(f"{name:<28}" + "".join(f"{value * 1000:>8.0f}" for value in cells))
    print(f"{'requests of a client':<28}{statistics.median(one.requests for one in measured):>8.0f}")
    reached = row(measured)
    print(f"\np95 of the first word: {reached.value:.0f} ms, at most {DELAY.most:.0f}: {reached.verdict}")
    return bool(reached.met)


def p95(values: list[float]) -> float:
    """Return the 95th percentile, by rank."""
    return sorted(values)[max(0, -(-len(values) * 95 // 100) - 1)]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=count, default=30)
    parser.add_argument("--first-token", type=seconds, default=0.6, help="seconds the model thinks")
    parser.add_argument("--per-token", type=seconds, default=0.03, help="seconds per token")
    return parser


def main() -> int:
    """Measure, print, and tell by the exit status."""
    return 0 if table(asyncio.run(run(_parser().parse_args()))) else 1


if __name__ == "__main__":
    sys.exit(main())
