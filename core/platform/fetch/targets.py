"""Which URLs may be asked at all, before any name is looked up.

A URL is read once, by yarl; what is checked here is the very object the connection is made from, so no second
reader can see another host in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address

import idna
from yarl import URL

from core.platform.fetch import addresses
from core.platform.fetch.errors import FetchRefused

LONGEST = 2048
"""Characters of a URL at most."""

PORTS = {"http": 80, "https": 443}

type Extra = Mapping[tuple[str, int], str]
"""Hosts and ports admitted beyond the rules, each with the one address it stands for."""

_NOT_IN_A_URL = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff\\]")
_NOT_IN_AN_AUTHORITY = re.compile(r"[@%\s]")
_NUMERIC = re.compile(r"(0x[0-9a-f]*|[0-9]+)", re.IGNORECASE)
_LOCAL_NAMES = frozenset(
    [
        "localhost",
        "local",
        "localdomain",
        "internal",
        "intranet",
        "lan",
        "home",
        "corp",
        "private",
        "arpa",
        "onion",
        "alt",
        "test",
        "invalid",
    ]
)
"""Last labels that are never public (RFC 6761, 6762, 7686, 9476, and ICANN's ``internal``)."""


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that may be asked; ``host`` is lower case and ASCII, an address without brackets."""

    url: URL
    host: str
    port: int

    @property
    def origin(self) -> str:
        """Scheme, host and port: what a robots.txt is valid for."""
        return str(self.url.origin())


def read(text: str, extra: Extra, *, base: URL | None = None) -> Target:
    """Return the target that ``text`` names, relative to ``base`` if given; its fragment is dropped.

    Raises:
        FetchRefused: no such URL is asked; the detail says why.
    """
    if len(text) > LONGEST:
        raise FetchRefused(f"The URL is longer than {LONGEST} characters.")
    if _NOT_IN_A_URL.search(text):
        raise FetchRefused("The URL has spaces, control characters or backslashes in it.")
    try:
        url = URL(text) if base is None else base.join(URL(text))
    except ValueError as error:
        raise FetchRefused("That is not a URL.") from error
    return checked(url, extra)


def checked(url: URL, extra: Extra) -> Target:
    """Return ``url`` as a target.

    Raises:
        FetchRefused: no such URL is asked.
    """
    if url.scheme not in PORTS:
        raise FetchRefused("Only http and https URLs are fetched.")
    authority, host, port = url.raw_authority, url.raw_host, url.port
    if not authority or not host or port is None:
        raise FetchRefused("The URL names no host.")
    if _NOT_IN_AN_AUTHORITY.search(authority):
        raise FetchRefused("A host is written without user names, passwords, escapes or zones.")
    host = host.lower()
    if (host, port) not in extra:
        _check_port(url.scheme, port)
        _check_host(host)
    return Target(url.with_fragment(None), host, port)


def _check_port(scheme: str, port: int) -> None:
    if port != PORTS[scheme]:
        raise FetchRefused(f"Only port {PORTS[scheme]} is asked over {scheme}.")


def _check_host(host: str) -> None:
    labels = host.split(".")
    if ":" in host or _NUMERIC.fullmatch(labels[-1]) or (labels[-1] == "" and len(labels) > 1):
        _check_literal(host)
    else:
        _check_name(host, labels)


def _check_literal(host: str) -> None:
    """Take IPv4 only as it is written canonically: no octal, hex, short or decimal forms.

    IPv6 is written so by then: yarl does, whatever it read.
    """
    try:
        ip_address(host)
    except ValueError:
        raise FetchRefused(f"{host} is neither a name nor a plainly written address.") from None
    if (why := addresses.refusal(host)) is not None:
        raise FetchRefused(f"{host} is not a public address: {why}.")


def _check_name(host: str, labels: list[str]) -> None:
    if len(labels) < 2 or labels[-1] in _LOCAL_NAMES:
        raise FetchRefused(f"{host} is a local name.")
    try:
        idna.encode(host, strict=True)
    except UnicodeError:
        raise FetchRefused(f"{host} is not a host name.") from None
