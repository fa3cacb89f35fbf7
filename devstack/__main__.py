"""``python -m devstack``: the whole cloud of the app on this machine, until Ctrl-C."""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

from devstack import appsettings, asking
from devstack.follow import Follower
from devstack.ports import DEFAULTS
from devstack.process import REPOSITORY, StackError
from devstack.services import ALL
from devstack.stack import Stack

_LOOK_SECONDS = 0.2
_ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def _say(line: str) -> None:
    print(line, flush=True)


def _port(text: str) -> tuple[str, int]:
    name, _, number = text.partition("=")
    if name not in DEFAULTS:
        raise argparse.ArgumentTypeError(f"write NAME=NUMBER, with NAME one of {', '.join(DEFAULTS)}")
    return name, asking.port(number)


def _arguments(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m devstack", description=__doc__)
    parser.add_argument("command", nargs="?", choices=("up", "clean"), default="up", help="default: up")
    parser.add_argument(
        "--port", type=asking.port, help="port of the app (default: 7071); 0 takes a free one"
    )
    parser.add_argument(
        "--ports", type=_port, nargs="+", default=[], metavar="NAME=PORT", help="other ports, by name"
    )
    parser.add_argument("--state-dir", type=Path, default=REPOSITORY / ".devstack", help="where data is kept")
    parser.add_argument("--only", nargs="+", choices=tuple(ALL), default=tuple(ALL), help="start only these")
    parser.add_argument("--reload", action="store_true", help="load the app again when a source file changes")
    return parser.parse_args(given)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _welcome(stack: Stack) -> None:
    _say("")
    for service in stack.services:
        _say(f"  {service.name:<13}{stack.url(service.name)}")
    _say(f"  {'data, logs':<13}{stack.state_dir}")
    if any(service.name == "functions" for service in stack.services):
        _say(f"\n  {'console':<13}http://localhost:{stack.place.ports['functions']}/console")
        _say("\nSign in with:")
        _say(
            f"  curl -s {stack.url('functions')}/api/auth/local -H 'Content-Type: application/json' "
            """-d '{"email": "you@example.org"}'"""
        )
    _say("\nReady. Ctrl-C stops everything; the data stays.\n")


def _watch(stack: Stack) -> NoReturn:
    """Show what the app prints until somebody interrupts or a service dies."""
    log = Follower(stack.log("functions"))
    while True:
        for line in log.new_lines():
            _say(line)
        stack.check()
        time.sleep(_LOOK_SECONDS)


def _up(options: argparse.Namespace) -> int:
    from devstack import seeding  # loads an HTTP client, longer than all else: not before Ctrl-C is heard

    for number in _ENDING:
        signal.signal(number, _interrupt)
    asked = dict(options.ports) | ({} if options.port is None else {"functions": options.port})
    stack = Stack(options.state_dir, asked=asked, only=options.only, reload=options.reload, say=_say)
    try:
        if "functions" in options.only:
            appsettings.ensure(REPOSITORY, _say)
        started = time.monotonic()
        stack.start()
        _say(f"healthy after {time.monotonic() - started:.1f} s")
        seeding.seed(stack, _say)
        _welcome(stack)
        _watch(stack)
    except KeyboardInterrupt:
        _say("stopping ...")
    finally:
        for number in _ENDING:
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave anything behind
        stack.stop()
    _say("stopped; nothing is left running")
    return 0


def _clean(options: argparse.Namespace) -> int:
    if options.state_dir.exists():
        with Stack(options.state_dir, only=(), say=_say):  # refuses while a devstack is using it
            shutil.rmtree(options.state_dir)
        _say(f"removed {options.state_dir}")
    return 0


def main(given: Sequence[str]) -> int:
    """Run one command; what goes wrong is said in a sentence."""
    options = _arguments(given)
    try:
        return _up(options) if options.command == "up" else _clean(options)
    except StackError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
