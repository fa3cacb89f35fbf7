"""Conversations with the stylist and what it remembers: seen, put right and deleted by the person."""

from __future__ import annotations

import azure.functions as func

from core import chat
from core.chat import (
    Conversation,
    ConversationPath,
    ConversationSummary,
    FactPatch,
    FactPath,
    FactView,
    MemorySwitch,
    MemoryView,
)
from core.identity import Auth
from core.platform.http import Call, Reply, endpoint
from core.platform.models import ListQuery, Page

bp = func.Blueprint()

_CONVERSATION = "api/chat/conversations/{conversation_id:guid}"
_FACT = "api/chat/memory/{fact_id:guid}"


@bp.route(route="api/chat/conversations", methods=["GET", "HEAD"])
@endpoint(auth=Auth.USER, query=ListQuery, returns={200: Page[ConversationSummary]}, follows=["chat_post"])
async def list_conversations(call: Call[None, ListQuery]) -> Page[ConversationSummary]:
    """Your conversations with the stylist, the one last talked in first."""
    return await chat.conversations(call.user, call.query)


@bp.route(route=_CONVERSATION, methods=["GET", "HEAD"])
@endpoint(
    auth=Auth.USER,
    path=ConversationPath,
    query=ListQuery,
    returns={200: Conversation},
    problems=[chat.ConversationNotFound],
)
async def get_conversation(call: Call[None, ListQuery, ConversationPath]) -> Conversation:
    """One conversation with a page of its finished turns, newest first."""
    return await chat.read_conversation(call.user, call.path.conversation_id, call.query)


@bp.route(route=_CONVERSATION, methods=["DELETE"])
@endpoint(auth=Auth.USER, path=ConversationPath, returns={204: None}, problems=[chat.ConversationNotFound])
async def delete_conversation(call: Call[None, None, ConversationPath]) -> Reply:
    """Delete a conversation and the streams of its turns for good, also of one that is being written.

    What was remembered from it stays until deleted there.
    """
    await chat.delete_conversation(call.user, call.path.conversation_id)
    return Reply.no_content()


@bp.route(route="api/chat/memory", methods=["GET", "HEAD"])
@endpoint(auth=Auth.USER, query=ListQuery, returns={200: MemoryView}, follows=["chat_post"])
async def list_memory(call: Call[None, ListQuery]) -> MemoryView:
    """What the stylist remembers about you, in your own words, last said first."""
    return await chat.memory_of(call.user, call.query)


@bp.route(route="api/chat/memory", methods=["PATCH"])
@endpoint(auth=Auth.USER, body=MemorySwitch, returns={200: MemoryView})
async def switch_memory(call: Call[MemorySwitch]) -> MemoryView:
    """Turn memory on or off. Off, nothing is used or added; what is there stays until you delete it."""
    return await chat.switch_memory(call.user, enabled=call.body.enabled)


@bp.route(route="api/chat/memory", methods=["DELETE"])
@endpoint(auth=Auth.USER, returns={204: None})
async def delete_memory(call: Call) -> Reply:
    """Forget everything the stylist remembers about you, and the streams of turns that name it."""
    await chat.forget_everything(call.user)
    return Reply.no_content()


@bp.route(route=_FACT, methods=["PATCH"])
@endpoint(
    auth=Auth.USER,
    body=FactPatch,
    path=FactPath,
    returns={200: FactView},
    rate="model",
    problems=[chat.FactNotFound],
)
async def correct_fact(call: Call[FactPatch, None, FactPath]) -> FactView:
    """Put a remembered fact right in your own words, which are read again: kind and subject follow them.

    What then speaks of something else takes the place, and the `fact_id`, of what was remembered of that.
    """
    return await chat.correct_fact(call.user, call.path.fact_id, call.body)


@bp.route(route=_FACT, methods=["DELETE"])
@endpoint(auth=Auth.USER, path=FactPath, returns={204: None}, problems=[chat.FactNotFound])
async def forget_fact(call: Call[None, None, FactPath]) -> Reply:
    """Forget one fact."""
    await chat.forget_fact(call.user, call.path.fact_id)
    return Reply.no_content()
