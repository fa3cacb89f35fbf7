"""What the stylist remembers of a person: seen, put right, deleted and turned off by that person.

The repository is imported where it is used: it brings the Cosmos SDK.
"""

from __future__ import annotations

from core.chat.errors import FactNotFound
from core.chat.facts import relevant
from core.chat.memory_models import FactPatch, FactView, MemoryView, UsedFact
from core.platform import clock
from core.platform.models import ListQuery

_MOST_USED = 25


async def view(user_id: str, query: ListQuery) -> MemoryView:
    """Return a page of what is remembered, last said first, and whether memory is on."""
    from core.chat import memory_store

    facts, cursor = await memory_store.page(user_id, query.limit, query.cursor)
    switch = await memory_store.switch(user_id)
    return MemoryView(items=[FactView.of(fact) for fact in facts], next_cursor=cursor, enabled=switch.enabled)


async def turn(user_id: str, *, enabled: bool) -> MemoryView:
    """Turn memory on or off; what is remembered stays. Returns the first page as ``view`` does."""
    from core.chat import memory_store

    await memory_store.turn(user_id, enabled=enabled)
    return await view(user_id, ListQuery())


async def forget_all(user_id: str) -> None:
    """Forget all that was said up to now; the switch stays as it is.

    The streams of turns go too, for they name the facts that were used, also of one that is being written. A
    turn that is over and not looked through yet is not remembered any more.
    """
    from core.chat import log, memory_store

    await memory_store.forget_until(user_id, clock.now())
    for fact in await memory_store.every(user_id):
        await memory_store.remove(user_id, fact.id)
    await log.remove_all(user_id)


async def correct(user_id: str, fact_id: str, patch: FactPatch) -> FactView:
    """Put a fact right in the person's words, read as what they say in the chat is; return it as it then is.

    Raises:
        FactNotFound: there is no such fact, or it was forgotten meanwhile.
        ModelUnavailable, ModelAnsweredRubbish, BudgetSpent: it cannot be read now, and stays as it is.
    """
    from core.chat import correcting, memory_store

    fact = await memory_store.get(user_id, fact_id)
    if fact is None:
        raise FactNotFound.here()
    return FactView.of(await correcting.correct(fact, patch.text))


async def forget(user_id: str, fact_id: str) -> None:
    """Delete a fact; raises ``FactNotFound``."""
    from core.chat import memory_store

    if not await memory_store.remove(user_id, fact_id):
        raise FactNotFound.here()


async def recalled(user_id: str, message: str) -> list[UsedFact]:
    """Return the facts to use in a turn with this message; none where memory is off."""
    from core.chat import memory_store

    if not (await memory_store.switch(user_id)).enabled:
        return []
    facts = relevant(await memory_store.every(user_id), message, _MOST_USED)
    return [UsedFact(fact_id=fact.id, text=fact.text, stated_at=fact.stated_at) for fact in facts]
