"""People with a wardrobe whose digest was due weeks ago, when nobody else's is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from bench.wardrobes import sample
from core.digest import repository, subscriptions
from core.digest.subscriptions import Subscription
from core.platform.ids import new_id
from core.vault import repository as wardrobes

SUNDAY = datetime(2026, 10, 18, 17, tzinfo=UTC)
"""A slot of the default preferences, days after the sample wardrobe was last worn."""

type Reader = Callable[..., Awaitable[str]]


async def with_wardrobe(user_id: str, count: int = 48) -> None:
    for item in sample(user_id)[:count]:
        await wardrobes.create(item)


@pytest.fixture
def reader(app_env: dict[str, str]) -> Reader:
    """``await reader(items=9)``: somebody new whose digest is due at ``SUNDAY``, by id."""

    async def made(items: int = 0, due: datetime = SUNDAY) -> str:
        user_id = new_id()
        await with_wardrobe(user_id, items)
        subscription = subscriptions.new(user_id, due).model_copy(update={"next_digest_at": due})
        await repository.ensure(subscription)
        return user_id

    return made


async def subscription_of(user_id: str) -> Subscription:
    found = await repository.subscription(user_id)
    assert found is not None
    return found
