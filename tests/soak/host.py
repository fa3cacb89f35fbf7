"""What the functions host holds: memory, descriptors, connections, children, threads and asyncio tasks."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import psutil

from devstack.stack import Stack


@dataclass(frozen=True)
class Holding:
    """What one process holds, counted by kind; ``tasks`` by the coroutine they run."""

    files: Counter[str]
    connections: Counter[str]
    children: int
    threads: int
    tasks: Counter[str]

    def more_than(self, before: Holding) -> list[str]:
        """Return what there is more of than ``before``; a pool may hold fewer or as many as then."""
        found = [
            f"{name}: {now}, then {then}"
            for name, now, then in (
                ("child processes", self.children, before.children),
                ("threads", self.threads, before.threads),
            )
            if now > then + _SPARE[name]
        ]
        for kind, now, then in (
            ("descriptors", self.files, before.files),
            ("connections", self.connections, before.connections),
            ("tasks", self.tasks, before.tasks),
        ):
            more = {of: (count, then[of]) for of, count in now.items() if count > then[of] + _SPARE[kind]}
            found += [f"{kind} {of}: {count}, then {earlier}" for of, (count, earlier) in more.items()]
        return found

    def total(self) -> int:
        """Return how many things that are."""
        return (
            self.files.total() + self.connections.total() + self.children + self.threads + self.tasks.total()
        )


_SPARE = {"descriptors": 1, "child processes": 0, "threads": 24, "connections": 16, "tasks": 1}
"""How many more of each are no leak: pools fill by what happens at once, a timer may be just running.

aiohttp takes the connection longest unused, so the reconciler, each second here, keeps open all that were
ever needed at once. What leaks does so by requests, of which there are thousands.
"""


def _descriptors(pid: int) -> Counter[str]:
    """Return the open descriptors but for sockets, by what they are: a path, or ``pipe``, ``anon_inode``."""
    found: Counter[str] = Counter()
    for one in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            target = str(one.readlink())
            found[target if target.startswith("/") else target.partition(":")[0]] += 1
    del found["socket"]
    return found


@dataclass
class Host:
    """The functions host of a stack, looked at from outside."""

    stack: Stack
    samples: list[tuple[float, int, int]] = field(default_factory=list)
    """Moment, process id, and bytes resident."""

    def process(self) -> psutil.Process:
        """Return the host's own process, below its leash."""
        leash = psutil.Process(self.stack.pid("functions"))
        return next(one for one in leash.children(recursive=True) if "devstack.functions" in one.cmdline())

    async def watch(self) -> None:
        """Sample the memory, for ever."""
        while True:
            try:
                process = self.process()
                self.samples.append((time.monotonic(), process.pid, process.memory_info().rss))
            except (KeyError, StopIteration, psutil.Error):
                pass
            await asyncio.sleep(0.5)

    async def holding(self) -> Holding:
        """Return what it holds now."""
        process = self.process()
        sockets = process.net_connections("inet")
        names = {port: name for name, port in self.stack.place.ports.items()}
        connected = [one for one in sockets if one.raddr and one.status != psutil.CONN_CLOSE_WAIT]
        half_closed = [one for one in sockets if one.status == psutil.CONN_CLOSE_WAIT]
        kinds = Counter(names.get(one.raddr.port, "clients") for one in connected)
        kinds["half closed"] = len(half_closed)
        return Holding(
            files=_descriptors(process.pid),
            connections=kinds,
            children=len(process.children(recursive=True)),
            threads=process.num_threads(),
            tasks=await self._tasks(),
        )

    async def at_rest(self, good: Callable[[Holding], bool], seconds: float) -> Holding:
        """Return what it holds once that is ``good``, or after so long."""
        deadline = time.monotonic() + seconds
        while True:
            found = await self.holding()
            if good(found) or time.monotonic() > deadline:
                return found
            await asyncio.sleep(0.5)

    async def instances(self) -> list[str]:
        """Name the Durable instances that are not over."""
        running = "runtimeStatus=Running&runtimeStatus=Pending&runtimeStatus=Suspended"
        found = await self._asked(f"/runtime/webhooks/durabletask/instances?{running}")
        told = "{name} {instanceId} is {runtimeStatus} since {lastUpdatedTime}: {customStatus}"
        return [told.format_map(one) for one in found]

    async def _tasks(self) -> Counter[str]:
        tasks = Counter(await self._asked("/admin/host/tasks"))
        del tasks["RequestHandler.start"]  # one for each connection that a client keeps
        return tasks

    async def _asked(self, path: str) -> Any:
        """Return what the host tells who has its master key."""
        secrets = json.loads((self.stack.state_dir / "functions" / "secrets.json").read_text())
        key = {"x-functions-key": secrets["master"]}
        async with aiohttp.request("GET", self.stack.url("functions") + path, headers=key) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()
