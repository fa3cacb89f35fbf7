"""The one shape of the devstack's Python emulators: control routes, readiness, start and stop.

An emulator is an aiohttp application plus what tests need to steer it: an armed fault plan and a
record of what it was asked. The control routes live under ``/__control`` so that no path of an
emulated service can collide with them.
"""

import argparse
import asyncio
import signal
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from devstack import asking
from devstack.faults import BadFault, Fault, FaultPlan

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
MEGABYTE = 1 << 20
_SECRET_HEADERS = frozenset({"authorization", "api-key", "cookie"})
_SHUTDOWN_SECONDS = 0.5  # a hanging request, perhaps one told to hang, must not outlive Ctrl-C


class RequestLog:
    """The last requests received, and how many were ever in flight at once."""

    def __init__(self, keep: int) -> None:
        self._entries: deque[dict[str, Any]] = deque(maxlen=keep)
        self.clear()

    def clear(self) -> None:
        """Forget what was; requests still running go on counting as in flight."""
        self._entries.clear()
        self.total = 0
        self.by_path: dict[str, int] = {}
        self.in_flight = getattr(self, "in_flight", 0)
        self.most_in_flight = self.in_flight

    def enter(self, request: web.Request) -> dict[str, Any]:
        """Open the record of one request; its handler may add to it."""
        self.total += 1
        self.by_path[request.path] = self.by_path.get(request.path, 0) + 1
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        entry = {
            "number": self.total,
            "at": datetime.now(UTC).isoformat(),
            "method": request.method,
            "path": request.path_qs,
            "headers": public_headers(request),
            "status": None,
            "fault": None,
        }
        self._entries.append(entry)
        return entry

    def leave(self, entry: dict[str, Any], status: int | None) -> None:
        """Close the record; None stands for an answer that was never finished."""
        self.in_flight -= 1
        entry["status"] = status

    def report(self, match: str = "") -> dict[str, Any]:
        """Counts over everything, and the kept records whose text contains ``match``, oldest first."""
        return {
            "total": self.total,
            "by_path": self.by_path,
            "in_flight": self.in_flight,
            "most_in_flight": self.most_in_flight,
            "requests": [entry for entry in self._entries if match in str(entry)],
        }


class Emulator:
    """One emulated service.

    ``app`` is ready to be given its routes. Handlers call ``fault(request, body)`` once they know the
    request and do what the returned fault says.
    """

    def __init__(self, fault_kinds: Iterable[str], *, max_body: int = MEGABYTE, keep: int = 500) -> None:
        self.faults = FaultPlan(fault_kinds)
        self.log = RequestLog(keep)
        self.app = web.Application(client_max_size=max_body, middlewares=[self._record])
        self.app.add_routes(
            [
                web.get("/healthz", self._healthz),
                web.get("/__control/faults", self._show_faults),
                web.post("/__control/faults", self._arm_faults),
                web.delete("/__control/faults", self._clear_faults),
                web.get("/__control/requests", self._show_requests),
                web.delete("/__control/requests", self._clear_requests),
            ]
        )

    def fault(self, request: web.Request, body: str = "") -> Fault | None:
        """The fault that strikes this request; it is noted in the request's record."""
        headers = "\n".join(f"{name}: {value}" for name, value in public_headers(request).items())
        fault = self.faults.strike(f"{request.method} {request.path_qs}\n{headers}\n\n{body}")
        if fault and ENTRY in request:
            request[ENTRY]["fault"] = fault.kind
        return fault

    @web.middleware
    async def _record(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path == "/healthz" or request.path.startswith("/__control/"):
            return await handler(request)
        entry = request[ENTRY] = self.log.enter(request)
        status: int | None = None
        try:
            response = await handler(request)
        except web.HTTPException as answer:
            status = answer.status
            raise
        else:
            status = response.status
            return response
        finally:
            self.log.leave(entry, status)

    async def _healthz(self, request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def _show_faults(self, request: web.Request) -> web.Response:
        return web.json_response([fault.model_dump(exclude_defaults=True) for fault in self.faults.armed])

    async def _arm_faults(self, request: web.Request) -> web.Response:
        posted = await read_control(request)
        try:
            self.faults.arm(posted)
        except BadFault as error:
            raise web.HTTPBadRequest(text=f"{error}\n") from error
        return await self._show_faults(request)

    async def _clear_faults(self, request: web.Request) -> web.Response:
        self.faults.clear()
        return web.Response(status=204)

    async def _show_requests(self, request: web.Request) -> web.Response:
        return web.json_response(self.log.report(request.query.get("match", "")))

    async def _clear_requests(self, request: web.Request) -> web.Response:
        self.log.clear()
        return web.Response(status=204)


ENTRY = web.RequestKey("entry", dict[str, Any])


async def read_control(request: web.Request) -> Any:
    """The JSON a control route was posted; 400 with a sentence when it is none."""
    try:
        return await request.json()
    except ValueError as error:
        raise web.HTTPBadRequest(text=f"The body is not JSON: {error}\n") from error


def public_headers(request: web.Request) -> dict[str, str]:
    """The request's headers in lower case, credentials blanked."""
    return {
        name.lower(): "***" if name.lower() in _SECRET_HEADERS else value
        for name, value in request.headers.items()
    }


def down(fault: Fault) -> web.Response:
    """The answer of a service that is down: the fault's status (503), and when to come back if it says so."""
    headers = {} if fault.retry_after is None else {"Retry-After": f"{fault.retry_after:g}"}
    return web.Response(status=fault.status or 503, headers=headers)


def hang_up(request: web.Request) -> None:
    """Drop the connection without a goodbye, as a crashed server would."""
    if request.transport is not None:
        request.transport.abort()


@asynccontextmanager
async def running(app: web.Application, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Serve ``app`` while the block runs; yields its base URL. Port 0 takes a free one."""
    runner = web.AppRunner(
        app, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS, handler_cancellation=True
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield f"http://{host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def main(name: str, build: Callable[[], web.Application]) -> None:
    """Run the emulator ``name`` from the command line until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog=f"python -m devstack.{name}")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=asking.port, default=0, help="port to listen on; 0 takes a free one")
    options = parser.parse_args()
    try:
        asyncio.run(_serve(name, build(), options.host, options.port))
    except OSError as error:
        raise SystemExit(
            f"{name} cannot listen on {options.host}:{options.port}: {error.strerror}"
        ) from error


async def _serve(name: str, app: web.Application, host: str, port: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    with suppress(NotImplementedError):  # Windows loops have no signal handlers; Ctrl-C still works there
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
    async with running(app, host, port) as url:
        print(f"{name} listening on {url}", flush=True)
        await stop.wait()
