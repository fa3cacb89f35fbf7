"""One turn of the stylist: recall, think, answer, keep, learn.

Nothing is kept before all is said; then the turn goes into its conversation in one write, under its own id. A
turn that comes again finds itself there and is told again without asking the model.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from core import digest, media, vault
from core.chat import context, history, history_store, learning, memory, prompts
from core.chat.confirming import is_yes
from core.chat.desk import Desk, WearQuestion
from core.chat.events import (
    DeltaEvent,
    DoneEvent,
    ToolCallEvent,
    ToolResultEvent,
    TurnEvent,
    UsageEvent,
    tell,
)
from core.chat.history_models import Header, Told
from core.chat.loop import Answer, Loop
from core.chat.memory_models import UsedFact
from core.chat.stream_errors import TurnIdReused
from core.chat.tools import TOOLS
from core.chat.turn import Emit, Turn
from core.platform import ai, ai_budget, clock, langfuse, settings
from core.platform.ai import Part
from core.platform.ai_errors import ModelUnavailable
from core.platform.errors import Invalid, NotFound
from core.platform.zones import day_in

_LEARNING_SECONDS = 30.0


async def answer_turn(turn: Turn, emit: Emit) -> None:
    """Answer ``turn``, telling ``emit`` as it goes; emits ``done`` once the conversation has it.

    Raises:
        TurnIdReused: it is in a conversation as another question.
        ConversationNotFound, PictureNotFound: what the turn refers to is not this person's.
        ModelUnavailable, ModelRefused, ModelAnsweredRubbish, BudgetSpent, AnswerWithheld: there is no answer,
            and nothing of this turn is kept.
    """
    limits = settings.get(settings.StylistSettings)
    try:
        async with asyncio.timeout(limits.turn_seconds):
            told, earlier = await _answered(turn, emit, limits)
    except TimeoutError:
        raise ModelUnavailable("The stylist took too long. Ask again.", retry_after=5) from None
    await tell(emit, DoneEvent(turn_id=turn.turn_id, conversation_id=turn.conversation_id))
    try:
        async with asyncio.timeout(_LEARNING_SECONDS):
            await learning.learn(told, earlier)
    except TimeoutError:
        return  # the next turn of the conversation catches up


async def _answered(turn: Turn, emit: Emit, limits: settings.StylistSettings) -> tuple[Told, list[Told]]:
    """Return the turn as it is in the conversation, and the turns before it that were at hand."""
    if (before := await history_store.find_turn(turn.user_id, turn.turn_id)) is not None:
        _check_same(turn, before)
        return await _told_again(turn, before, emit), []
    langfuse.concerning(turn.conversation_id, turn.turn_id)
    ends = asyncio.get_running_loop().time() + limits.turn_seconds
    header = await _header(turn)
    await ai_budget.check(turn.user_id)
    pictures = await _pictures(turn)
    used = await memory.recalled(turn.user_id, turn.message)
    before_this = await context.of(header)
    await tell(emit, TurnEvent.of(turn, used))
    zone = await digest.time_zone(turn.user_id)
    desk = Desk(turn.user_id, turn.turn_id, day_in(zone, clock.now()), emit, zone)
    logged = await _log_confirmed(turn, header, emit)
    loop = Loop(desk, TOOLS, limits.max_steps, limits.stall_seconds, ends)
    messages = prompts.opening(before_this, [fact.text for fact in used], desk.today)
    answer = await loop.run([*messages, prompts.asked(turn.message, pictures, logged)])
    for question in desk.questions:
        await loop.say(f"\n\n{_asked_for(question)}")
    await tell(emit, _usage(answer))
    return await history.commit(turn, _told(turn, desk, answer, used)), before_this.turns


def _check_same(turn: Turn, told: Told) -> None:
    """Let pass what is asked again: a stream is kept for a day, and what was said in it for good."""
    asked = (told.message, told.conversation_id, told.image_ids)
    if asked != (turn.message, turn.conversation_id, turn.image_ids):
        raise TurnIdReused.chosen()


async def _told_again(turn: Turn, told: Told, emit: Emit) -> Told:
    """Tell a turn that is in the conversation already, and see that its conversation is whole."""
    await tell(emit, TurnEvent.of(turn))
    await tell(emit, DeltaEvent(text=told.answer))
    for outfit in told.outfits:
        await tell(emit, outfit)
    await tell(emit, _usage(Answer()))
    return await history.commit(turn, told)


async def _header(turn: Turn) -> Header | None:
    """Return the conversation, ``None`` for a new one; raises ``ConversationNotFound``."""
    found = await history_store.find_header(turn.user_id, turn.conversation_id)
    if found is None and turn.is_new_conversation:
        return None
    if found is None or found.kind == "deleted":
        raise history_store.absent()
    return found


async def _pictures(turn: Turn) -> list[Part]:
    found = [await media.picture_for_model(turn.user_id, image_id) for image_id in turn.image_ids]
    return [ai.image_part(picture.data, picture.content_type) for picture in found]


async def _log_confirmed(turn: Turn, header: Header | None, emit: Emit) -> list[dict[str, Any]]:
    """Log the wears that the last answer asked about, if this message is the person's plain yes to them.

    Logging a day twice changes nothing, so a turn that starts over may come here again.
    """
    questions = header.questions if header is not None else ()
    if not questions or not is_yes(turn.message):
        return []
    return [await _logged(turn.user_id, question, emit) for question in questions]


async def _logged(user_id: str, question: WearQuestion, emit: Emit) -> dict[str, Any]:
    arguments = {"item_id": question.item_id, "worn_on": question.worn_on.isoformat()}
    await tell(emit, ToolCallEvent(name="log_wear", arguments=arguments))
    try:
        await vault.log_wear(user_id, question.item_id, question.worn_on)
    except (NotFound, Invalid, vault.TooManyWears) as refusal:
        result: dict[str, Any] = {"error": refusal.detail}
    else:
        result = {"recorded": True, "name": question.name, "worn_on": question.worn_on.isoformat()}
    await tell(emit, ToolResultEvent(name="log_wear", ok="error" not in result, result=result))
    return result


def _asked_for(question: WearQuestion) -> str:
    return f"Shall I record that you wore {question.name} on {question.worn_on}? Say yes and I will."


def _usage(answer: Answer) -> UsageEvent:
    return UsageEvent(
        prompt_tokens=answer.prompt_tokens,
        completion_tokens=answer.completion_tokens,
        total_tokens=answer.prompt_tokens + answer.completion_tokens,
    )


def _told(turn: Turn, desk: Desk, answer: Answer, used: Sequence[UsedFact]) -> Told:
    return Told(
        id=history_store.turn_key(turn.turn_id),
        user_id=turn.user_id,
        turn_id=turn.turn_id,
        conversation_id=turn.conversation_id,
        message=turn.message,
        image_ids=turn.image_ids,
        answer=answer.text,
        outfits=tuple(desk.outfits),
        questions=tuple(desk.questions),
        memory=tuple(fact.fact_id for fact in used),
        created_at=clock.now(),
    )
