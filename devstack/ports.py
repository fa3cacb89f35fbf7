"""Which port each service of the devstack listens on.

An emulator's port matters to nobody but the stack, so a taken one is replaced and named. The port people
type (the functions host's), and any port asked for explicitly, is never silently another one.
"""

from __future__ import annotations

import random
import socket
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import psutil

from devstack.process import StackError

HOST = "127.0.0.1"
DEFAULTS: Mapping[str, int] = {
    "functions": 7071,
    "blob": 10000,
    "queue": 10001,
    "table": 10002,
    "cosmos": 8081,
    "openai": 8082,
    "segmentation": 8083,
    "oidc": 8084,
    "shop": 8085,
}
_SPARE = range(15_000, 30_000)  # below the range the system takes outgoing ports from
_TRIES = 200


class PortTaken(StackError):
    """A port that must be this one belongs to somebody else."""


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of 127.0.0.1 now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    with socket.socket() as caller:  # a server on all addresses does not keep macOS from binding one
        caller.settimeout(1)
        return caller.connect_ex((HOST, port)) != 0


def spare(taken: Collection[int] = ()) -> int:
    """Return a free port that is not in ``taken``."""
    for _ in range(_TRIES):
        port = random.choice(_SPARE)  # noqa: S311 - spreads parallel runs apart, no secret
        if port not in taken and is_free(port):
            return port
    raise StackError(f"No free port found between {_SPARE.start} and {_SPARE.stop}.")


def spares() -> dict[str, int]:
    """Return a free port for every service, none of them a default."""
    chosen: dict[str, int] = {}
    for name in DEFAULTS:
        chosen[name] = spare(chosen.values())
    return chosen


def choose(
    asked: Mapping[str, int], *, needed: Collection[str], say: Callable[[str], None]
) -> dict[str, int]:
    """Return a port for each name in ``needed`` or ``asked``: the asked or the default one where possible.

    Raises:
        PortTaken: an asked port, or the functions host's, is in use; the sentence says by whom.
    """
    chosen: dict[str, int] = {}
    for name in dict.fromkeys([*needed, *asked]):
        port = asked.get(name, DEFAULTS[name])
        if port == 0:
            port = spare(chosen.values())
        elif not is_free(port):
            if name in asked or name == "functions":
                raise PortTaken(_refusal(name, port))
            replacement = spare(chosen.values())
            say(f"Port {port} ({name}) is taken by {holder(port)}; using {replacement} instead.")
            port = replacement
        chosen[name] = port
    return chosen


def _refusal(name: str, port: int) -> str:
    how = f"make run PORT={port + 1}" if name == "functions" else f"--ports {name}={port + 1}"
    return f"Port {port} ({name}) is taken by {holder(port)}. Stop it or choose another port: {how}"


def holder(port: int) -> str:
    """Name the process that listens on ``port``, as far as the system tells."""
    try:
        for connection in psutil.net_connections("tcp"):
            listens = connection.status == psutil.CONN_LISTEN and connection.laddr[1:] == (port,)
            if listens and connection.pid:
                return f"{_program(psutil.Process(connection.pid))} (pid {connection.pid})"
    except psutil.Error:
        pass  # macOS tells only root about other people's sockets
    return "another process"


def _program(process: psutil.Process) -> str:
    """Name what runs: its file, because a thread may have renamed the process (Node's is `MainThread`)."""
    try:
        return Path(process.exe()).name or process.name()
    except psutil.AccessDenied:
        return process.name()
