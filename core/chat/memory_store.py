"""Facts in Cosmos DB: one document per place, in the partition of the person, gone if not said again."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from core.chat.facts import Fact, replaces, surplus
from core.chat.memory_models import Switch
from core.platform.cosmos import AlreadyExists, Container, Stale

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

    while await _facts.update(fact.user_id, fact.id, newer) is None:
        with suppress(AlreadyExists):
            await _facts.create(fact)
            return


async def get(user_id: str, fact_id: str) -> Fact | None:
    """Return a fact, ``None`` where there is no such one."""
    return await _facts.get(user_id, fact_id)


async def remove(user_id: str, fact_id: str, *, etag: str | None = None) -> bool:
    """Remove a fact (of version ``etag``, if given); tell whether it was there."""
    try:
        return await _facts.delete(user_id, fact_id, etag=etag)
    except Stale:
        return False


async def keep_within(user_id: str, most: int) -> None:
    """Remove the facts beyond ``most`` that were said longest ago."""
    for fact in surplus(await every(user_id), most):
        await remove(user_id, fact.id)


async def switch(user_id: str) -> Switch:
    """Return whether memory is on; it is until turned off."""
    return await _switches.get(user_id, _SWITCH) or Switch(id=_SWITCH, user_id=user_id)


async def turn(user_id: str, *, enabled: bool) -> None:
    """Turn memory on or off."""
    await _change_switch(user_id, {"enabled": enabled})


async def forget_until(user_id: str, moment: datetime) -> None:
    """Remember nothing any more that was said up to ``moment``."""
    await _change_switch(user_id, {"forgotten_at": moment})


async def _change_switch(user_id: str, changes: Mapping[str, Any]) -> None:
    first = Switch(id=_SWITCH, user_id=user_id).model_copy(update=changes)
    while await _switches.update(user_id, _SWITCH, lambda there: there.model_copy(update=changes)) is None:
        with suppress(AlreadyExists):
            await _switches.create(first)
            return
