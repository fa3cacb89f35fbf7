"""`python -m devstack.functions`: run a function app folder on this machine, the way Azure would."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from ipaddress import ip_address
from pathlib import Path

from devstack import asking
from devstack.functions import localsettings
from devstack.functions.console import configure_logging, function_list
from devstack.functions.host import START_ERRORS, Host, prepare_environment
from devstack.functions.localsettings import LocalSettings
from devstack.functions.reload import supervise
from devstack.functions.server import bind
from devstack.functions.webconsole import PATH as CONSOLE_PATH

_DEFAULT_PORT = 7071
_EPILOG = """
settings: local.settings.json ("Values"), then local.settings.local.json over it; the environment wins.
keys:     functions that are not anonymous need a key (x-functions-key header or ?code=); the keys are in
          secrets.json in the state folder, and the master key in it opens /admin.
"""


def main() -> int:
    """Parse the command line and run until SIGINT or SIGTERM; the exit code."""
    arguments = _parser().parse_args()
    configure_logging(verbose=arguments.verbose)
    try:
        return asyncio.run(_reloading(arguments) if arguments.reload else _serve(arguments))
    except START_ERRORS as error:
        print(f"{error}", *filter(None, [getattr(error, "trace", "")]), sep="\n", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m devstack.functions",
        description="Run a Python v2 function app folder on this machine, the way Azure would.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--app-dir", type=_folder, default=_folder("."), help="folder with host.json (default: this one)"
    )
    parser.add_argument(
        "--port",
        type=asking.port,
        help=f"0 takes a free one (default: Host.LocalHttpPort or {_DEFAULT_PORT})",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--reload", action="store_true", help="restart when a source or settings file changes"
    )
    parser.add_argument(
        "--local-settings", type=_file, help="instead of local.settings.json in the app folder"
    )
    parser.add_argument("--state-dir", type=_file, help="for keys and timers (default: <app-dir>/.devstack)")
    parser.add_argument(
        "--no-console",
        dest="console",
        action="store_false",
        help="do not serve /console; it is served on addresses of this machine only",
    )
    parser.add_argument("--verbose", action="store_true", help="log everything, the SDKs included")
    return parser


def _folder(text: str) -> Path:
    path = Path(text).resolve()
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"{path} is not a folder")
    return path


def _file(text: str) -> Path:
    return Path(text).resolve()


async def _serve(arguments: argparse.Namespace) -> int:
    app_dir: Path = arguments.app_dir
    local = localsettings.load(app_dir, arguments.local_settings)
    sock = bind(arguments.host, _choose_port(arguments, local))
    authority = f"{_shown(arguments.host)}:{sock.getsockname()[1]}"
    prepare_environment(app_dir, local, authority)
    state_dir = arguments.state_dir or app_dir / ".devstack"
    console = arguments.console and ip_address(sock.getsockname()[0]).is_loopback
    host = Host.load(app_dir, local, origin=f"http://{authority}", state_dir=state_dir, console=console)
    stopped = _until_signal()
    await host.start(sock)
    print(function_list(host, f"http://{authority}"))
    print(f"Keys are in {host.keys.path}")
    if console:
        print(f"Console: http://{authority}{CONSOLE_PATH}")
    print(f"Functions host listening on http://{authority}", flush=True)
    await stopped.wait()
    print("Stopping: requests in flight may finish.", flush=True)
    if not await host.stop():
        _exit_hard(0)  # a synchronous function that never ends would keep the interpreter alive
    return 0


def _choose_port(arguments: argparse.Namespace, local: LocalSettings) -> int:
    if arguments.port is not None:
        return int(arguments.port)
    return _DEFAULT_PORT if local.port is None else local.port


def _shown(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _until_signal() -> asyncio.Event:
    """Set by the first SIGINT or SIGTERM; the second ends the process at once."""
    stopped = asyncio.Event()

    def stop() -> None:
        if stopped.is_set():
            _exit_hard(130)
        stopped.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    return stopped


def _exit_hard(code: int) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


async def _reloading(arguments: argparse.Namespace) -> int:
    """The port is settled here, so that every version of the app has the same one."""
    app_dir: Path = arguments.app_dir
    local = localsettings.load(app_dir, arguments.local_settings)
    with bind(arguments.host, _choose_port(arguments, local)) as sock:
        port = sock.getsockname()[1]
    command = [sys.executable, "-m", "devstack.functions", "--app-dir", str(app_dir)]
    command += ["--port", str(port), "--host", arguments.host]
    command += ["--verbose"] if arguments.verbose else []
    command += [] if arguments.console else ["--no-console"]
    for option in ("local_settings", "state_dir"):
        if path := getattr(arguments, option):
            command += [f"--{option.replace('_', '-')}", str(path)]
    return await supervise(command, app_dir, arguments.local_settings)


if __name__ == "__main__":
    sys.exit(main())
