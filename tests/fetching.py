"""A fetcher for tests: turns and robots.txt files in memory, names resolved as the test says."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from core.platform import clock
from core.platform.fetch import connecting
from core.platform.fetch.connecting import OpenSocket
from core.platform.fetch.fetching import Fetcher
from core.platform.fetch.hosts import HostRecord, Hosts, Lease
from core.platform.fetch.robots import Robots, RobotsRecord
from core.platform.fetch.targets import Extra, Target
from core.platform.fetch.turns import Sleep, Turns
from core.platform.fetch.visiting import Visits

PUBLIC = "93.184.216.34"
"""An address of the public internet; sockets for it lead nowhere but where a test says."""


class MemoryHosts:
    """Turns as ``StoredHosts`` gives them out, for one process."""

    def __init__(self) -> None:
        self.records: dict[str, HostRecord] = {}

    async def take(self, host: str, seconds: float) -> Lease | float:
        now = clock.now().timestamp()
        record = self.records.get(host, HostRecord(id="turn", partition=host))
        if (wait := record.wait(now)) > 0:
            return wait
        self.records[host] = record.model_copy(
            update={"holder": f"holder {len(self.records)}", "leased_until": now + seconds}
        )
        return Lease(host, self.records[host])

    async def give_back(self, lease: Lease, not_before: float) -> None:
        if self.records[lease.host] is lease.record:
            ended = {"holder": None, "leased_until": 0.0, "not_before": not_before}
            self.records[lease.host] = lease.record.model_copy(update=ended)


class MemoryRobots:
    """robots.txt files for one process."""

    def __init__(self) -> None:
        self.records: dict[str, RobotsRecord] = {}

    async def get(self, target: Target) -> RobotsRecord | None:
        return self.records.get(target.origin)

    async def put(self, record: RobotsRecord) -> None:
        self.records[record.origin] = record


@dataclass
class Names:
    """A resolver under the test's control: each look-up takes the name's next answer, then the last one."""

    answers: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def __call__(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        if host not in self.answers:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        turns = self.answers[host]
        return turns[min(self.asked.count(host), len(turns)) - 1]


class Internet:
    """Opens sockets that believe to reach any address and reach ``port`` of this machine instead.

    ``reached`` are the addresses asked for, without those to ``but``, a port here that stays itself.
    """

    def __init__(self, port: int, *, but: int | None = None) -> None:
        self.port = port
        self.but = but
        self.reached: list[str] = []

    def __call__(self, family: int, kind: int, protocol: int) -> socket.socket:
        internet = self

        class Redirected(socket.socket):
            def connect(self, address: Any) -> None:
                if address == ("127.0.0.1", internet.but):
                    return super().connect(address)
                internet.reached.append(address[0])
                return super().connect(("127.0.0.1", internet.port))

        return Redirected(socket.AF_INET, kind, protocol)


@asynccontextmanager
async def fetcher(
    *,
    extra: Extra | None = None,
    names: Callable[[str], Awaitable[Sequence[str]]] | None = None,
    open_socket: OpenSocket = socket.socket,
    tls: ssl.SSLContext | None = None,
    hosts: Hosts | None = None,
    robots: Robots | None = None,
    at_once: int = 4,
    seconds: float = 10.0,
    patience: float = 30.0,
    pause: float = 0.0,
    max_bytes: int = 1_000_000,
    sleep: Sleep = asyncio.sleep,
) -> AsyncIterator[Fetcher]:
    """A fetcher that reaches what the test lets it."""
    web = connecting.client(
        extra or {},
        aiohttp.ClientTimeout(total=None, sock_connect=5),
        lookup=names or Names(),
        open_socket=open_socket,
        tls=tls,
    )
    turns = Turns(hosts or MemoryHosts(), at_once=at_once, longest=seconds, patience=patience, sleep=sleep)
    visits = Visits(web, turns, user_agent="PluckIt/test", seconds=seconds)
    async with web:
        yield Fetcher(visits, robots or MemoryRobots(), extra or {}, max_bytes=max_bytes, pause=pause)
