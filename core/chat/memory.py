"""What the stylist remembers of a person: seen, put right, deleted and turned off by that person.

The repository is imported where it is used: it brings the Cosmos SDK.
"""

from __future__ import annotations

from core.chat.errors import FactNotFound
from core.chat.facts import Fact, relevant
from core.chat.memory_models import FactPatch, FactView, MemoryView, Used
from core.platform.models import ListQuery

_MOST_USED = 25


async def view(user_id: str, query: ListQuery) -> MemoryView:
    """Return a page of what is remembered, last said first, and whether memory is on."""
    from core.chat import memory_store

    facts, cursor = await memory_store.page(user_id, query.limit, query.cursor)
    enabled = await memory_store.is_on(user_id)
    return MemoryView(items=[FactView.of(fact) for fact in facts], next_cursor=cursor, enabled=enabled)


async def turn(user_id: str, *, enabled: bool) -> MemoryView:
    """Turn memory on or off; what is remembered stays. Returns the first page as ``view`` does."""
    from core.chat import memory_store

    await memory_store.turn(user_id, enabled=enabled)
    return await view(user_id, ListQuery())


async def forget_all(user_id: str) -> None:
    """Delete every fact; the switch stays as it is."""
    from core.chat import memory_store

    for fact in await memory_store.every(user_id):
        await memory_store.remove(user_id, fact.id)


async def correct(user_id: str, fact_id: str, patch: FactPatch) -> FactView:
    """Put a fact's words right; raises ``FactNotFound``."""
    from core.chat import memory_store

    def corrected(fact: Fact) -> Fact:
        return fact.model_copy(update={"text": patch.text, "confidence": 1.0, "edited": True})

    fact = await memory_store.change(user_id, fact_id, corrected)
    if fact is None:
        raise _absent()
    return FactView.of(fact)


async def forget(user_id: str, fact_id: str) -> None:
    """Delete a fact; raises ``FactNotFound``."""
    from core.chat import memory_store

    if not await memory_store.remove(user_id, fact_id):
        raise _absent()


async def recalled(user_id: str, message: str) -> list[Used]:
    """Return the facts to use in a turn with this message; none where memory is off."""
    from core.chat import memory_store

    if not await memory_store.is_on(user_id):
        return []
    facts = relevant(await memory_store.every(user_id), message, _MOST_USED)
    return [Used(fact_id=fact.id, text=fact.text, stated_at=fact.stated_at) for fact in facts]


def _absent() -> FactNotFound:
    return FactNotFound("Nothing with this id is remembered about you.")
