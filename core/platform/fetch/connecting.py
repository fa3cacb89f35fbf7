"""Connections to addresses that were checked, and to no other.

A name is looked up once for each connection, inside the connector; every answer is checked, and the
connection goes to one of those very answers. So an answer that changes between check and use changes nothing.
The name stays in ``Host`` and in the TLS handshake. Each request opens its own connection, so none outlives
its check.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from core.platform.fetch import addresses
from core.platform.fetch.errors import FetchRefused
from core.platform.fetch.targets import Extra

type Lookup = Callable[[str], Awaitable[Sequence[str]]]
"""A host name to its addresses; raises ``OSError`` where there are none."""

type OpenSocket = Callable[[int, int, int], socket.socket]

_MANY = 32
"""Addresses of one name at most."""


async def look_up(host: str) -> Sequence[str]:
    """Ask the system's resolver."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(info[4][0]) for info in found]


class CheckedResolver(AbstractResolver):
    """Answers with addresses that may be contacted, or refuses the name as a whole."""

    def __init__(self, lookup: Lookup, extra: Extra) -> None:
        self._lookup = lookup
        self._extra = extra

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of ``host``.

        Raises:
            FetchRefused: one of them is not public.
        """
        pinned = self._extra.get((host, port))
        found = [pinned] if pinned is not None else await self._checked(host)
        return [_result(host, address, port) for address in found]

    async def close(self) -> None:
        """There is nothing to close."""

    async def _checked(self, host: str) -> Sequence[str]:
        found = list(dict.fromkeys(await self._lookup(host)))
        if not found:
            raise OSError(f"{host} has no address")
        for address in found:
            if (why := addresses.refusal(address)) is not None:
                raise FetchRefused(f"{host} leads to an address that is not public: {why}.")
        return found[:_MANY]


class CheckedSockets:
    """Opens sockets, as the last gate: whatever came before, none is opened for another address."""

    def __init__(self, extra: Extra, open_socket: OpenSocket) -> None:
        self._extra = frozenset((address, port) for (_, port), address in extra.items())
        self._open = open_socket

    def __call__(self, info: aiohttp.AddrInfoType) -> socket.socket:
        """Return a socket for the address in ``info``."""
        family, kind, protocol, _, sockaddr = info
        address, port = str(sockaddr[0]), int(sockaddr[1])
        if (address, port) not in self._extra and addresses.refusal(address) is not None:
            raise PermissionError(f"{address} is not public")
        return self._open(family, kind, protocol)


def client(
    extra: Extra,
    timeout: aiohttp.ClientTimeout,
    *,
    lookup: Lookup = look_up,
    open_socket: OpenSocket = socket.socket,
    tls: ssl.SSLContext | None = None,
) -> aiohttp.ClientSession:
    """Return a session that keeps no cookies, sends no credentials, follows nothing and unpacks nothing."""
    connector = aiohttp.TCPConnector(
        resolver=CheckedResolver(lookup, extra),
        use_dns_cache=False,
        force_close=True,
        limit=0,
        ssl=tls if tls is not None else True,
        socket_factory=CheckedSockets(extra, open_socket),
    )
    return aiohttp.ClientSession(
        connector=connector,
        timeout=timeout,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
        requote_redirect_url=False,
    )


def _result(host: str, address: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(
        hostname=host, host=address, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST
    )
