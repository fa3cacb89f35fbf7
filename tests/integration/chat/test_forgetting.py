"""What is deleted is gone: a conversation with the streams of its turns, also while one is being written."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any

import pytest

from core.chat import Turn, history, history_store, memory, run_turn, turns
from core.chat.errors import ConversationNotFound
from core.chat.stream_errors import TurnNotFound
from core.chat.turn import Emit, NewTurn
from core.platform.ids import new_id
from core.platform.models import ListQuery
from tests.fixtures.faults import Emulator
from tests.listening import is_readable

pytestmark = pytest.mark.usefixtures("app_env", "model")


def a_turn(user_id: str, message: str = "Hello there", after: Turn | None = None) -> Turn:
    asked = {"message": message, "turn_id": new_id(), "conversation_id": after and after.conversation_id}
    return Turn.of(user_id, NewTurn.model_validate(asked))


async def titles(user_id: str) -> list[str]:
    return [one.title for one in (await history.page(user_id, ListQuery())).items]


type Deed = Callable[[Turn], Coroutine[Any, Any, None]]


async def post_while(turn: Turn, at: str, deed: Deed) -> None:
    """Post the turn; another request does the ``deed`` when the stylist is about to say ``at``."""
    others: list[asyncio.Future[None]] = []

    async def run(turn: Turn, emit: Emit) -> None:
        async def emitting(event: str, data: Mapping[str, Any]) -> None:
            if event == at:
                others.append(asyncio.ensure_future(deed(turn)))
                await asyncio.wait(others)
            await emit(event, data)

        await run_turn(turn, emitting)

    try:
        await turns.post(turn, run)
    finally:
        await asyncio.gather(*others)


async def delete(turn: Turn) -> None:
    await history.delete(turn.user_id, turn.conversation_id)


async def test_a_deleted_conversation_takes_the_streams_of_all_its_turns_along() -> None:
    person = new_id()
    first = a_turn(person)
    await turns.post(first, run_turn)
    second, other = a_turn(person, "And now?", after=first), a_turn(person)
    for turn in (second, other):
        await turns.post(turn, run_turn)
    await delete(first)
    assert [await is_readable(turn) for turn in (first, second, other)] == [False, False, True]
    assert len(await titles(person)) == 1
    for turn in (first, second):
        assert await history_store.find_turn(person, turn.turn_id) is None
    with pytest.raises(ConversationNotFound):
        await delete(first)


async def test_a_turn_that_came_to_nothing_is_deleted_with_its_conversation(model: Emulator) -> None:
    person = new_id()
    first = a_turn(person)
    await turns.post(first, run_turn)
    failed = a_turn(person, "And now?", after=first)
    await model.fail("cut_stream", after=4)
    await turns.post(failed, run_turn)
    assert await is_readable(failed)
    await delete(first)
    assert not await is_readable(failed)


async def test_a_deleted_conversation_does_not_come_back_with_its_first_turn(model: Emulator) -> None:
    turn = a_turn(new_id())
    await turns.post(turn, run_turn)
    await delete(turn)
    await model.reset()
    with pytest.raises(ConversationNotFound):
        await turns.post(turn, run_turn)
    assert await model.asked() == 0
    assert not await is_readable(turn)
    assert await titles(turn.user_id) == []


@pytest.mark.parametrize("at", ["turn", "delta", "usage", "done"])
@pytest.mark.parametrize("begins", [True, False], ids=["first turn", "later turn"])
async def test_a_turn_that_runs_while_its_conversation_is_deleted_leaves_nothing(
    at: str, begins: bool
) -> None:
    person = new_id()
    turn = a_turn(person)
    if not begins:
        await turns.post(turn, run_turn)
        turn = a_turn(person, "And now?", after=turn)
    with pytest.raises((TurnNotFound, ConversationNotFound)):
        await post_while(turn, at, delete)
    assert not await is_readable(turn)
    assert await titles(person) == []
    assert await history_store.find_turn(person, turn.turn_id) is None
    with pytest.raises(ConversationNotFound):
        await turns.post(turn, run_turn)


@pytest.mark.parametrize("step", ["add_turn", "change_header", "remove_turns", "close"])
async def test_a_turn_kept_between_two_steps_of_a_deletion_or_the_reverse_leaves_nothing(
    step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, original, met = new_id(), getattr(history_store, step), asyncio.Event()
    first = a_turn(person)
    await turns.post(first, run_turn)
    second = a_turn(person, "And now?", after=first)
    deleting, answering = partial(delete, first), partial(run_turn, second, nobody)
    one, other = (answering, deleting) if step in {"add_turn", "change_header"} else (deleting, answering)

    async def meeting(*given: Any) -> Any:
        result = await original(*given)
        if not met.is_set():
            met.set()
            await asyncio.gather(other(), return_exceptions=True)
        return result

    monkeypatch.setattr(history_store, step, meeting)
    await asyncio.gather(one(), return_exceptions=True)
    assert met.is_set()
    assert await titles(person) == []
    assert await history_store.find_turn(person, second.turn_id) is None


async def nobody(event: str, data: Mapping[str, Any]) -> None:
    """Nobody listens."""


async def test_forgetting_everything_removes_the_streams_that_name_it() -> None:
    person = new_id()
    before, naming = a_turn(person, "I hate green."), a_turn(person, "What suits me?")
    await turns.post(before, run_turn)
    assert b"I hate green" in (await turns.post(naming, run_turn)).stream
    await memory.forget_all(person)
    assert not await is_readable(naming)
    again = await turns.post(naming, run_turn)
    assert b"I hate green" not in again.stream
    assert len(await titles(person)) == 2, "conversations stay"


async def test_forgetting_everything_ends_the_turn_that_is_being_written() -> None:
    person = new_id()
    await turns.post(a_turn(person, "I hate green."), run_turn)
    turn = a_turn(person, "What suits me?")
    with pytest.raises(TurnNotFound):
        await post_while(turn, "delta", lambda _: memory.forget_all(person))
    assert not await is_readable(turn)
    assert b"I hate green" not in (await turns.post(turn, run_turn)).stream
