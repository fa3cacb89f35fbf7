"""``Idempotency-Key``: the same request sent twice has its effect once and gets the first answer again.

States of a record: *running* under a lease that is renewed, then *answered*. A crash while running leaves the
lease to run out, after which a retry takes over; the effect's own identity (``Call.effect_id``) makes that
safe. Failures are not recorded: nothing happened, so the caller may simply try again.
"""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from core.platform import clock
from core.platform.containers import DAY
from core.platform.cosmos import AlreadyExists, Container, Stale
from core.platform.errors import Conflict, Invalid, Unavailable
from core.platform.http.call import Call
from core.platform.http.reply import Reply
from core.platform.ids import new_id, stable_id
from core.platform.models import Document

LEASE = timedelta(seconds=30)
"""How long a running request keeps its key without being heard of: so long a crash holds a retry up."""

RENEWED = 10.0
"""Seconds after which a running request renews its lease."""

BODY_LIMIT = 1_000_000
"""Largest answer kept, in bytes: a Cosmos DB document holds 2 MB, base64 costs a third."""

REPLAYED = {"Idempotent-Replayed": "true"}
"""What an answer that is given again says besides."""

_log = logging.getLogger("pluckit.http")


class StillRunning(Conflict):
    """The first request with this key has not been answered yet."""

    slug = "idempotency-still-running"
    title = "The first request with this key is still running"
    retry_after = 1


class KeyReused(Invalid):
    """The key was used for another request."""

    slug = "idempotency-key-reused"
    title = "This key belongs to another request"


class Recorded(Document):
    """A key, what it was used for, and the answer once there is one."""

    fingerprint: str
    claimed_by: str = ""
    """The request that has it: one whose claim was written, but not answered, meets its own."""
    lease_until: datetime
    status: int | None = None
    headers: Mapping[str, str] = {}
    content_type: str = ""
    body: str = ""


_records = Container("idempotency", Recorded)


async def once(call: Call[Any, Any, Any], run: Callable[[], Awaitable[Reply]]) -> Reply:
    """Run the call unless a request with the same key already did; then replay its answer.

    Raises:
        StillRunning: the first one has not finished.
        KeyReused: the key was used with another body or path.
    """
    mine = await _claim(call)
    if mine.status is not None:
        return _replayed(mine)
    renewing = asyncio.ensure_future(_renew(mine))
    try:
        reply = await run()
    except BaseException:
        await _records.delete(mine.user_id, mine.id)
        raise
    finally:
        renewing.cancel()
    try:
        await _record(mine, reply)
    except Unavailable:
        _log.warning("the answer of %s could not be kept for replay", call.route)
    return reply


async def _claim(call: Call[Any, Any, Any]) -> Recorded:
    key = call.idempotency_key or ""
    wanted = Recorded(
        id=stable_id("idempotency", call.method, call.route, key),
        user_id=call.user,
        ttl=DAY,
        fingerprint=call.fingerprint(),
        claimed_by=new_id(),
        lease_until=clock.now() + LEASE,
    )
    try:
        return await _records.create(wanted)
    except AlreadyExists:
        return await _join(wanted)


async def _join(wanted: Recorded) -> Recorded:
    first = await _records.get(wanted.user_id, wanted.id)
    if first is not None and first.claimed_by == wanted.claimed_by:
        return first
    if first is not None and first.fingerprint != wanted.fingerprint:
        raise KeyReused("This Idempotency-Key was sent with another request. Use a new key.")
    if first is not None and first.status is not None:
        return first
    if first is not None and first.lease_until <= clock.now():
        try:
            return await _records.replace(wanted.model_copy(update={"etag": first.etag}))
        except Stale:
            pass
    raise StillRunning("Wait for its answer, then send this again.")


async def _renew(mine: Recorded) -> None:
    """Keep the key until cancelled, or until somebody else has it."""
    while True:
        await asyncio.sleep(RENEWED)
        try:
            mine = await _records.replace(mine.model_copy(update={"lease_until": clock.now() + LEASE}))
        except Stale:
            return
        except Unavailable:
            _log.warning("the lease of a running request could not be renewed")


async def _record(mine: Recorded, reply: Reply) -> None:
    content = reply.content()
    if len(content) > BODY_LIMIT:
        await _records.delete(mine.user_id, mine.id)
        return
    answered = {
        "status": reply.status,
        "headers": dict(reply.headers),
        "content_type": reply.content_type if reply.body is not None else "",
        "body": base64.b64encode(content).decode(),
    }
    await _records.upsert(mine.model_copy(update=answered))


def _replayed(record: Recorded) -> Reply:
    return Reply(
        status=record.status or 200,
        body=base64.b64decode(record.body) if record.content_type else None,
        headers={**record.headers, **REPLAYED},
        content_type=record.content_type or "application/json",
    )
