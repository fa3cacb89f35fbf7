"""Accounts that are closed because they are being erased: nobody signs in to one, and its access tokens die.

A signed-in call asks no database; so each worker keeps a copy of the few closed accounts and reads it anew
when it is older than ``FRESH_SECONDS``. A closure outlives the erasure by longer than an access token lives:
the same person may sign up again under the same id, and an old token must not open the new account. It names
nobody: its id is a hash of the account's.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from datetime import timedelta

from core.identity.errors import AccountBeingErased, AccountErased
from core.identity.models import CLOSED, Closure
from core.platform import clock, connections, ids
from core.platform.cosmos import AlreadyExists, Container, Stale
from core.platform.errors import Unavailable

FRESH_SECONDS = 5.0
"""How long an access token of a closed account may still work in a worker that has not heard of it."""
KEPT = timedelta(minutes=30)
"""How long after the erasure old access tokens are known as such; they live 15 minutes."""

_ASK_SECONDS = 2.0
_closures = Container("erasures", Closure)
_log = logging.getLogger("pluckit.identity")


class KnownClosures:
    """One worker's copy of all closures, by their ids."""

    def __init__(self) -> None:
        self._known: Mapping[str, Closure] = {}
        self._read_at = float("-inf")
        self._reading = asyncio.Lock()

    async def of(self, user_id: str) -> Closure | None:
        """Return the account's closure, as it was at most ``FRESH_SECONDS`` ago."""
        if self._is_old():
            async with self._reading:
                if self._is_old():
                    await self._read()
        return self._known.get(_id(user_id)) if self._known else None

    def forget(self) -> None:
        """Read anew for the next call."""
        self._read_at = float("-inf")

    def _is_old(self) -> bool:
        return time.monotonic() - self._read_at > FRESH_SECONDS

    async def _read(self) -> None:
        """Read all; while the database is down the last copy stands, for then there is nothing to get at."""
        try:
            async with asyncio.timeout(_ASK_SECONDS):
                self._known = {closure.id: closure async for closure in _closures.all(CLOSED)}
        except (Unavailable, TimeoutError):
            _log.warning("the closed accounts could not be read; the last known ones count")
        self._read_at = time.monotonic()


async def close(user_id: str, erasure_id: str) -> None:
    """Close the account; closing a closed one changes nothing."""
    wanted = Closure(id=_id(user_id), erasure_id=erasure_id, closed_at=clock.now())
    while True:
        try:
            there = await _closures.get(CLOSED, wanted.id)
            if there is None:
                await _closures.create(wanted)
            elif there.erasure_id != erasure_id:
                await _closures.replace(wanted.model_copy(update={"etag": there.etag}))
            break
        except (AlreadyExists, Stale):
            continue
    (await known()).forget()


async def reopen(erasure_id: str) -> None:
    """Let the person sign up again; the erasure alone tells who, as nothing else is left."""
    where, params = "c.erasure_id = @erasure", {"erasure": erasure_id}
    async for closure in _closures.all(CLOSED, where=where, params=params):
        await _closures.update(CLOSED, closure.id, _reopened)
    (await known()).forget()


async def closed_by(user_id: str) -> str | None:
    """Return the erasure that closed the account, ``None`` where it is open; asks the database."""
    closure = await _closures.get(CLOSED, _id(user_id))
    return None if closure is None or closure.reopened_at is not None else closure.erasure_id


async def admit(user_id: str) -> None:
    """Let the person sign in. Raises ``AccountBeingErased``."""
    if await closed_by(user_id) is not None:
        detail = "This account is being erased. You can sign up again when that is done, in a few minutes."
        raise AccountBeingErased(detail)


async def check(user_id: str, issued_at: int, *, leaving: bool = False) -> None:
    """Let an access token pass that was issued at ``issued_at`` (Unix seconds).

    ``leaving`` is somebody who asks for the erasure, once more perhaps.

    Raises:
        AccountErased: the account is closed, or was erased since.
    """
    closure = await (await known()).of(user_id)
    if closure is None or (leaving and closure.reopened_at is None):
        return
    if closure.reopened_at is None or issued_at < int(closure.reopened_at.timestamp()):
        raise AccountErased("This account has been erased, or is being erased now.")


async def is_closed(user_id: str) -> bool:
    """Tell whether the account is being erased, as far as this worker has heard."""
    closure = await (await known()).of(user_id)
    return closure is not None and closure.reopened_at is None


async def known() -> KnownClosures:
    """Return this worker's copy."""

    async def make() -> tuple[KnownClosures, connections.Closer]:
        return KnownClosures(), _nothing_to_close

    return await connections.shared("closed accounts", make)


def _reopened(closure: Closure) -> Closure:
    if closure.reopened_at is not None:
        return closure
    return closure.model_copy(update={"reopened_at": clock.now(), "ttl": int(KEPT.total_seconds())})


async def _nothing_to_close() -> None:
    """The copy is only memory."""


def _id(user_id: str) -> str:
    return ids.stable_id("closed", user_id)
