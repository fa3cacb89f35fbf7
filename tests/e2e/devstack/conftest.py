"""Running the functions host as what it is: a program with a command line, a port and a log."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

APPS = Path(__file__).parents[2] / "apps"
_REPOSITORY = Path(__file__).parents[3]
_PATIENCE = 40  # seconds; starting a process takes under two


class HostProcess:
    """One `python -m devstack.functions` with everything it printed."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._changed = asyncio.Condition()
        self.lines: list[str] = []
        self._reader = asyncio.create_task(self._read())
        self.url = ""

    @classmethod
    async def start(
        cls, app_dir: Path, *arguments: str, environment: dict[str, str] | None = None
    ) -> HostProcess:
        clean = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("AzureWebJobs", "WEBSITE"))
        }
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "devstack.functions", "--app-dir", str(app_dir), *arguments),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=_REPOSITORY,
            env=clean | {"PYTHONDONTWRITEBYTECODE": "1"} | (environment or {}),
        )
        return cls(process)

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self.lines.append(line.decode().rstrip())
            async with self._changed:
                self._changed.notify_all()
        async with self._changed:
            self._changed.notify_all()

    @property
    def output(self) -> str:
        return "\n".join(self.lines)

    async def saw(self, text: str, *, times: int = 1) -> None:
        """Wait until `text` was printed in so many lines."""
        async with asyncio.timeout(_PATIENCE), self._changed:
            await self._changed.wait_for(lambda: self._count(text) >= times or self._reader.done())
        assert self._count(text) >= times, self.output

    def _count(self, text: str) -> int:
        return sum(text in line for line in self.lines)

    async def ready(self) -> None:
        await self.saw("Functions host listening on ")
        self.url = next(line for line in self.lines if "listening on" in line).rpartition(" ")[2]

    async def ended(self) -> int:
        async with asyncio.timeout(_PATIENCE):
            await self._reader
            return await self._process.wait()

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    async def stop(self) -> int:
        if self._process.returncode is None:
            self._process.terminate()
        return await self.ended()


type RunHost = Callable[..., AbstractAsyncContextManager[HostProcess]]


@asynccontextmanager
async def _run(
    app_dir: Path, *arguments: str, environment: dict[str, str] | None = None
) -> AsyncIterator[HostProcess]:
    host = await HostProcess.start(app_dir, *arguments, environment=environment)
    try:
        await host.ready()
        yield host
    finally:
        await host.stop()


@pytest.fixture(scope="session")
def run_host() -> RunHost:
    """`async with run_host(app_dir, *arguments, environment=...) as host`."""
    return _run


@pytest.fixture(scope="session")
def start_host() -> Callable[..., object]:
    """`await start_host(app_dir, ...)` for hosts that may refuse to start."""
    return HostProcess.start


@pytest.fixture(scope="session")
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(
        cookie_jar=aiohttp.DummyCookieJar(), timeout=aiohttp.ClientTimeout(_PATIENCE), auto_decompress=False
    ) as session:
        yield session
