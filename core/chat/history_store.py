"""Conversations in Cosmos DB: a header under the conversation's id, turns under ids made of theirs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from core.chat.errors import ConversationNotFound
from core.chat.history_models import Header, Told
from core.platform import clock
from core.platform.containers import DAY
from core.platform.cosmos import AlreadyExists, Container

_headers = Container("conversations", Header)
_turns = Container("conversations", Told)
_BEGINNING = "0001-01-01"


def turn_key(turn_id: str) -> str:
    """Return the id of a turn's document: never that of a conversation."""
    return f"turn-{turn_id}"


async def find_header(user_id: str, conversation_id: str) -> Header | None:
    """Return the conversation, also one that is deleted; ``None`` where the person never had such a one."""
    return await _headers.get(user_id, conversation_id)


async def header(user_id: str, conversation_id: str) -> Header:
    """Return the conversation; raises ``ConversationNotFound``."""
    found = await find_header(user_id, conversation_id)
    if found is None or found.kind == "deleted":
        raise absent()
    return found


async def add_header(new: Header) -> Header:
    """Write the header of a conversation that may be there already; return what is there."""
    try:
        return await _headers.create(new)
    except AlreadyExists:
        return await find_header(new.user_id, new.id) or await add_header(new)


async def change_header(
    user_id: str, conversation_id: str, change: Callable[[Header], Header]
) -> Header | None:
    """Apply ``change`` atomically, but not to a deleted one; ``None`` where there is no such conversation."""

    def changed(there: Header) -> Header:
        return there if there.kind == "deleted" else change(there)

    return await _headers.update(user_id, conversation_id, changed)


async def headers(user_id: str, limit: int, cursor: str | None) -> tuple[list[Header], str | None]:
    """Return a page of conversations, the one last talked in first."""
    return await _headers.page(
        user_id, where='c.kind = "conversation"', order="c.updated_at DESC", limit=limit, cursor=cursor
    )


async def find_turn(user_id: str, turn_id: str) -> Told | None:
    """Return a finished turn."""
    return await _turns.get(user_id, turn_key(turn_id))


async def add_turn(told: Told) -> Told:
    """Write a finished turn; return what stands under its id, which is the first that was written."""
    try:
        return await _turns.create(told)
    except AlreadyExists:
        there = await _turns.get(told.user_id, told.id)
    return await add_turn(told) if there is None else there


async def remove_turn(told: Told) -> None:
    """Remove a turn."""
    await _turns.delete(told.user_id, told.id)


async def mark_learned(told: Told) -> None:
    """Note that the turn was looked through for facts."""

    def learned(there: Told) -> Told:
        return there if there.learned else there.model_copy(update={"learned": True})

    await change_turn(told.user_id, told.turn_id, learned)


async def change_turn(user_id: str, turn_id: str, change: Callable[[Told], Told]) -> Told | None:
    """Apply ``change`` atomically; ``None`` where there is no such finished turn."""
    return await _turns.update(user_id, turn_key(turn_id), change)


async def turns(
    user_id: str, conversation_id: str, limit: int, cursor: str | None, *, since: datetime | None = None
) -> tuple[list[Told], str | None]:
    """Return a page of a conversation's turns, newest first; those after ``since``, if given."""
    return await _turns.page(
        user_id,
        where='c.kind = "turn" AND c.conversation_id = @conversation AND c.created_at > @since',
        params={
            "conversation": conversation_id,
            "since": _BEGINNING if since is None else since.isoformat(timespec="microseconds"),
        },
        order="c.created_at DESC",
        limit=limit,
        cursor=cursor,
    )


async def remove_turns(user_id: str, conversation_id: str) -> None:
    """Remove all turns of a conversation."""
    where = 'c.kind = "turn" AND c.conversation_id = @conversation'
    async for told in _turns.all(user_id, where=where, params={"conversation": conversation_id}):
        await remove_turn(told)


async def close(user_id: str, conversation_id: str) -> None:
    """Make the conversation a deleted one: whatever comes to it from now on is turned away."""
    now = clock.now()
    await _headers.upsert(
        Header(
            id=conversation_id,
            user_id=user_id,
            kind="deleted",
            title="",
            created_at=now,
            updated_at=now,
            ttl=DAY,
        )
    )


def absent() -> ConversationNotFound:
    """Return the error of a conversation that is not there."""
    return ConversationNotFound("There is no conversation with this id among yours.")
