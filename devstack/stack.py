"""All services of the devstack as one object, for ``make run`` and for tests alike."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from devstack import appsettings, node, ports, process
from devstack.process import REPOSITORY, Child, StackError
from devstack.services import ALL, EMULATORS, Place, Service

READY_SECONDS = 60.0
_LOCK_SECONDS = 15.0
_LOG_BYTES = 20_000_000
_PROVISION_SECONDS = 60.0

type Say = Callable[[str], None]


def _quiet(line: str) -> None:
    """Say nothing."""


def _locks(file: int) -> bool:
    """Lock an open file for this process alone, if nobody else has."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class Stack:
    """The services of one state folder.

    ``asked`` are ports by name (0: any free one); ``values`` the app's settings where they are not the
    ones in its files; ``say`` is told one line per step.
    """

    def __init__(
        self,
        state_dir: Path,
        *,
        asked: Mapping[str, int] | None = None,
        only: Collection[str] = tuple(ALL),
        app_dir: Path = REPOSITORY,
        values: Mapping[str, str] | None = None,
        reload: bool = False,
        say: Say = _quiet,
    ) -> None:
        unknown = [name for name in only if name not in ALL]
        if unknown:
            raise StackError(f"There is no service {', '.join(unknown)}; there are {', '.join(ALL)}.")
        self.state_dir = state_dir.resolve()
        self.services = tuple(service for service in ALL.values() if service.name in only)
        self.settings: dict[str, str] = {}
        self._asked = asked or {}
        self._app_dir = app_dir
        self._values = values
        self._reload = reload
        self._say = say
        self._children: dict[str, Child] = {}
        self._lock: int | None = None
        self._place: Place | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def place(self) -> Place:
        """Where the stack lives; known once it is starting."""
        if self._place is None:
            raise StackError("The stack is not started.")
        return self._place

    def url(self, name: str) -> str:
        """Return the base URL of a service."""
        return ALL[name].url(self.place)

    def log(self, name: str) -> Path:
        """Return the log file of a service."""
        return self.state_dir / "logs" / f"{name}.log"

    def start(self) -> None:
        """Start every service and return when all are ready and provisioned; on failure none is left.

        Raises:
            StackError: with a sentence for the person at the terminal.
        """
        try:
            self._own_the_state()
            self._prepare()
            self._start([service for service in self.services if service in EMULATORS])
            self._provision()
            self._start([service for service in self.services if service not in EMULATORS])
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop every service, the app first; nothing is left running."""
        emulators = {service.name for service in EMULATORS}
        app = [child for name, child in self._children.items() if name not in emulators]
        process.stop(app, seconds=process.HOST_STOP_SECONDS)
        process.stop([child for name, child in self._children.items() if name in emulators])
        self._children.clear()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def check(self) -> None:
        """Raise ``ChildDied`` if a service ended by itself."""
        for child in self._children.values():
            child.check()

    def pid(self, name: str) -> int:
        """Return the process id of one service's leash; the service is below it."""
        return self._children[name].pid

    def kill(self, name: str) -> None:
        """SIGKILL one service, as a crash would; ``start_service`` brings it back."""
        self._children.pop(name).kill()

    def stop_service(self, name: str) -> None:
        """Stop one service in good order; ``start_service`` brings it back."""
        process.stop([self._children.pop(name)], seconds=process.HOST_STOP_SECONDS)

    def start_service(self, name: str) -> None:
        """Start one service again, on the port it had, and wait until it is ready."""
        self._start([ALL[name]])

    def freeze(self, name: str) -> None:
        """Stop one service's clock (SIGSTOP): connections are accepted, nothing is answered."""
        os.killpg(self._children[name].pid, signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """Let a frozen service go on."""
        os.killpg(self._children[name].pid, signal.SIGCONT)

    def _own_the_state(self) -> None:
        """Lock the state folder; the leashes hold the lock too, so no two Azurites ever share data."""
        self.state_dir.mkdir(parents=True, exist_ok=True)
        lock = self._lock = os.open(self.state_dir / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        if _locks(lock):
            return
        self._say(f"another devstack uses {self.state_dir}; waiting {_LOCK_SECONDS:.0f} s for its end ...")
        deadline = time.monotonic() + _LOCK_SECONDS
        while not _locks(lock):
            if time.monotonic() > deadline:
                raise StackError(f"Another devstack uses {self.state_dir}; stop it or choose --state-dir.")
            time.sleep(process.POLL_SECONDS)

    def _prepare(self) -> None:
        needed = [port for service in self.services for port in service.ports]
        chosen = ports.choose(self._asked, needed=needed, say=self._say)
        self._place = Place(self.state_dir, chosen, self._app_dir, self._reload)
        if any(service.needs_node for service in self.services):
            node.install(self._say)
        offered = {
            name: value for service in self.services for name, value in service.settings(self.place).items()
        }
        values = appsettings.written(self._app_dir) if self._values is None else self._values
        self.settings = appsettings.effective(values, appsettings.example(self._app_dir), offered)
        appsettings.write(self.place.settings_file, self.settings)
        self._trim_logs()

    def _trim_logs(self) -> None:
        for service in self.services:
            log = self.log(service.name)
            if log.exists() and log.stat().st_size > _LOG_BYTES:
                log.unlink()

    def _environment(self) -> dict[str, str]:
        """The settings, and of the terminal's environment only what is no setting of the app."""
        known = appsettings.example(self._app_dir).keys() | self.settings.keys()
        inherited = {name: value for name, value in os.environ.items() if name not in known}
        return {**inherited, **self.settings}

    def _start(self, services: Collection[Service]) -> None:
        if not services:
            return
        self._say(f"starting {', '.join(service.name for service in services)} ...")
        started = time.monotonic()
        waiting = {}
        for service in services:
            child = process.spawn(
                service.name,
                service.command(self.place),
                env=self._environment(),
                log=self.log(service.name),
                hold=self._lock,
            )
            self._children[service.name] = child
            waiting[service.name] = (child, service.probe(self.place))

        def ready(name: str) -> None:
            self._say(f"  {name} ready in {time.monotonic() - started:.1f} s at {self.url(name)}")

        process.wait_until_ready(waiting, seconds=READY_SECONDS, ready=ready)

    def _provision(self) -> None:
        if not {"azurite", "cosmos"} <= self._children.keys():
            return
        started = time.monotonic()
        ours = ["--check-settings"] if self._app_dir == REPOSITORY else []
        try:
            done = subprocess.run(
                [sys.executable, "-m", "devstack.provision", *ours],
                cwd=REPOSITORY,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=_PROVISION_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise StackError(f"Provisioning did not end within {_PROVISION_SECONDS:g} s.") from None
        if done.returncode:
            raise StackError("\n".join(done.stderr.splitlines()[-5:]))
        self._say(f"  provisioned in {time.monotonic() - started:.1f} s")
