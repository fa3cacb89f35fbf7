"""Conversations with the stylist and what it remembers: seen, put right and deleted by the person."""

from __future__ import annotations

import azure.functions as func

from blueprints import access
from core import chat
from core.platform import ai_errors, models
from core.platform.http import Call, Reply, endpoint

bp = func.Blueprint()

_CONVERSATION = "api/chat/conversations/{conversation_id:guid}"
_FACT = "api/chat/memory/{fact_id:guid}"


@bp.route(route="api/chat/conversations", methods=["GET", "HEAD"])
@endpoint(
    auth=access.user, returns=lambda: {200: models.Page[chat.ConversationSummary]}, follows=["chat_post"]
)
async def list_conversations(call: Call[None, models.ListQuery]) -> models.Page[chat.ConversationSummary]:
    """Your conversations with the stylist, the one last talked in first."""
    return await chat.conversations(call.user, call.query)


@bp.route(route=_CONVERSATION, methods=["GET", "HEAD"])
@endpoint(
    auth=access.user, returns=lambda: {200: chat.Conversation}, problems=lambda: [chat.ConversationNotFound]
)
async def get_conversation(call: Call[None, models.ListQuery, chat.ConversationPath]) -> chat.Conversation:
    """One conversation with a page of its finished turns, newest first."""
    return await chat.read_conversation(call.user, call.path.conversation_id, call.query)


@bp.route(route=_CONVERSATION, methods=["DELETE"])
@endpoint(auth=access.user, returns=lambda: {204: None}, problems=lambda: [chat.ConversationNotFound])
async def delete_conversation(call: Call[None, None, chat.ConversationPath]) -> Reply:
    """Delete a conversation and the streams of its turns for good, also of one that is being written.

    What was remembered from it stays until deleted there.
    """
    await chat.delete_conversation(call.user, call.path.conversation_id)
    return Reply.no_content()


@bp.route(route="api/chat/memory", methods=["GET", "HEAD"])
@endpoint(auth=access.user, returns=lambda: {200: chat.MemoryView}, follows=["chat_post"])
async def list_memory(call: Call[None, models.ListQuery]) -> chat.MemoryView:
    """What the stylist remembers about you, in your own words, last said first."""
    return await chat.memory_of(call.user, call.query)


@bp.route(route="api/chat/memory", methods=["PATCH"])
@endpoint(auth=access.user, returns=lambda: {200: chat.MemoryView})
async def switch_memory(call: Call[chat.MemorySwitch]) -> chat.MemoryView:
    """Turn memory on or off. Off, nothing is used or added; what is there stays until you delete it."""
    return await chat.switch_memory(call.user, enabled=call.body.enabled)


@bp.route(route="api/chat/memory", methods=["DELETE"])
@endpoint(auth=access.user, returns=lambda: {204: None})
async def delete_memory(call: Call) -> Reply:
    """Forget everything the stylist remembers about you, and the streams of turns that name it."""
    await chat.forget_everything(call.user)
    return Reply.no_content()


@bp.route(route=_FACT, methods=["PATCH"])
@endpoint(
    auth=access.user,
    returns=lambda: {200: chat.FactView},
    rate="model",
    problems=lambda: [chat.FactNotFound, *ai_errors.MODEL_PROBLEMS],
)
async def correct_fact(call: Call[chat.FactPatch, None, chat.FactPath]) -> chat.FactView:
    """Put a remembered fact right in your own words, which are read again: kind and subject follow them.

    What then speaks of something else takes the place, and the `fact_id`, of what was remembered of that.
    """
    return await chat.correct_fact(call.user, call.path.fact_id, call.body)


@bp.route(route=_FACT, methods=["DELETE"])
@endpoint(auth=access.user, returns=lambda: {204: None}, problems=lambda: [chat.FactNotFound])
async def forget_fact(call: Call[None, None, chat.FactPath]) -> Reply:
    """Forget one fact."""
    await chat.forget_fact(call.user, call.path.fact_id)
    return Reply.no_content()
