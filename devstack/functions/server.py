"""Sockets in front of the gateway: reads whole requests within the size limit, writes whole answers."""

from __future__ import annotations

import asyncio
import logging
import socket

import psutil
from aiohttp import hdrs, web
from aiohttp.web_request import BaseRequest
from multidict import CIMultiDict

from devstack.functions.gateway import Gateway
from devstack.functions.grace import GRACE, LAST_WORDS
from devstack.functions.messages import HostRequest, HostResponse

log = logging.getLogger("host.http")

BODY_LIMIT_SETTING = "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"
DEFAULT_BODY_LIMIT = 104_857_600  # bytes; the platform's default
_HEADER_LIMIT = 32_768  # bytes of one header field; the platform allows as much for all of them
_BACKLOG = 512
_LINGER = 5.0  # seconds a client may go on sending what was refused, so that it gets to read why


class PortTakenError(Exception):
    """Somebody else listens on the port. The text is one sentence."""


class _BodyTooLargeError(Exception):
    """The request body goes over the limit."""


def bind(host: str, port: int) -> socket.socket:
    """A bound socket that refuses connections until the server starts. Raises PortTakenError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        raise PortTakenError(_taken(host, port, error)) from error
    return sock


class Server:
    """Serves one gateway on one socket. `body_limit` in bytes."""

    def __init__(self, gateway: Gateway, *, body_limit: int) -> None:
        self._gateway = gateway
        self._body_limit = body_limit
        self._runner: web.ServerRunner | None = None
        self._in_flight: set[asyncio.Task[HostResponse]] = set()

    async def start(self, sock: socket.socket) -> None:
        """Accept connections on a socket of `bind`. Raises PortTakenError if somebody was faster."""
        server = web.Server(
            self._handle,
            access_log=None,
            lingering_time=_LINGER,
            auto_decompress=False,  # as on the platform: an app gets the body as it was sent
            max_line_size=_HEADER_LIMIT,
            max_field_size=_HEADER_LIMIT,
        )
        self._runner = web.ServerRunner(server, shutdown_timeout=LAST_WORDS)
        await self._runner.setup()
        try:
            await web.SockSite(self._runner, sock, backlog=_BACKLOG).start()
        except OSError as error:
            name = sock.getsockname()
            raise PortTakenError(_taken(name[0], name[1], error)) from error

    async def stop(self) -> None:
        """Stop accepting, let the requests in flight finish for a while, then cancel and hear them out."""
        if self._runner is None:
            return
        for site in list(self._runner.sites):
            await site.stop()
        await self._until_answered(GRACE)
        for task in self._in_flight:
            task.cancel()
        await self._until_answered(LAST_WORDS)
        await self._runner.cleanup()

    async def _until_answered(self, seconds: float) -> None:
        if self._in_flight:
            await asyncio.wait(self._in_flight, timeout=seconds)

    async def _handle(self, request: BaseRequest) -> web.StreamResponse:
        try:
            body = await self._read(request)
        except _BodyTooLargeError:
            log.warning(
                "%s %s refused: the body exceeds %d bytes", request.method, request.path, self._body_limit
            )
            return _closing(web.Response(status=413))
        plain = HostRequest(
            method=request.method,
            url=f"{request.scheme}://{request.host}{_target(request)}",
            headers=_forwarded(request),
            body=body,
        )
        return _written(plain, await self._answer(plain))

    async def _answer(self, request: HostRequest) -> HostResponse:
        """Have the gateway answer; 503 for what was cancelled because the host stops."""
        task = asyncio.ensure_future(self._gateway.handle(request))
        self._in_flight.add(task)
        try:
            await asyncio.wait([task])
        finally:
            self._in_flight.discard(task)
        return HostResponse.empty(503) if task.cancelled() else task.result()

    async def _read(self, request: BaseRequest) -> bytes:
        if (request.content_length or 0) > self._body_limit:
            raise _BodyTooLargeError
        if request.headers.get(hdrs.EXPECT, "").lower() == "100-continue" and request.transport is not None:
            request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = bytearray()
        async for chunk in request.content.iter_any():
            body += chunk
            if len(body) > self._body_limit:
                raise _BodyTooLargeError
        return bytes(body)


def _forwarded(request: BaseRequest) -> CIMultiDict[str]:
    """The headers, with the peer appended to `X-Forwarded-For` as the platform's front end does."""
    headers = CIMultiDict(request.headers)
    peer = request.transport.get_extra_info("peername") if request.transport is not None else None
    if peer:
        host = f"[{peer[0]}]" if ":" in peer[0] else peer[0]
        headers.add("X-Forwarded-For", f"{host}:{peer[1]}")
    return headers


def _target(request: BaseRequest) -> str:
    """Path and query as sent, also when the client sent an absolute URL."""
    raw = request.raw_path
    return raw if raw.startswith("/") else request.rel_url.raw_path_qs


def _written(request: HostRequest, answer: HostResponse) -> web.Response:
    headers = CIMultiDict(answer.headers)
    announces_length = request.method == hdrs.METH_HEAD and not answer.body
    if not announces_length:
        headers.pop(hdrs.CONTENT_LENGTH, None)
    headers.setdefault(hdrs.SERVER, "devstack-functions")
    return web.Response(status=answer.status, headers=headers, body=answer.body)


def _closing(response: web.Response) -> web.Response:
    """What is still coming is not worth reading."""
    response.force_close()
    return response


def _taken(host: str, port: int, error: OSError) -> str:
    if owner := _owner(port):
        return f"Port {port} is taken by {owner}; choose another with --port."
    return f"Cannot listen on {host}:{port}: {error.strerror or error}; choose another with --port or --host."


def _owner(port: int) -> str | None:
    try:
        listening = [c for c in psutil.net_connections("tcp") if c.status == psutil.CONN_LISTEN]
        pid = next(c.pid for c in listening if c.laddr and c.laddr[1] == port)
        return f"{psutil.Process(pid).name()} (process {pid})" if pid else "another process"
    except StopIteration:
        return None
    except psutil.Error:
        return "another process"
