"""Reactions in Cosmos DB: one small document for each person and subject."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from itertools import batched

from core.platform.cosmos import AlreadyExists, Container
from core.reactions.models import Reaction

_reactions = Container("reactions", Reaction)

_AT_ONCE = 200
"""Ids in one query."""


async def change(first: Reaction, to: Callable[[Reaction], Reaction]) -> Reaction:
    """Write ``first`` where there is no reaction to its subject yet, else apply ``to`` to what is there."""
    there = await _reactions.update(first.user_id, first.id, to)
    if there is not None:
        return there
    try:
        return await _reactions.create(first)
    except AlreadyExists:
        return await change(first, to)


async def find(user_id: str, ids: Sequence[str]) -> list[Reaction]:
    """Return those of the person's reactions ``ids`` that there are."""
    parts = await asyncio.gather(*(_some(user_id, part) for part in batched(ids, _AT_ONCE, strict=False)))
    return [reaction for part in parts for reaction in part]


async def _some(user_id: str, ids: Sequence[str]) -> list[Reaction]:
    names = {f"id{place}": value for place, value in enumerate(ids)}
    where = f"c.id IN ({', '.join('@' + name for name in names)})"
    return [found async for found in _reactions.all(user_id, where=where, params=names)]
