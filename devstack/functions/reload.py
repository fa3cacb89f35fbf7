"""`--reload`: run the host in a child process and start it anew when the app's files change.

A process of its own per version of the app is the only clean reload: the worker library keeps its
functions, and Python its modules, for the life of a process.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence
from pathlib import Path

from watchfiles import Change, DefaultFilter, awatch

from devstack.functions.grace import LONGEST

_SETTLE = 100  # milliseconds; editors write several files in one go
_SETTINGS = frozenset({"host.json", "local.settings.json", "local.settings.local.json"})
_IGNORED = (*DefaultFilter.ignore_dirs, "venv", ".devstack", ".python_packages", ".ruff_cache")


class AppFiles(DefaultFilter):
    """The files an app is made of: Python sources, host.json and local settings."""

    def __init__(self, local_settings: Path | None) -> None:
        super().__init__(ignore_dirs=_IGNORED)
        self._local_settings = str(local_settings)

    def __call__(self, change: Change, path: str) -> bool:
        """Whether a change of `path` concerns the app."""
        relevant = Path(path).suffix == ".py" or Path(path).name in _SETTINGS or path == self._local_settings
        return relevant and super().__call__(change, path)


async def supervise(command: Sequence[str], app_dir: Path, local_settings: Path | None) -> int:
    """Keep `command` running until SIGINT or SIGTERM, restarting it after changes; the exit code.

    A child that ends by itself (a broken edit) has said why; the next change tries again.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    folders = {app_dir, *([local_settings.parent] if local_settings else [])}
    child = await Child.start(command)
    try:
        async for changes in awatch(
            *folders, watch_filter=AppFiles(local_settings), step=_SETTLE, stop_event=stop, rust_timeout=1000
        ):
            names = ", ".join(sorted({Path(path).name for _, path in changes}))
            print(f"Reloading: {names} changed", flush=True)
            await child.end()
            child = await Child.start(command)
    finally:
        await child.end()
    return 0


class Child:
    """One version of the app, running."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._report = asyncio.create_task(self._watch())

    @classmethod
    async def start(cls, command: Sequence[str]) -> Child:
        """In a session of its own, so that Ctrl-C reaches the supervisor only and the child ends once."""
        return cls(await asyncio.create_subprocess_exec(*command, start_new_session=True))

    async def end(self) -> None:
        """Ask it to stop, make it stop when it does not."""
        if self._process.returncode is None:
            self._process.terminate()
        try:
            await asyncio.wait_for(asyncio.shield(self._report), LONGEST)
        except TimeoutError:
            self._process.kill()
            await self._report

    async def _watch(self) -> None:
        if await self._process.wait() > 0:
            print("The app does not run; waiting for a change.", flush=True)
