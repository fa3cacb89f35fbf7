"""Other people's signing keys: an issuer's JWKS, found by discovery, cached, and fetched as rarely as may be.

An unknown ``kid`` may be a key rotated in a second ago or a flood of forgeries: it causes one fetch, few of
them in a while, and a ``kid`` that a fetch did not find is remembered as missing. Where nobody may look, the
answer is "not now" and not "forged". An issuer that is down does not sign anyone out: keys known to be good
stay so for a day.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from core.identity.errors import IssuerUnavailable
from core.platform import clock
from core.platform.errors import BadUpstream, Unavailable

FRESH_AT_LEAST = timedelta(minutes=5)
FRESH_AT_MOST = timedelta(hours=24)
FRESH_BY_DEFAULT = timedelta(hours=1)
STALE_IF_ERROR = timedelta(hours=24)
LOOKS = 3
"""How many fetches unknown ids may cause ..."""

LOOKS_WITHIN = timedelta(seconds=90)
"""... in a time this long."""

MISSING_FOR = timedelta(seconds=30)
"""How long an id that a fetch did not bring is taken to be missing."""

RETRY_INTERVAL = timedelta(seconds=5)
"""Shortest time from a failed fetch to the next."""

MAX_KEYS = 100
_MOST_MISSING = 1_000
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


class _Looks:
    """The fetches that unknown ids have caused lately."""

    def __init__(self) -> None:
        self._taken: list[datetime] = []

    def take(self) -> bool:
        now = clock.now()
        self._taken = [at for at in self._taken if now < at + LOOKS_WITHIN]
        if len(self._taken) >= LOOKS:
            return False
        self._taken.append(now)
        return True


class IssuerKeys:
    """The keys of one issuer (OpenID Connect Discovery 1.0), in memory.

    ``issuer`` is what discovery must name, ``metadata`` where it is asked, if elsewhere. Made for one event
    loop; ``fetch`` does the I/O.
    """

    def __init__(self, issuer: str, fetch: Fetch, metadata: str | None = None) -> None:
        self.issuer = issuer
        self._discovery = discovery_url(metadata or issuer)
        self._fetch = fetch
        self._keys: _Keys | None = None
        self._location: tuple[str, datetime] | None = None
        self._missing: OrderedDict[str, datetime] = OrderedDict()
        self._looks = _Looks()
        self._retry_at: datetime | None = None
        self._begun = 0
        self._one_at_a_time = asyncio.Lock()

    async def find(self, kid: str) -> Jwk | None:
        """Return the issuer's key of this id, ``None`` when it certainly has none.

        Raises:
            IssuerUnavailable: that cannot be told now.
        """
        begun_before = self._begun
        if (found := self._fresh(kid)) is not None or self._is_missing(kid):
            return found
        if self._one_at_a_time.locked() and (old := self._usable(kid)) is not None:
            return old  # somebody is already looking for newer ones
        async with self._one_at_a_time:
            return await self._look(kid, begun_before)

    async def _look(self, kid: str, begun_before: int) -> Jwk | None:
        if (found := self._fresh(kid)) is not None:
            return found
        if self._are_fresh and self._begun > begun_before:
            self._miss(kid)  # a fetch that began after this caller came did not bring it
            return None
        if self._may_fetch() and await self._refresh():
            if (found := self._fresh(kid)) is None:
                self._miss(kid)
            return found
        if (old := self._usable(kid)) is not None:
            return old
        wait = RETRY_INTERVAL if self._retry_at is not None else MISSING_FOR
        raise IssuerUnavailable(
            "The sign-in provider's keys cannot be read now.", retry_after=wait.total_seconds()
        )

    @property
    def _are_fresh(self) -> bool:
        return self._keys is not None and clock.now() < self._keys.fresh_until

    def _fresh(self, kid: str) -> Jwk | None:
        return self._keys.by_kid.get(kid) if self._keys is not None and self._are_fresh else None

    def _usable(self, kid: str) -> Jwk | None:
        if self._keys is None or clock.now() >= self._keys.usable_until:
            return None
        return self._keys.by_kid.get(kid)

    def _is_missing(self, kid: str) -> bool:
        until = self._missing.get(kid)
        return until is not None and clock.now() < until

    def _miss(self, kid: str) -> None:
        self._missing[kid] = clock.now() + MISSING_FOR
        self._missing.move_to_end(kid)
        if len(self._missing) > _MOST_MISSING:
            self._missing.popitem(last=False)

    def _may_fetch(self) -> bool:
        if self._retry_at is not None and clock.now() < self._retry_at:
            return False
        return not self._are_fresh or self._looks.take()

    async def _refresh(self) -> bool:
        """Fetch the keys; ``False`` where the issuer does not give any, and the old ones stay."""
        self._begun += 1
        try:
            fetched = await self._fetch(await self._jwks_location())
            by_kid = _by_kid(fetched.body)
        except (Unavailable, BadUpstream) as error:
            self._location = None
            self._retry_at = clock.now() + RETRY_INTERVAL
            _log.warning("keys of %s cannot be read: %s", self.issuer, error)
            return False
        self._retry_at = None
        self._keys = _Keys(by_kid, clock.now() + freshness(fetched.cache_control))
        return True

    async def _jwks_location(self) -> str:
        """Return where the keys are, by discovery, which is cached by its own ``Cache-Control``."""
        if self._location is not None and clock.now() < self._location[1]:
            return self._location[0]
        fetched = await self._fetch(checked_url(self._discovery))
        if fetched.body.get("issuer") != self.issuer:
            raise BadUpstream(f"Discovery at {self._discovery} names another issuer.")
        location = fetched.body.get("jwks_uri")
        if not isinstance(location, str):
            raise BadUpstream(f"Discovery at {self._discovery} names no jwks_uri.")
        self._location = (checked_url(location), clock.now() + freshness(fetched.cache_control))
        return location


def discovery_url(metadata: str) -> str:
    """Return where the configuration of a provider is (OpenID Connect Discovery 1.0, section 4)."""
    return f"{metadata.rstrip('/')}/.well-known/openid-configuration"


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
    usable = (
        key
        for key in (listed[:MAX_KEYS] if isinstance(listed, list) else ())
        if isinstance(key, dict) and isinstance(key.get("kid"), str) and key.get("use", "sig") == "sig"
    )
    by_kid: dict[str, Jwk] = {key["kid"]: key for key in reversed(list(usable))}
    if not by_kid:
        raise BadUpstream("There are no usable keys.")
    return by_kid
