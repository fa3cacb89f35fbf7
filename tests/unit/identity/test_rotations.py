"""A session over 1,000 refreshes through the service, with every way of asking twice mixed in.

The database is a dictionary here; what only a real one can show (races) is in ``tests/integration/identity``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from core.identity import Tokens, authority, closures, repository, service
from core.identity.errors import RefreshTokenReused, SessionEnded
from core.identity.keys import new_private_jwk
from core.identity.models import Closure, Family, User
from core.platform import clock, settings
from core.platform.clock import FrozenClock
from core.platform.models import Stored


class Shelf[D: Stored]:
    """A container in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, D] = {}

    async def get(self, user_id: str, id: str) -> D | None:  # noqa: A002 - as in the real one
        return self.kept.get(id)

    async def create(self, document: D) -> D:
        self.kept[document.id] = document
        return document

    async def add(self, document: D) -> None:
        self.kept.setdefault(document.id, document)

    async def update(self, user_id: str, id: str, change: Callable[[D], D]) -> D | None:  # noqa: A002
        if id in self.kept:
            self.kept[id] = change(self.kept[id])
        return self.kept.get(id)


@pytest.fixture
def sessions(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf[Family]]:
    async def uncounted(user_id: str) -> None:
        """Nobody is limited here."""

    kept = Shelf[Family]()
    monkeypatch.setattr(repository, "users", Shelf[User]())
    monkeypatch.setattr(repository, "sessions", kept)
    monkeypatch.setattr(closures, "_closures", Shelf[Closure]())
    monkeypatch.setattr(service, "count", uncounted)
    monkeypatch.setenv("AUTH_SIGNING_KEYS", json.dumps([new_private_jwk()]))
    monkeypatch.setenv("LOCAL_AUTH_ENABLED", "true")
    forgetful = (settings.get, authority.ring, authority.access_tokens)
    for remembered in forgetful:
        remembered.cache_clear()
    yield kept
    monkeypatch.undo()
    for remembered in forgetful:
        remembered.cache_clear()


@pytest.fixture
def time() -> Iterator[FrozenClock]:
    with clock.frozen(datetime(2026, 1, 1, tzinfo=UTC)) as frozen:
        yield frozen


async def rotated(time: FrozenClock, times: int) -> list[Tokens]:
    """Sign in and refresh so often, every 15 minutes; every third answer is lost and asked for again."""
    tokens = [await service.sign_in_locally("ada@example.org")]
    for turn in range(times):
        time.advance(seconds=900)
        tokens.append(await service.refresh(tokens[-1].refresh_token))
        if turn % 3 == 0:
            time.advance(seconds=30)
            again = await service.refresh(tokens[-2].refresh_token)
            assert again.refresh_token == tokens[-1].refresh_token
    return tokens


async def test_a_thousand_rotations_are_one_session(sessions: Shelf[Family], time: FrozenClock) -> None:
    tokens = await rotated(time, 1000)
    assert len({token.refresh_token for token in tokens}) == 1001
    [family] = sessions.kept.values()
    assert (family.generation, family.revoked_at) == (1000, None)
    assert await service.refresh(tokens[-1].refresh_token)


@pytest.mark.parametrize("spent", [0, 1, 500, 998, 999])
async def test_any_spent_token_ends_it_even_the_last_after_half_a_minute(
    sessions: Shelf[Family], time: FrozenClock, spent: int
) -> None:
    tokens = await rotated(time, 1000)
    time.advance(seconds=31)
    with pytest.raises(RefreshTokenReused):
        await service.refresh(tokens[spent].refresh_token)
    [family] = sessions.kept.values()
    assert (family.revoked_at, family.revoked_for) == (time.at, "reuse")
    with pytest.raises(SessionEnded) as ended:
        await service.refresh(tokens[-1].refresh_token)
    assert type(ended.value) is SessionEnded


@pytest.mark.parametrize("shown", [0, 1, 2])
async def test_after_logout_no_token_refreshes_and_none_is_called_reused(
    sessions: Shelf[Family], time: FrozenClock, shown: int
) -> None:
    tokens = await rotated(time, 2)
    await service.sign_out(tokens[0].refresh_token, None)
    with pytest.raises(SessionEnded) as ended:
        await service.refresh(tokens[shown].refresh_token)
    assert type(ended.value) is SessionEnded
    [family] = sessions.kept.values()
    assert (family.revoked_at, family.revoked_for) == (time.at, "signed_out")
