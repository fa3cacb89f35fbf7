"""What a message may be, what identifies a turn, and where reading begins."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from core.chat import tail
from core.chat.pace import Pace
from core.chat.problems import as_frame
from core.chat.stream_errors import InvalidOffset, TurnDied
from core.chat.turn import MESSAGE_LIMIT, NewTurn, Turn

ID = "6f2d1dee-4096-5bb6-a83a-7c1bc71563c8"
OTHER = "7a2d1dee-4096-5bb6-a83a-7c1bc71563c8"


def asked(**fields: Any) -> NewTurn:
    return NewTurn.model_validate({"message": "What goes with green?", **fields})


@pytest.mark.parametrize(
    "fields",
    [
        {"message": ""},
        {"message": " \n\t"},
        {"message": "x" * (MESSAGE_LIMIT + 1)},
        {"message": "x" * 100_000},
        {"turn_id": "mine"},
        {"conversation_id": "../x"},
        {"image_ids": [ID] * 5},
        {"image_ids": ["x"]},
        {"model": "gpt"},
    ],
)
def test_bad_messages_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        asked(**fields)


def test_a_message_of_the_longest_length_is_taken_and_trimmed() -> None:
    assert asked(message=" " + "x" * MESSAGE_LIMIT + "\n").message == "x" * MESSAGE_LIMIT


def test_ids_are_lower_case_whatever_was_sent() -> None:
    turn = Turn.of("ann", asked(turn_id=ID, conversation_id=OTHER.upper(), image_ids=[ID.upper()]))
    assert (turn.conversation_id, turn.image_ids, turn.is_new_conversation) == (OTHER, (ID,), False)


def test_a_new_conversation_has_the_same_id_each_time_the_turn_is_posted() -> None:
    first, again = (Turn.of("ann", asked(turn_id=ID)) for _ in range(2))
    assert first == again
    assert first.is_new_conversation
    others = {
        Turn.of("bob", asked(turn_id=ID)).conversation_id,
        Turn.of("ann", asked(turn_id=OTHER)).conversation_id,
    }
    assert first.conversation_id not in others


@pytest.mark.parametrize("fields", [{"message": "Other"}, {"conversation_id": OTHER}, {"image_ids": [OTHER]}])
def test_another_question_has_another_fingerprint(fields: dict[str, Any]) -> None:
    assert Turn.of("ann", asked(turn_id=ID)).fingerprint == Turn.of("ann", asked(turn_id=ID)).fingerprint
    assert (
        Turn.of("ann", asked(turn_id=ID, **fields)).fingerprint
        != Turn.of("ann", asked(turn_id=ID)).fingerprint
    )


@pytest.mark.parametrize(
    ("header", "query", "value", "pointer"),
    [
        (None, None, 0, "/last_event_id"),
        ("", "", 0, "/last_event_id"),
        ("17", None, 17, "/last-event-id"),
        (None, "18", 18, "/last_event_id"),
        ("17", "18", 17, "/last-event-id"),
    ],
)
def test_reading_begins_where_the_client_says(
    header: str | None, query: str | None, value: int, pointer: str
) -> None:
    found = tail.offset(header, query)
    assert (found.value, found.pointer) == (value, pointer)


@pytest.mark.parametrize("text", ["x", "-1", "1.5", "1e3", "٣", " 1", "9" * 16])
def test_an_offset_that_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidOffset) as refused:
        tail.offset(text, None)
    assert [(e.location, e.pointer) for e in refused.value.errors] == [("header", "/last-event-id")]


async def test_a_pace_slows_down_and_ends() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    looks = [None async for _ in Pace(0.1, 0.4, sleep).until(3)]
    assert len(looks) == len(slept) + 1
    assert sum(slept) == pytest.approx(3)
    assert slept[0] == 0.1
    assert max(slept) <= 0.4
    assert slept[:-1] == sorted(slept[:-1])
    assert [None async for _ in Pace(0.1, 0.4, sleep).until(0)] == [None]


def test_an_error_frame_is_a_problem_document() -> None:
    frame = as_frame(TurnDied("Send it again.", retry_after=3), ID)
    payload = frame.payload
    assert payload.pop("trace_id")
    assert (frame.event, payload) == (
        "error",
        {
            "type": "/problems/turn-died",
            "title": "The answer broke off",
            "status": 503,
            "detail": "Send it again.",
            "instance": f"/api/chat/turns/{ID}/events",
            "retry_after": 3,
        },
    )


def test_an_idempotency_key_is_as_good_as_a_turn_id() -> None:
    first, again = (Turn.of("ann", asked(), key="k").turn_id for _ in range(2))
    assert first == again
    assert Turn.of("ann", asked(turn_id=ID), key="k").turn_id == ID
    others = {Turn.of("bob", asked(), key="k").turn_id, Turn.of("ann", asked(), key="l").turn_id}
    assert len({first, *others, *(Turn.of("ann", asked()).turn_id for _ in range(2))}) == 5
