"""Facts in Cosmos DB: one document per place, in the partition of the person, gone if not said again."""

from __future__ import annotations

from collections.abc import Callable

from core.chat.facts import Fact, replaces
from core.chat.memory_models import Switch
from core.platform.cosmos import AlreadyExists, Container

_facts = Container("memory", Fact)
_switches = Container("memory", Switch)
_SWITCH = "switch"
_ONLY_FACTS = "IS_DEFINED(c.stated_at)"


async def every(user_id: str) -> list[Fact]:
    """Return all facts, in no particular order; there are at most a few hundred."""
    return [fact async for fact in _facts.all(user_id, where=_ONLY_FACTS)]


async def page(user_id: str, limit: int, cursor: str | None) -> tuple[list[Fact], str | None]:
    """Return a page of facts, last said first."""
    return await _facts.page(user_id, where=_ONLY_FACTS, order="c.stated_at DESC", limit=limit, cursor=cursor)


async def put(fact: Fact) -> None:
    """Write a fact into its place, unless what is there was said later."""

    def newer(there: Fact) -> Fact:
        return fact.model_copy(update={"etag": there.etag}) if replaces(fact, there) else there

    for _ in range(3):
        if await _facts.update(fact.user_id, fact.id, newer) is not None:
            return
        try:
            await _facts.create(fact)
        except AlreadyExists:
            continue
        return


async def change(user_id: str, fact_id: str, changed: Callable[[Fact], Fact]) -> Fact | None:
    """Apply ``changed`` atomically; ``None`` where there is no such fact."""
    return await _facts.update(user_id, fact_id, changed)


async def remove(user_id: str, fact_id: str) -> bool:
    """Remove a fact; tell whether it was there."""
    return await _facts.delete(user_id, fact_id)


async def is_on(user_id: str) -> bool:
    """Tell whether memory is on; it is until turned off."""
    switch = await _switches.get(user_id, _SWITCH)
    return switch is None or switch.enabled


async def turn(user_id: str, *, enabled: bool) -> None:
    """Turn memory on or off."""
    await _switches.upsert(Switch(id=_SWITCH, user_id=user_id, enabled=enabled))
