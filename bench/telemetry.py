"""What telling costs: worker time of a call with traces, metrics and logs on, against the same with them off.

``python -m bench.telemetry [--calls 4000] [--turns 40] [--split]``: the app runs in two processes through
the worker library, without sockets of its own, against the emulators; one of them exports to a receiver in
this one. They take turns of some tenths of a second, so that whatever else the machine does costs both the
same. Time is processor time of the whole process, the exporter's threads included. Printed are the two
times and the ratio, with the quartiles of the turns. Exit status 1 if telling costs over 15 %. The garbage
of starting is collected after the first calls, in both alike, so that none of it is in the measured ones.

``--split`` has two more take turns, one that tells metrics alone and one whose sampler keeps no trace, and
counts how often a call asks telemetry that is off, to print what share of a call that takes.
"""

from __future__ import annotations

import argparse
import asyncio
import functools
import gc
import json
import os
import statistics
import sys
import tempfile
import time
import timeit
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

from aiohttp import web

from bench.rows import Row, Target
from core.platform import connections, telemetry
from devstack import appsettings, ports
from devstack.functions.client import AppClient
from devstack.process import REPOSITORY
from devstack.services import EMULATORS
from devstack.stack import Stack

TOLD = Target(
    "telemetry: worker time of a call with traces, metrics and logs on", "the same with them off", most=1.15
)
TARGETS = (TOLD,)
type Times = tuple[float, float]

ITEM = {"name": "Coat", "category": "coat"}
WARM_UP = 200
SPLIT = {
    "metrics alone": {"OTEL_TRACES_EXPORTER": "none", "OTEL_LOGS_EXPORTER": "none"},
    "sampled out": {"OTEL_TRACES_SAMPLER": "always_off"},
}
OFF_PATH: dict[str, tuple[object, ...]] = {
    "span": ("name",),
    "traceparent": (),
    "measure": ("name",),
    "tells": ("TRACES",),
}
"""What the app calls of telemetry, with what."""


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
    """Print the times so far, of the process and of the requests' thread.

    Do it when warm, and again after as many calls as each line on standard input says.
    """
    async with _served() as calls:
        await calls(WARM_UP)
        gc.collect()
        print(time.process_time(), time.thread_time(), flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            await calls(int(line))
            print(time.process_time(), time.thread_time(), flush=True)


async def _off_path() -> None:
    """Print how often a call comes by telemetry that is off, and what that takes, in µs."""
    counts, real = dict.fromkeys(OFF_PATH, 0), {name: getattr(telemetry, name) for name in OFF_PATH}

    def counted(name: str) -> Callable[..., object]:
        def count(*given: object, **named: object) -> object:
            counts[name] += 1
            return real[name](*given, **named)

        return count

    async with _served() as calls:
        for name in OFF_PATH:
            setattr(telemetry, name, counted(name))
        await calls(WARM_UP)
    taken = {
        name: min(timeit.repeat(functools.partial(real[name], *given), number=10_000)) * 100
        for name, given in OFF_PATH.items()
    }
    print(sum(counts.values()) / WARM_UP, sum(counts[name] * taken[name] for name in OFF_PATH) / WARM_UP)


async def _begun(values: dict[str, str], way: str = "--inside") -> Process:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.telemetry", way),
        cwd=REPOSITORY,
        env={**environment, **values},
        stdin=PIPE,
        stdout=PIPE,
    )


async def _numbers(app: Process) -> Times:
    """Return the two numbers that an app prints next."""
    assert app.stdout is not None
    if not (printed := await app.stdout.readline()):
        raise SystemExit("the app could not be measured")
    first, second = printed.split()
    return float(first), float(second)


async def _turn(app: Process, count: int) -> Times:
    """Let the app make so many calls; return its times so far, in seconds."""
    assert app.stdin is not None
    app.stdin.write(f"{count}\n".encode())
    return await _numbers(app)


@asynccontextmanager
async def _collector() -> AsyncIterator[str]:
    """Yield the address of what takes all that is told."""
    app = web.Application(client_max_size=64_000_000)
    app.router.add_post("/v1/{signal}", _swallow)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, ports.HOST, 0).start()
    yield f"http://{ports.HOST}:{runner.addresses[0][1]}"
    await runner.cleanup()


async def _compared(settings: dict[str, str], count: int, turns: int, split: bool) -> Row:
    async with _collector() as address:
        telling = {**settings, "OTEL_EXPORTER_OTLP_ENDPOINT": address}
        told = {"off": settings, "on": telling}
        if split:
            told |= {name: {**telling, **further} for name, further in SPLIT.items()}
        apps = {name: await _begun(values) for name, values in told.items()}
        times = {name: [await _numbers(each)] for name, each in apps.items()}
        for number in range(turns):
            for name, each in apps.items():
                times[name].append(await _turn(each, count // turns))
            if number % 10 == 9:
                print(f"turn {number + 1}/{turns}", flush=True)
        for each in apps.values():
            await each.communicate()
    row = _report(times, count // turns)
    if split:
        await _counted(settings, (times["off"][-1][0] - times["off"][0][0]) / (count // turns * turns))
    return row


async def _counted(settings: dict[str, str], call: float) -> None:
    """Print what the ways through telemetry that is off take of a call of so many seconds."""
    app = await _begun(settings, "--off-path")
    often, taken = await _numbers(app)
    await app.communicate()
    print(f"off, {often:.1f} times a call telemetry is asked: {taken:.2f} µs, {taken / call / 1e4:.2f} %")


def _report(times: dict[str, list[Times]], calls: int) -> Row:
    """Print what a call takes, from the times after each turn of so many calls; return the row."""
    for name, at in times.items():
        whole, own = ((at[-1][of] - at[0][of]) / (calls * (len(at) - 1)) * 1e6 for of in (0, 1))
        print(f"{name:>13}: {whole:.0f} µs a call, {own:.0f} in the requests' thread")
    on, off = ([whole for whole, _ in times[name]] for name in ("on", "off"))
    ratio = (on[-1] - on[0]) / (off[-1] - off[0])
    turned = [
        (told - told_before) / (untold - untold_before)
        for (told_before, told), (untold_before, untold) in zip(pairwise(on), pairwise(off), strict=True)
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


def compared(calls: int, turns: int, split: bool = False) -> Row:
    """Measure on a stack of its own."""
    values = {**appsettings.fresh(REPOSITORY), "COSMOS_DB_DATABASE": "telemetry"}
    only = [service.name for service in EMULATORS]
    with (
        tempfile.TemporaryDirectory() as folder,
        Stack(Path(folder), asked=ports.spares(), only=only, values=values, say=print) as stack,
    ):
        return asyncio.run(_compared(stack.settings, calls, turns, split))


def main() -> None:
    """Measure, print, and fail where the target is missed."""
    parser = argparse.ArgumentParser(description="What telemetry costs a call.")
    parser.add_argument("--calls", type=int, default=4000)
    parser.add_argument("--turns", type=int, default=40)
    parser.add_argument("--split", action="store_true", help="and of what that consists")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--off-path", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.inside or asked.off_path:
        asyncio.run(_inside() if asked.inside else _off_path())
        return
    raise SystemExit(0 if compared(asked.calls, asked.turns, asked.split).met else 1)


if __name__ == "__main__":
    main()
