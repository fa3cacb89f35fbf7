"""Other people's signing keys: an issuer's JWKS, found by discovery, cached, and fetched as rarely as may be.

An unknown ``kid`` may be a key rotated in a second ago or a flood of forgeries: it causes one refresh, and
none again for a while. An issuer that is down does not sign anyone out: keys known to be good stay so for
a day.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from core.platform import clock
from core.platform.errors import BadUpstream, Unavailable

FRESH_AT_LEAST = timedelta(minutes=5)
FRESH_AT_MOST = timedelta(hours=24)
FRESH_BY_DEFAULT = timedelta(hours=1)
STALE_IF_ERROR = timedelta(hours=24)
REFRESH_INTERVAL = timedelta(seconds=30)
"""Shortest time from a refresh to the next, whatever asks for it."""

RETRY_INTERVAL = timedelta(seconds=5)
"""Shortest time from a failed refresh to the next."""

MAX_KEYS = 100
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,9})")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_log = logging.getLogger("pluckit.identity")

type Jwk = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fetched:
    """A JSON object and the ``Cache-Control`` header it came with."""

    body: Mapping[str, Any]
    cache_control: str = ""


type Fetch = Callable[[str], Awaitable[Fetched]]
"""Get a JSON object from a URL; raises ``Unavailable`` or ``BadUpstream``."""


@dataclass(frozen=True, slots=True)
class _Keys:
    by_kid: Mapping[str, Jwk]
    fresh_until: datetime

    @property
    def usable_until(self) -> datetime:
        return self.fresh_until + STALE_IF_ERROR


class IssuerKeys:
    """The keys of one issuer (OpenID Connect Discovery 1.0), in memory.

    Made for one event loop; ``fetch`` does the I/O.
    """

    def __init__(self, issuer: str, fetch: Fetch) -> None:
        self.issuer = issuer
        self._fetch = fetch
        self._keys: _Keys | None = None
        self._wait_until: datetime | None = None
        self._one_at_a_time = asyncio.Lock()

    async def find(self, kid: str) -> Jwk | None:
        """Return the issuer's key of this id, ``None`` when it has none.

        Raises:
            Unavailable, BadUpstream: nothing usable is cached and the issuer does not answer with keys.
        """
        if (found := self._cached(kid)) is not None:
            return found
        async with self._one_at_a_time:
            # Whoever held the lock may have fetched what is missing here.
            if (found := self._cached(kid)) is None and self._may_try():
                await self._refresh()
        return found or self._usable().by_kid.get(kid)

    def _cached(self, kid: str) -> Jwk | None:
        if self._keys is None or clock.now() >= self._keys.fresh_until:
            return None
        return self._keys.by_kid.get(kid)

    def _may_try(self) -> bool:
        return self._wait_until is None or clock.now() >= self._wait_until

    async def _refresh(self) -> None:
        try:
            fetched = await self._fetch_keys()
        except (Unavailable, BadUpstream) as error:
            self._wait_until = clock.now() + RETRY_INTERVAL
            if self._keys is None or clock.now() >= self._keys.usable_until:
                raise
            _log.warning("keys of %s could not be refreshed, keeping the old ones: %s", self.issuer, error)
            return
        self._wait_until = clock.now() + REFRESH_INTERVAL
        self._keys = _Keys(_by_kid(fetched.body), clock.now() + freshness(fetched.cache_control))

    async def _fetch_keys(self) -> Fetched:
        url = self.issuer.rstrip("/") + "/.well-known/openid-configuration"
        discovered = (await self._fetch(checked_url(url))).body
        if discovered.get("issuer") != self.issuer:
            raise BadUpstream(f"Discovery at {url} names another issuer.")
        location = discovered.get("jwks_uri")
        if not isinstance(location, str):
            raise BadUpstream(f"Discovery at {url} names no jwks_uri.")
        fetched = await self._fetch(checked_url(location))
        if not _by_kid(fetched.body):
            raise BadUpstream(f"There are no usable keys at {location}.")
        return fetched

    def _usable(self) -> _Keys:
        if self._keys is None or clock.now() >= self._keys.usable_until:
            wait = RETRY_INTERVAL.total_seconds()
            raise Unavailable("The sign-in provider's keys cannot be read now.", retry_after=wait)
        return self._keys


def freshness(cache_control: str) -> timedelta:
    """Return how long an answer is fresh by its ``Cache-Control``, kept between our floor and ceiling."""
    directives = cache_control.lower()
    if "no-store" in directives or "no-cache" in directives:
        return FRESH_AT_LEAST
    found = _MAX_AGE.search(directives)
    asked = FRESH_BY_DEFAULT if found is None else timedelta(seconds=int(found[1]))
    return min(max(asked, FRESH_AT_LEAST), FRESH_AT_MOST)


def checked_url(url: str) -> str:
    """Return the URL if keys may be fetched from it: https, or http to this machine only.

    Raises:
        BadUpstream: they may not.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        raise BadUpstream("The sign-in provider names a key URL that is no URL.") from None
    if parts.scheme == "https" and host and not parts.username:
        return url
    if parts.scheme == "http" and host in _LOOPBACK:
        return url
    raise BadUpstream(f"Keys are fetched over https only, not from {parts.scheme}://{host}.")


def _by_kid(jwks: Mapping[str, Any]) -> dict[str, Jwk]:
    listed = jwks.get("keys")
    if not isinstance(listed, list):
        return {}
    usable = (
        key
        for key in listed[:MAX_KEYS]
        if isinstance(key, dict) and isinstance(key.get("kid"), str) and key.get("use", "sig") == "sig"
    )
    return {key["kid"]: key for key in reversed(list(usable))}
