"""Every timer of the app, run by hand as an operator would: none fails, whatever there is to do."""

from __future__ import annotations

import asyncio
import json
import re
from collections import defaultdict

from aiohttp import ClientSession

from tests.fixtures.app import FunctionsHost


def ended(host: FunctionsHost) -> dict[str, list[str]]:
    """How the runs of each function ended, by the host's log."""
    ways: defaultdict[str, list[str]] = defaultdict(list)
    for name, how in re.findall(r"Executed 'Functions\.(\w+)' \((\w+)", host.log.read_text()):
        ways[name].append(how)
    return ways


async def test_every_timer_succeeds(functions_host: FunctionsHost, api: ClientSession) -> None:
    secrets = functions_host.stack.state_dir / "functions" / "secrets.json"
    key = {"x-functions-key": json.loads(secrets.read_text())["master"]}
    async with api.get("/admin/functions", headers=key) as answer:
        functions = await answer.json()
    timers = [f["name"] for f in functions if "timerTrigger" in (b["type"] for b in f["config"]["bindings"])]
    assert "forget_finished_flows" in timers
    before = ended(functions_host)
    for name in timers:
        async with api.post(f"/admin/functions/{name}", json={"input": ""}, headers=key) as answer:
            assert answer.status == 202
    async with asyncio.timeout(60):
        while True:
            after = ended(functions_host)
            if all(len(after[name]) > len(before[name]) for name in timers):
                break
            await asyncio.sleep(0.1)
    assert {name: after[name][len(before[name])] for name in timers} == dict.fromkeys(timers, "Succeeded")
