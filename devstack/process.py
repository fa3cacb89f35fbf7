"""Child processes of the devstack: each with a log file, a bounded wait for readiness, and a sure end."""

from __future__ import annotations

import os
import signal
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from devstack.functions.grace import LONGEST

REPOSITORY = Path(__file__).resolve().parent.parent
STOP_SECONDS = 8.0
HOST_STOP_SECONDS = LONGEST + 3.0  # the functions host hears out what runs, then its interpreter ends
POLL_SECONDS = 0.05
_LAST_LINES = 15
_TAIL_BYTES = 16_384

type Probe = Callable[[], bool]


class StackError(Exception):
    """Something the person at the terminal can act on; printed as a sentence, without a trace."""


class ChildDied(StackError):
    """A service ended by itself; the message shows its last words."""


@dataclass
class Child:
    """A running service: ``pid`` is that of its leash, which leads the service's own process group.

    ``logged`` are the bytes of the log that are of earlier runs.
    """

    name: str
    log: Path
    popen: subprocess.Popen[bytes]
    logged: int

    @property
    def pid(self) -> int:
        """Process id and process group id."""
        return self.popen.pid

    def check(self) -> None:
        """Raise ``ChildDied`` if the service is no longer running."""
        code = self.popen.poll()
        if code is None:
            return
        lines = last_lines(self.log, after=self.logged)
        words = "\n".join(f"  {line}" for line in lines) if lines else "  (it printed nothing)"
        raise ChildDied(f"{self.name} stopped by itself with exit code {code}. Its last lines:\n{words}")

    def ask_to_stop(self) -> None:
        """Send SIGTERM; the leash passes it on."""
        with suppress(ProcessLookupError):
            self.popen.send_signal(signal.SIGTERM)

    def wait_or_kill(self, deadline: float) -> None:
        """Wait until ``deadline`` (``time.monotonic``), then kill the whole process group."""
        try:
            self.popen.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.kill()
        self._close()

    def kill(self) -> None:
        """SIGKILL the service and all it started, as a crashed machine would."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self.popen.wait()
        self._close()

    def _close(self) -> None:
        if self.popen.stdin is not None:
            self.popen.stdin.close()


def spawn(
    name: str,
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    log: Path,
    hold: int | None = None,
) -> Child:
    """Start ``command`` on a leash from the repository's folder; its output is appended to ``log``.

    ``hold`` is a file descriptor the leash keeps open until the command has ended, such as a lock's.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    leashed = [sys.executable, "-m", "devstack.leash", *map(str, command)]
    with log.open("ab") as output:
        logged = output.tell()
        popen = subprocess.Popen(
            leashed,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=REPOSITORY,
            env={**env, "PYTHONUNBUFFERED": "1"},
            pass_fds=() if hold is None else (hold,),
            start_new_session=True,  # Ctrl-C reaches the devstack alone, which then stops in order
        )
    return Child(name, log, popen, logged)


def stop(children: Sequence[Child], *, seconds: float = STOP_SECONDS) -> None:
    """Stop several services together: SIGTERM to each, SIGKILL to those still there after ``seconds``."""
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + seconds
    for child in children:
        child.wait_or_kill(deadline)


def wait_until_ready(
    waiting: Mapping[str, tuple[Child, Probe]], *, seconds: float, ready: Callable[[str], None]
) -> None:
    """Poll all probes until each has succeeded once; ``ready`` is told the name of each as it does.

    Raises:
        ChildDied: one of the services ended meanwhile.
        StackError: one of them was not ready in time.
    """
    pending = dict(waiting)
    deadline = time.monotonic() + seconds
    while pending:
        for name, (child, probe) in list(pending.items()):
            child.check()
            if probe():
                del pending[name]
                ready(name)
        if pending and time.monotonic() > deadline:
            names = " and ".join(pending)
            logs = ", ".join(str(child.log) for child, _ in pending.values())
            raise StackError(f"{names} did not get ready within {seconds:.0f} s; see {logs}.")
        if pending:
            time.sleep(POLL_SECONDS)


def answers(url: str, *, trust: Path | None = None, any_status: bool = False) -> bool:
    """Whether a GET of ``url`` is answered with 200, or at all if ``any_status``."""
    context = ssl.create_default_context(cafile=trust) if trust else None
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
    )
    try:
        with opener.open(url, timeout=2) as response:
            return any_status or response.status == 200
    except urllib.error.HTTPError as error:
        with error:
            return any_status
    except OSError:
        return False


def last_lines(log: Path, *, after: int = 0, count: int = _LAST_LINES) -> list[str]:
    """Return the last lines of a log file written after its first ``after`` bytes, at most ``count``."""
    if not log.exists():
        return []
    with log.open("rb") as file:
        file.seek(max(after, log.stat().st_size - _TAIL_BYTES))
        return file.read().decode(errors="replace").splitlines()[-count:]
