"""A person's conversations: listed, read, deleted, and grown by one finished turn at a time.

A turn is written whole or not at all. Its document comes first and decides; the header follows. A crash
between the two leaves a turn that the next post of the same turn id finds and completes.
"""

from __future__ import annotations

from core.chat.history_models import (
    Conversation,
    ConversationSummary,
    Header,
    Told,
    ToldTurn,
)
from core.chat.turn import Turn
from core.platform.models import ListQuery, Page

_TITLE = 60


async def page(user_id: str, query: ListQuery) -> Page[ConversationSummary]:
    """Return a page of conversations, the one last talked in first."""
    from core.chat import history_store

    headers, cursor = await history_store.headers(user_id, query.limit, query.cursor)
    return Page[ConversationSummary](items=[_summary(header) for header in headers], next_cursor=cursor)


async def read(user_id: str, conversation_id: str, query: ListQuery) -> Conversation:
    """Return a conversation with a page of its turns, newest first; raises ``ConversationNotFound``."""
    from core.chat import history_store

    header = await history_store.header(user_id, conversation_id)
    turns, cursor = await history_store.turns(user_id, conversation_id, query.limit, query.cursor)
    shown = [ToldTurn.model_validate(told.model_dump(include=set(ToldTurn.model_fields))) for told in turns]
    return Conversation(**dict(_summary(header)), turns=shown, next_cursor=cursor)


async def delete(user_id: str, conversation_id: str) -> None:
    """Delete a conversation for good, with the streams of its turns, also of one that is still being written.

    What is there is removed first, so that a crash leaves something that can be deleted again; and once more
    when nothing can come any more. A conversation whose first turn is still written is only its stream.

    Raises:
        ConversationNotFound: there is no such conversation.
    """
    from core.chat import history_store

    header = await history_store.find_header(user_id, conversation_id)
    streams = await _emptied(user_id, conversation_id)
    if streams == 0 and (header is None or header.kind == "deleted"):
        raise history_store.absent()
    await history_store.close(user_id, conversation_id)
    await _emptied(user_id, conversation_id)


async def _emptied(user_id: str, conversation_id: str) -> int:
    from core.chat import history_store, log

    streams = await log.remove_all(user_id, conversation_id)
    await history_store.remove_turns(user_id, conversation_id)
    return streams


async def commit(turn: Turn, told: Told) -> Told:
    """Add the finished turn to its conversation; the same turn again changes nothing.

    Returns what is in the conversation: what was there first.

    Raises:
        ConversationNotFound: it was deleted meanwhile; nothing is left behind.
    """
    from core.chat import history_store

    kept = await history_store.add_turn(told)

    def grown(header: Header) -> Header:
        if header.updated_at >= kept.created_at:
            return header
        return header.model_copy(update={"updated_at": kept.created_at, "questions": kept.questions})

    header = await history_store.change_header(turn.user_id, turn.conversation_id, grown)
    if header is None and turn.is_new_conversation:
        header = await history_store.add_header(_begun(turn, kept))
    if header is None or header.kind == "deleted":
        await history_store.remove_turn(kept)
        raise history_store.absent()
    return kept


def _begun(turn: Turn, first: Told) -> Header:
    return Header(
        id=turn.conversation_id,
        user_id=turn.user_id,
        title=title_of(first.message),
        created_at=first.created_at,
        updated_at=first.created_at,
        questions=first.questions,
    )


def title_of(message: str) -> str:
    """Return the beginning of a message as one line of at most 60 characters, cut between words."""
    line = " ".join(message.split())
    if len(line) <= _TITLE:
        return line or "…"
    cut = line[: _TITLE - 1]
    return (cut[: cut.rfind(" ")] if " " in cut[_TITLE // 2 :] else cut).rstrip(" ,;:-") + "…"


def _summary(header: Header) -> ConversationSummary:
    return ConversationSummary(
        conversation_id=header.id,
        title=header.title,
        created_at=header.created_at,
        updated_at=header.updated_at,
    )
