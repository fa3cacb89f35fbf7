"""A process that does what the functions host does too seldom to wait for, and tells it."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from datetime import timedelta

from core.digest import repository, subscriptions, sweeping
from core.platform import ai_budget, clock, connections, fetch
from core.platform.ai_errors import BudgetSpent
from core.platform.ids import new_id
from core.platform.storage import Blobs
from tests.integration.digest.conftest import SUNDAY, with_wardrobe


async def digest() -> None:
    """Deliver what is due, and once more when nothing is."""
    user_id = new_id()
    await with_wardrobe(user_id, 9)
    due = subscriptions.new(user_id, SUNDAY).model_copy(update={"next_digest_at": SUNDAY})
    await repository.ensure(due)
    with clock.frozen(SUNDAY + timedelta(minutes=1)):
        for _ in range(2):
            await sweeping.deliver(user_id)


async def overspend() -> None:
    user_id = new_id()
    await ai_budget.charge(user_id, 1_000_000_000)
    for _ in range(2):
        with suppress(BudgetSpent):
            await ai_budget.check(user_id)


async def ask(url: str) -> None:
    for path in ("there", "gone"):
        with suppress(fetch.FetchFailed):
            await fetch.fetch(url.format(path=path), accept=fetch.PAGES)


async def keep(blob: str) -> None:
    originals = Blobs("originals")
    await originals.put(blob, b"picture", "image/png")
    await originals.delete(blob)


async def main(url: str, blob: str) -> None:
    await digest()
    await overspend()
    await ask(url)
    await keep(blob)
    await connections.close_all()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
