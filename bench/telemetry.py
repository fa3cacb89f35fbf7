"""What telling costs: worker time of a call with traces, metrics and logs on, against the same with them off.

``python -m bench.telemetry [--calls 4000] [--turns 40]``: the app runs in two processes through the worker
library, without sockets of its own, against the emulators; one of them exports to a receiver in this one.
They take turns of some tenths of a second, so that whatever else the machine does costs both the same. Time
is processor time of the whole process, the exporter's threads included. Printed are the two times and the
ratio, with the quartiles of the turns. Exit status 1 if telling costs over 15 %.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

from aiohttp import web

from bench.rows import Row, Target
from core.platform import connections
from devstack import appsettings, ports
from devstack.functions.client import AppClient
from devstack.process import REPOSITORY
from devstack.services import EMULATORS
from devstack.stack import Stack

TOLD = Target(
    "telemetry: worker time of a call with traces, metrics and logs on", "the same with them off", most=1.15
)
TARGETS = (TOLD,)
ITEM = {"name": "Coat", "category": "coat"}
WARM_UP = 200


@asynccontextmanager
async def _served() -> AsyncIterator[Callable[[int], Awaitable[None]]]:
    """Yield what makes so many calls, writing and reading in turn."""
    async with AppClient(REPOSITORY, state_dir=Path(tempfile.mkdtemp())) as client:
        signed_in = await client.request("POST", "/api/auth/local", json_body={"email": "bench@example.org"})
        headers = {"Authorization": f"Bearer {json.loads(signed_in.body)['access_token']}"}

        async def calls(count: int) -> None:
            for _ in range(count // 2):
                made = await client.request("POST", "/api/vault/items", json_body=ITEM, headers=headers)
                item = f"/api/vault/items/{json.loads(made.body)['id']}"
                read = await client.request("GET", item, headers=headers)
                if (made.status, read.status) != (201, 200):
                    raise SystemExit(f"answers were {made.status} and {read.status}")

        yield calls
    await connections.close_all()


async def _inside() -> None:
    """Make as many calls as each line on standard input says; print the processor time so far after each."""
    async with _served() as calls:
        while line := await asyncio.to_thread(sys.stdin.readline):
            await calls(int(line))
            print(time.process_time(), flush=True)


async def _begun(values: dict[str, str]) -> Process:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.telemetry", "--inside"),
        cwd=REPOSITORY,
        env={**environment, **values},
        stdin=PIPE,
        stdout=PIPE,
    )


async def _turn(app: Process, count: int) -> float:
    """Let the app make so many calls; return its processor time so far, in seconds."""
    assert app.stdin is not None
    assert app.stdout is not None
    app.stdin.write(f"{count}\n".encode())
    if not (printed := await app.stdout.readline()):
        raise SystemExit("the app could not be measured")
    return float(printed)


async def _compared(settings: dict[str, str], count: int, turns: int) -> Row:
    app = web.Application(client_max_size=64_000_000)
    app.router.add_post("/v1/{signal}", _swallow)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, ports.HOST, 0).start()
    telling = {**settings, "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{ports.HOST}:{runner.addresses[0][1]}"}
    apps = {"off": await _begun(settings), "on": await _begun(telling)}
    times = {name: [await _turn(each, WARM_UP)] for name, each in apps.items()}
    for number in range(turns):
        for name, each in apps.items():
            times[name].append(await _turn(each, count // turns))
        if number % 10 == 9:
            print(f"turn {number + 1}/{turns}", flush=True)
    for each in apps.values():
        await each.communicate()
    await runner.cleanup()
    return _report(times, count // turns)


def _report(times: dict[str, list[float]], calls: int) -> Row:
    """Print what a call takes, from processor times after each turn of so many calls; return the row."""
    for name, at in times.items():
        print(f"{name:>4}: {(at[-1] - at[0]) / (calls * (len(at) - 1)) * 1e6:.0f} µs a call")
    ratio = (times["on"][-1] - times["on"][0]) / (times["off"][-1] - times["off"][0])
    turned = [
        (on - on_before) / (off - off_before)
        for (on_before, on), (off_before, off) in zip(
            pairwise(times["on"]), pairwise(times["off"]), strict=True
        )
    ]
    low, _, high = statistics.quantiles(turned, n=4)
    print(f"ratio {ratio:.2f} (turns {low:.2f}-{high:.2f}), target <= {TOLD.most}")
    return Row(TOLD, ratio, min(low, ratio), max(high, ratio), len(turned))


async def _swallow(request: web.Request) -> web.Response:
    await request.read()
    return web.Response(content_type="application/x-protobuf")


def measure(quick: bool) -> list[Row]:
    """Return the row; its runs are turns, its spread their quartiles."""
    return [compared(*((400, 10) if quick else (4000, 40)))]


def compared(calls: int, turns: int) -> Row:
    """Measure on a stack of its own."""
    values = {**appsettings.fresh(REPOSITORY), "COSMOS_DB_DATABASE": "telemetry"}
    only = [service.name for service in EMULATORS]
    with (
        tempfile.TemporaryDirectory() as folder,
        Stack(Path(folder), asked=ports.spares(), only=only, values=values, say=print) as stack,
    ):
        return asyncio.run(_compared(stack.settings, calls, turns))


def main() -> None:
    """Measure, print, and fail where the target is missed."""
    parser = argparse.ArgumentParser(description="What telemetry costs a call.")
    parser.add_argument("--calls", type=int, default=4000)
    parser.add_argument("--turns", type=int, default=40)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.inside:
        asyncio.run(_inside())
        return
    raise SystemExit(0 if compared(asked.calls, asked.turns).met else 1)


if __name__ == "__main__":
    main()
