"""Closed accounts: whose tokens die, and from when on a new account's tokens live."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.identity import access_tokens, closures
from core.identity.errors import AccountErased
from core.identity.models import Closure
from core.platform import ids
from core.platform.errors import Unavailable

AT = datetime(2026, 5, 1, 12, 0, 0, 500_000, tzinfo=UTC)


def closure_of(user_id: str, reopened_at: datetime | None = None) -> Closure:
    return Closure(
        id=ids.stable_id("closed", user_id),
        erasure_id=str(uuid4()),
        closed_at=AT - timedelta(minutes=6),
        reopened_at=reopened_at,
    )


async def passes(user_id: str, issued_at: int, *, leaving: bool = False) -> bool:
    try:
        await closures.check(user_id, issued_at, leaving=leaving)
    except AccountErased:
        return False
    return True


@given(st.integers(-2000, 2000), st.booleans(), st.booleans())
def test_a_token_passes_only_if_it_was_issued_after_the_account_was_opened_again(
    seconds: int, reopened: bool, leaving: bool
) -> None:
    async def scenario() -> bool:
        user_id = str(uuid4())
        known = await closures.known()
        known._known = {(closure := closure_of(user_id, AT if reopened else None)).id: closure}
        known._read_at = float("inf")
        assert await passes(str(uuid4()), 0)
        return await passes(user_id, int(AT.timestamp()) + seconds, leaving=leaving)

    assert asyncio.run(scenario()) == (seconds >= 0 if reopened else leaving)


def test_a_closure_outlives_every_token_of_the_erased_account() -> None:
    assert access_tokens.LIFETIME + timedelta(minutes=5) < closures.KEPT


def test_a_closure_does_not_name_its_person() -> None:
    user_id = str(uuid4())
    assert user_id not in closure_of(user_id).model_dump_json()


async def test_many_calls_at_once_read_the_closures_once_and_again_when_they_are_old(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reads, now = [], [1000.0]

    async def slowly(known: closures.KnownClosures) -> None:
        await asyncio.sleep(0)
        reads.append(now[0])
        known._read_at = now[0]

    monkeypatch.setattr(closures.KnownClosures, "_read", slowly)
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    known = closures.KnownClosures()
    for at in (1000.0, 1004.9, 1005.1):
        now[0] = at
        await asyncio.gather(*(known.of(str(uuid4())) for _ in range(20)))
    assert reads == [1000.0, 1005.1]


async def test_while_the_database_is_down_the_last_known_closures_count(
    monkeypatch: pytest.MonkeyPatch, closed: dict[str, Closure]
) -> None:
    monkeypatch.undo()

    def down(partition: str) -> None:
        raise Unavailable("down")

    monkeypatch.setattr(closures._closures, "all", down)
    user_id = str(uuid4())
    known = closures.KnownClosures()
    known._known = {(closure := closure_of(user_id)).id: closure}
    assert await known.of(user_id) == closure
