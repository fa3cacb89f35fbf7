"""What telling costs: worker time of a call with traces, metrics and logs on, against the same with them off.

``python -m bench.telemetry [--calls 400] [--rounds 5]``: the app runs in processes of its own through the
worker library, without sockets of its own, against the emulators; those that tell export to a receiver in
this one. Time is processor time of the whole process, the exporter's threads included, so other load counts
little. Rounds take turns; printed are medians and spreads. Exit status 1 if telling costs over 15 %.
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
from pathlib import Path

from aiohttp import web

from core.platform import connections
from devstack import appsettings, ports
from devstack.functions.client import AppClient
from devstack.process import REPOSITORY
from devstack.services import EMULATORS
from devstack.stack import Stack

TARGET = 1.15
ITEM = {"name": "Coat", "category": "coat"}


async def calls(count: int) -> float:
    """Return seconds of processor time a call, after a warm-up, writing and reading in turn."""
    async with AppClient(REPOSITORY, state_dir=Path(tempfile.mkdtemp())) as client:
        signed_in = await client.request("POST", "/api/auth/local", json_body={"email": "bench@example.org"})
        headers = {"Authorization": f"Bearer {json.loads(signed_in.body)['access_token']}"}

        async def served(times: int) -> None:
            for _ in range(times):
                made = await client.request("POST", "/api/vault/items", json_body=ITEM, headers=headers)
                item = f"/api/vault/items/{json.loads(made.body)['id']}"
                read = await client.request("GET", item, headers=headers)
                if (made.status, read.status) != (201, 200):
                    raise SystemExit(f"answers were {made.status} and {read.status}")

        await served(count // 10)
        began = time.process_time()
        await served(count // 2)
        spent = time.process_time() - began
    await connections.close_all()
    return spent / (count // 2 * 2)


async def _measured(values: dict[str, str], count: int) -> float:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    running = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.telemetry", "--calls", str(count), "--inside"),
        cwd=REPOSITORY,
        env={**environment, **values},
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await running.communicate()
    if running.returncode != 0:
        raise SystemExit("the app could not be measured")
    return float(printed.splitlines()[-1])


async def _compared(settings: dict[str, str], count: int, rounds: int) -> bool:
    app = web.Application(client_max_size=64_000_000)
    app.router.add_post("/v1/{signal}", _swallow)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, ports.HOST, 0).start()
    telling = {**settings, "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{ports.HOST}:{runner.addresses[0][1]}"}
    on: list[float] = []
    off: list[float] = []
    for number in range(1, rounds + 1):
        off.append(await _measured(settings, count))
        on.append(await _measured(telling, count))
        print(f"round {number}/{rounds}: off {off[-1] * 1e6:.0f} µs, on {on[-1] * 1e6:.0f} µs", flush=True)
    await runner.cleanup()
    ratio = statistics.median(on) / statistics.median(off)
    for name, times in (("off", off), ("on", on)):
        spread = f"{min(times) * 1e6:.0f}-{max(times) * 1e6:.0f}"
        print(f"{name:>4}: {statistics.median(times) * 1e6:.0f} µs a call ({spread})")
    print(f"ratio {ratio:.2f}, target <= {TARGET}")
    return ratio <= TARGET


async def _swallow(request: web.Request) -> web.Response:
    await request.read()
    return web.Response(content_type="application/x-protobuf")


def main() -> None:
    """Measure, print, and fail where the target is missed."""
    parser = argparse.ArgumentParser(description="What telemetry costs a call.")
    parser.add_argument("--calls", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.inside:
        print(asyncio.run(calls(asked.calls)))
        return
    values = {**appsettings.fresh(REPOSITORY), "COSMOS_DB_DATABASE": "telemetry"}
    only = [service.name for service in EMULATORS]
    with (
        tempfile.TemporaryDirectory() as folder,
        Stack(Path(folder), asked=ports.spares(), only=only, values=values, say=print) as stack,
    ):
        good = asyncio.run(_compared(stack.settings, asked.calls, asked.rounds))
    raise SystemExit(0 if good else 1)


if __name__ == "__main__":
    main()
