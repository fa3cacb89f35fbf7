"""A turn's life against Azurite: posted by many, written by one, lost, dead, and begun anew."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from core.chat import frames, log, running, tail, turns
from core.chat.events import TurnEvent, tell
from core.chat.frames import Frame, parse
from core.chat.pace import Pace
from core.chat.stream import TRIES, TurnWriter
from core.chat.stream_errors import (
    InvalidOffset,
    TooManyTurns,
    TurnIdReused,
    TurnLost,
    TurnNotFound,
    TurnStillRunning,
)
from core.chat.turn import Emit, NewTurn, Turn
from core.platform import clock
from core.platform.append_blobs import AppendBlobs, Moved
from core.platform.errors import Invalid, Unavailable
from core.platform.ids import new_id
from tests.listening import is_readable

pytestmark = pytest.mark.usefixtures("app_env")

WORDS = ["What ", "goes ", "with ", "grün", "?\n\n"]
QUICK = Pace(0.01, 0.02)


def a_turn(user_id: str | None = None, turn_id: str | None = None, message: str = "Hello") -> Turn:
    asked = NewTurn(message=message, turn_id=UUID(turn_id or new_id()))
    return Turn.of(user_id or new_id(), asked)


class Scripted:
    """A stylist that says its words, and waits before each for the test to let it go on."""

    def __init__(self, words: list[str] = WORDS, *, held: bool = False) -> None:
        self.calls = 0
        self.begun = asyncio.Event()
        self.gate = asyncio.Event()
        self._words = words
        if not held:
            self.gate.set()

    async def __call__(self, turn: Turn, emit: Emit) -> None:
        self.calls += 1
        await tell(emit, TurnEvent.of(turn))
        self.begun.set()
        for word in self._words:
            await self.gate.wait()
            await emit("delta", {"text": word})
        await emit("usage", {"tokens": len(self._words)})


def events(stream: bytes) -> list[tuple[str, dict[str, Any]]]:
    return [(frame.event, frame.payload) for _, frame in parse(stream)]


def names(stream: bytes) -> list[str]:
    return [event for event, _ in events(stream)]


def text(stream: bytes) -> str:
    return "".join(data["text"] for event, data in events(stream) if event == "delta")


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while not await condition():  # noqa: ASYNC110 - a bounded poll of storage
            await asyncio.sleep(0.01)


async def written(turn: Turn, event: str) -> None:
    async def there() -> bool:
        found = await log.look(log.name_of(turn.user_id, turn.turn_id))
        return found is not None and event in names(await log.read(found, found.start))

    await until(there)


async def read_to_end(turn: Turn, after: int = 0) -> tuple[bytes, int]:
    """Follow the turn as an ``EventSource`` does; return the bytes and how many requests it took."""
    got, asked = b"", 0
    while True:
        asked += 1
        part = await tail.events(
            turn.user_id, turn.turn_id, tail.offset(str(after), None), wait=5, pace=QUICK
        )
        if part is None:
            return got, asked
        head, _, body = part.partition(b"\n")
        assert head == b"retry: 150"
        got += body
        after = max(
            [after, *[int(i.removeprefix(b"id: ")) for i in body.split(b"\n") if i.startswith(b"id: ")]]
        )


async def test_append_only_at_the_end() -> None:
    blobs, name = AppendBlobs("chat-turns"), f"{new_id()}/{new_id()}"
    with pytest.raises(Moved):
        await blobs.append(name, b"x", at=0)
    assert await blobs.create(name, "text/plain", {"run": "1"})
    assert await blobs.create(name, "text/plain", {"run": "1"}), "an answer that was lost"
    assert not await blobs.create(name, "text/plain", {"run": "2"})
    await blobs.append(name, b"one", at=0)
    await blobs.append(name, b"one", at=0)  # sent again because the answer was lost
    with pytest.raises(Moved):
        await blobs.append(name, b"two", at=0)
    with pytest.raises(Moved):
        await blobs.append(name, b"two", at=4)
    await blobs.append(name, b"two", at=3)
    assert await blobs.get(name) == b"onetwo"
    head = await blobs.head(name)
    assert head is not None
    assert (head.size, head.metadata) == (6, {"run": "1"})
    assert await blobs.describe(name, {"run": "3"}, etag=head.etag)
    assert not await blobs.describe(name, {"run": "4"}, etag=head.etag)
    assert not await blobs.remove(name, etag=head.etag)
    assert await blobs.get(name) == b"onetwo"


async def test_a_turn_is_answered_whole_and_replayed() -> None:
    turn, stylist = a_turn(), Scripted()
    answer = await turns.post(turn, stylist)
    assert names(answer.stream) == ["turn", *["delta"] * 5, "usage", "done"]
    assert text(answer.stream) == "".join(WORDS)
    about = events(answer.stream)[0][1]
    assert about["turn_id"] == turn.turn_id
    assert about["conversation_id"] == turn.conversation_id
    assert about["events"].startswith(f"/api/chat/turns/{turn.turn_id}/events?uid=")
    assert not answer.replayed
    again = await turns.post(turn, stylist)
    assert (again.stream, again.replayed, stylist.calls) == (answer.stream, True, 1)
    ids = [end for end, _ in parse(answer.stream)]
    assert ids[-1] == len(answer.stream)


async def test_twenty_posts_of_one_turn_run_it_once_and_get_the_same_bytes() -> None:
    turn, stylist = a_turn(), Scripted()
    answers = await asyncio.gather(*(turns.post(turn, stylist) for _ in range(20)))
    assert stylist.calls == 1
    assert len({answer.stream for answer in answers}) == 1
    assert sum(not answer.replayed for answer in answers) == 1


async def test_a_reader_sees_words_while_the_turn_runs_and_every_byte_once() -> None:
    turn, stylist = a_turn(), Scripted(held=True)
    posted = asyncio.ensure_future(turns.post(turn, stylist))
    await stylist.begun.wait()
    first = await tail.events(turn.user_id, turn.turn_id, tail.offset(None, None), wait=5)
    assert first is not None
    assert first.startswith(b"retry: ")
    assert names(first) == ["turn"]
    assert not posted.done()
    reading = asyncio.ensure_future(read_to_end(turn))
    stylist.gate.set()
    answer = await posted
    assert (await reading)[0] == answer.stream


async def test_reading_goes_on_from_every_frame() -> None:
    turn = a_turn()
    answer = await turns.post(turn, Scripted())
    for end, _ in parse(answer.stream):
        assert end is not None
        assert (await read_to_end(turn, end))[0] == answer.stream[end:]


async def test_a_long_stream_is_read_in_parts_of_whole_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail, "CHUNK", 1_000)
    turn = a_turn()
    answer = await turns.post(turn, Scripted([str(n) * 20 for n in range(60)]))
    got, asked = await read_to_end(turn)
    assert got == answer.stream
    assert asked > len(answer.stream) / 1_000


@pytest.mark.parametrize("after", ["999999", "1", "-1", "x"])
async def test_an_offset_of_no_frame_is_refused(after: str) -> None:
    turn = a_turn()
    await turns.post(turn, Scripted())
    with pytest.raises(InvalidOffset):
        await tail.events(turn.user_id, turn.turn_id, tail.offset(after, None), wait=0)


async def test_nothing_new_is_said_without_an_event() -> None:
    turn = a_turn()
    begun = await log.begin(turn)
    assert begun is not None
    part = await tail.events(turn.user_id, turn.turn_id, tail.offset(None, None), wait=0.05, pace=QUICK)
    assert part is not None
    assert b"\n\n" not in part
    assert list(parse(part)) == []


async def test_a_turn_that_is_not_there_is_not_found_but_waited_for() -> None:
    turn, stylist = a_turn(), Scripted()
    with pytest.raises(TurnNotFound):
        await tail.events(turn.user_id, turn.turn_id, tail.offset(None, None), wait=0.02, pace=QUICK)
    early = asyncio.ensure_future(read_to_end(turn))
    answer = await turns.post(turn, stylist)
    assert (await early)[0] == answer.stream


async def test_somebody_elses_turn_does_not_exist() -> None:
    turn = a_turn()
    await turns.post(turn, Scripted())
    stranger = new_id()
    with pytest.raises(TurnNotFound):
        await tail.events(stranger, turn.turn_id, tail.offset(None, None), wait=0)
    with pytest.raises(TurnNotFound):
        await turns.post(a_turn(stranger, turn.turn_id), Scripted())


async def test_one_id_stands_for_one_message() -> None:
    turn, stylist = a_turn(), Scripted()
    await turns.post(turn, stylist)
    with pytest.raises(TurnIdReused):
        await turns.post(a_turn(turn.user_id, turn.turn_id, "Another"), stylist)
    assert stylist.calls == 1


async def test_a_second_writer_takes_the_turn_over_only_when_the_first_is_silent() -> None:
    turn, stuck, fresh = a_turn(), Scripted(held=True), Scripted()
    posted = asyncio.ensure_future(turns.post(turn, stuck))
    await stuck.begun.wait()
    await written(turn, "turn")
    with clock.frozen(clock.now() + log.SILENT - timedelta(seconds=5)):
        there = await log.look(log.name_of(turn.user_id, turn.turn_id))
        assert there is not None
        assert there.ending is None
    with clock.frozen(clock.now() + log.SILENT + timedelta(seconds=2)):
        dead, _ = await read_to_end(turn)
        assert names(dead) == ["turn", "error"]
        assert events(dead)[-1][1]["type"] == "/problems/turn-died"
    again = await turns.post(turn, fresh)
    assert names(again.stream) == ["turn", *["delta"] * 5, "usage", "done"]
    stuck.gate.set()
    with pytest.raises(TurnLost):
        await posted
    whole, _ = await read_to_end(turn)
    assert whole == again.stream, "the new run, and nothing of the lost one"
    end_of_turn_frame = next(parse(dead))[0]
    resumed, _ = await read_to_end(turn, end_of_turn_frame or 0)
    assert resumed == again.stream, "a reader of the old run begins the new one at its `turn` frame"
    assert (await turns.post(turn, fresh)).stream == again.stream
    assert fresh.calls == 1


async def test_a_writer_that_lost_its_turn_writes_nothing_any_more() -> None:
    turn = a_turn()
    begun = await log.begin(turn)
    assert begun is not None
    late, other = TurnWriter(begun), TurnWriter(begun)
    await other.emit("usage", {})
    for _ in range(2):
        with pytest.raises(TurnLost):
            await late.emit("usage", {"tokens": 1})
    assert await log.blobs().get(begun.name) == Frame.of("usage", {}).encoded(0)


async def test_of_many_posts_after_a_death_one_begins_anew() -> None:
    turn, stylist = a_turn(), Scripted()
    name = log.name_of(turn.user_id, turn.turn_id)
    begun = await log.begin(turn)
    assert begun is not None
    await log.blobs().append(name, Frame.of("turn", {}).encoded(0), at=0)
    with clock.frozen(clock.now() + log.SILENT + timedelta(seconds=2)):
        assert (await log.look(name)) is not None
    answers = await asyncio.gather(*(turns.post(turn, stylist) for _ in range(10)))
    assert stylist.calls == 1
    assert {names(answer.stream)[-1] for answer in answers} == {"done"}
    assert len({answer.stream for answer in answers}) == 1


async def test_heartbeats_keep_a_waiting_turn_alive_and_are_no_events() -> None:
    turn = a_turn()
    name = log.name_of(turn.user_id, turn.turn_id)
    begun = await log.begin(turn)
    assert begun is not None
    writer = TurnWriter(begun, batch=0.01, heartbeat=0.02)
    keeping = asyncio.ensure_future(writer.keep())
    await writer.emit("turn", {})

    async def beaten() -> bool:
        return (await log.blobs().get(name) or b"").count(b": still working") >= 2

    await until(beaten)
    await writer.emit("done", {})
    await asyncio.wait([keeping], timeout=0.1)  # some beats long, none of which is written
    keeping.cancel()
    await asyncio.wait([keeping])
    stream, _ = await read_to_end(turn)
    assert stream == await log.blobs().get(name)
    assert names(stream) == ["turn", "done"]
    assert [end for end, _ in parse(stream)][-1] == len(stream)


async def test_frames_wait_for_each_other_but_the_last_one_is_written_at_once() -> None:
    turn = a_turn()
    name = log.name_of(turn.user_id, turn.turn_id)
    begun = await log.begin(turn)
    assert begun is not None
    writer = TurnWriter(begun)
    for word in WORDS:
        await writer.emit("delta", {"text": word})
    assert await log.blobs().get(name) == b""
    await writer.emit("done", {})
    stored = await log.blobs().get(name)
    assert stored is not None
    assert names(stored) == [*["delta"] * 5, "done"]
    with pytest.raises(ValueError, match="after the last one"):
        await writer.emit("delta", {"text": "more"})


async def fails_at_once(turn: Turn, emit: Emit) -> None:
    raise Invalid("There is no such conversation.")


async def fails_midway(turn: Turn, emit: Emit) -> None:
    await emit("delta", {"text": "Well"})
    raise Invalid("The model declined.", retry_after=3)


async def breaks_midway(turn: Turn, emit: Emit) -> None:
    await emit("delta", {"text": "Well"})
    raise RuntimeError("secret")


async def never_ends(turn: Turn, emit: Emit) -> None:
    await emit("delta", {"text": "Well"})
    await asyncio.Event().wait()


async def test_an_error_before_anything_is_said_is_the_answer_and_the_turn_never_was() -> None:
    turn = a_turn()
    with pytest.raises(Invalid, match="no such conversation"):
        await turns.post(turn, fails_at_once)
    assert await log.look(log.name_of(turn.user_id, turn.turn_id)) is None
    assert names((await turns.post(turn, Scripted())).stream)[-1] == "done"


@pytest.mark.parametrize(
    ("stylist", "slug"),
    [(fails_midway, "validation"), (breaks_midway, "internal"), (never_ends, "turn-took-too-long")],
)
async def test_a_failure_midway_ends_the_stream_and_the_turn_may_be_posted_again(
    stylist: Callable[[Turn, Emit], Any], slug: str
) -> None:
    turn, limit = a_turn(), 0.3 if stylist is never_ends else 30
    answer = await turns.post(turn, stylist, limit=limit)
    assert names(answer.stream) == ["turn", "delta", "error"]
    problem = events(answer.stream)[-1][1]
    assert problem["type"] == f"/problems/{slug}"
    assert b"secret" not in answer.stream
    assert (await read_to_end(turn))[0] == answer.stream
    assert names((await turns.post(turn, Scripted())).stream)[-1] == "done"


async def test_a_stylist_may_end_the_stream_itself() -> None:
    async def ends(turn: Turn, emit: Emit) -> None:
        await emit("delta", {"text": "Bye"})
        await emit("done", {"title": "Farewell"})

    answer = await turns.post(a_turn(), ends)
    assert events(answer.stream)[-1] == ("done", {"title": "Farewell"})


async def test_what_fails_after_the_last_frame_changes_nothing_any_more() -> None:
    async def trips(turn: Turn, emit: Emit) -> None:
        await emit("done", {})
        raise Unavailable("Too late.")

    turn = a_turn()
    answer = await turns.post(turn, trips)
    assert names(answer.stream) == ["turn", "done"]
    assert (await turns.post(turn, Scripted())).stream == answer.stream


async def test_a_frame_after_the_last_one_is_refused() -> None:
    async def babbles(turn: Turn, emit: Emit) -> None:
        await emit("done", {})
        with pytest.raises(ValueError, match="after the last one"):
            await emit("delta", {"text": "And another thing"})

    assert names((await turns.post(a_turn(), babbles)).stream) == ["turn", "done"]


async def test_who_waits_longer_than_a_run_may_take_is_told_that_it_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "_TO_BE_SURE", 0)
    turn, stylist = a_turn(), Scripted(held=True)
    posted = asyncio.ensure_future(turns.post(turn, stylist))
    await stylist.begun.wait()
    await written(turn, "turn")
    with pytest.raises(TurnStillRunning) as told:
        await turns.post(turn, Scripted(), limit=0.05)
    assert told.value.retry_after == 5
    stylist.gate.set()
    assert names((await posted).stream)[-1] == "done"


async def test_a_run_that_fails_after_it_was_taken_over_answers_with_the_others() -> None:
    turn, gate, begun = a_turn(), asyncio.Event(), asyncio.Event()

    async def stuck(turn: Turn, emit: Emit) -> None:
        await tell(emit, TurnEvent.of(turn))
        begun.set()
        await gate.wait()
        raise Unavailable("The model is gone.")

    posted = asyncio.ensure_future(turns.post(turn, stuck))
    await begun.wait()
    await written(turn, "turn")
    with clock.frozen(clock.now() + log.SILENT + timedelta(seconds=2)):
        await read_to_end(turn)
    other = await turns.post(turn, Scripted())
    gate.set()
    assert (await posted).stream == other.stream
    assert names(other.stream)[-1] == "done"


async def test_a_cancelled_run_says_so() -> None:
    turn, stylist = a_turn(), Scripted(held=True)
    posted = asyncio.ensure_future(turns.post(turn, stylist))
    await written(turn, "turn") if await stylist.begun.wait() else None
    posted.cancel()
    with pytest.raises(asyncio.CancelledError):
        await posted
    assert names((await read_to_end(turn))[0]) == ["turn", "error"]


async def test_two_turns_run_at_once_and_a_third_has_to_wait() -> None:
    user_id = new_id()
    held = [Scripted(held=True) for _ in range(2)]
    posted = [asyncio.ensure_future(turns.post(a_turn(user_id), stylist)) for stylist in held]
    for stylist in held:
        await stylist.begun.wait()
    third = a_turn(user_id)
    with pytest.raises(TooManyTurns) as refused:
        await turns.post(third, Scripted())
    assert refused.value.retry_after == 5
    assert names((await turns.post(a_turn(), Scripted())).stream)[-1] == "done", "another person's"
    held[0].gate.set()
    await posted[0]
    assert names((await turns.post(third, Scripted())).stream)[-1] == "done"
    held[1].gate.set()
    await posted[1]


async def test_many_posts_at_once_never_run_more_than_two() -> None:
    user_id, most, now = new_id(), 0, 0

    async def counted(turn: Turn, emit: Emit) -> None:
        nonlocal most, now
        now += 1
        most = max(most, now)
        await emit("delta", {"text": "x"})
        await asyncio.sleep(0.3)
        now -= 1

    done = await asyncio.gather(
        *(turns.post(a_turn(user_id), counted) for _ in range(8)), return_exceptions=True
    )
    assert most <= running.AT_ONCE
    assert any(not isinstance(answer, BaseException) for answer in done)
    assert {type(answer) for answer in done if isinstance(answer, BaseException)} == {TooManyTurns}


async def test_dead_turns_block_nobody_for_long() -> None:
    user_id = new_id()
    for _ in range(running.AT_ONCE):
        turn_id = new_id()
        await running.admit(user_id, turn_id)
        await log.begin(a_turn(user_id, turn_id))
    with pytest.raises(TooManyTurns):
        await running.admit(user_id, new_id())
    with clock.frozen(clock.now() + log.SILENT + timedelta(seconds=2)):
        await running.admit(user_id, new_id())


async def test_turns_that_were_let_in_and_never_began_block_nobody_for_long() -> None:
    user_id = new_id()
    for _ in range(running.AT_ONCE):
        await running.admit(user_id, new_id())
    with pytest.raises(TooManyTurns):
        await running.admit(user_id, new_id())
    with clock.frozen(clock.now() + log.SILENT + timedelta(seconds=2)):
        await running.admit(user_id, new_id())


async def test_streams_go_after_a_day() -> None:
    turn = a_turn()
    await turns.post(turn, Scripted())
    name = log.name_of(turn.user_id, turn.turn_id)
    with clock.frozen(clock.now() + log.KEPT - timedelta(minutes=1)):
        await log.remove_expired()
    assert await log.look(name) is not None
    with clock.frozen(clock.now() + log.KEPT + timedelta(seconds=2)):
        assert await log.remove_expired() >= 1
    assert await log.look(name) is None


async def test_a_stream_has_only_what_the_format_knows() -> None:
    answer = await turns.post(a_turn(), Scripted())
    fields = {line.partition(b":")[0] for line in answer.stream.split(b"\n") if line}
    assert fields == {b"id", b"event", b"data"}
    assert set(names(answer.stream)) <= frames.EVENTS


class Unsure(AppendBlobs):
    """Storage whose first answers get lost: what was to be written is, and the writer is not told."""

    def __init__(self, losses: int) -> None:
        super().__init__(log.CONTAINER)
        self.losses = losses

    async def append(self, name: str, data: bytes, *, at: int) -> None:
        await super().append(name, data, at=at)
        if self.losses:
            self.losses -= 1
            raise Unavailable("Storage does not answer now.")


async def test_a_write_whose_answer_is_lost_is_not_doubled(monkeypatch: pytest.MonkeyPatch) -> None:
    storage = Unsure(2)
    monkeypatch.setattr(log, "blobs", lambda: storage)
    turn, stylist = a_turn(), Scripted(held=True)
    posted = asyncio.ensure_future(turns.post(turn, stylist))
    await written(turn, "turn")
    stylist.gate.set()
    answer = await posted
    assert storage.losses == 0
    assert names(answer.stream) == ["turn", *["delta"] * 5, "usage", "done"]
    assert (await read_to_end(turn))[0] == answer.stream


async def test_storage_that_fails_too_often_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    storage = Unsure(TRIES)
    monkeypatch.setattr(log, "blobs", lambda: storage)
    turn = a_turn()
    answer = await turns.post(turn, never_ends, limit=20)
    assert names(answer.stream) == ["turn", "delta", "error"]
    assert events(answer.stream)[-1][1]["type"] == "/problems/unavailable"


async def test_a_stream_that_is_removed_ends_its_run_and_is_not_there_any_more() -> None:
    user_id = new_id()
    turn, other, stylist = a_turn(user_id), a_turn(user_id), Scripted(held=True)
    finished = await turns.post(other, Scripted())
    posted = asyncio.ensure_future(turns.post(turn, stylist))
    await written(turn, "turn")
    reading = asyncio.ensure_future(read_to_end(turn))
    assert await log.remove_all(user_id, turn.conversation_id) == 1
    assert not await is_readable(turn)
    with pytest.raises(TurnNotFound):
        await reading
    stylist.gate.set()
    with pytest.raises(TurnNotFound, match="removed while it was written"):
        await posted
    assert not await is_readable(turn), "and its writer did not bring it back"
    assert (await read_to_end(other))[0] == finished.stream, "another conversation's stays"
    for _ in range(running.AT_ONCE):
        await running.admit(user_id, new_id())


async def test_all_streams_of_a_person_are_removed_and_nobody_elses() -> None:
    mine, theirs = a_turn(), a_turn()
    more = a_turn(mine.user_id)
    for turn in (mine, more, theirs):
        await turns.post(turn, Scripted())
    assert await log.remove_all(mine.user_id) == 2
    assert [await is_readable(turn) for turn in (mine, more, theirs)] == [False, False, True]


async def test_a_turn_that_started_over_still_belongs_to_its_conversation() -> None:
    turn = a_turn()
    await turns.post(turn, fails_midway)
    await turns.post(turn, Scripted())
    assert await log.remove_all(turn.user_id, turn.conversation_id) == 1
