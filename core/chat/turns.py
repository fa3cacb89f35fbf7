"""A turn's life: begun once however often it is posted, written by one, read by all, anew when it broke.

Posting a turn id that is ``done`` gives its recorded bytes; one that runs is waited for; one that ended in
``error`` starts over, for nothing came of it. The stylist commits the conversation before it returns and
``done`` is written after that, so what a client takes for answered is in the history.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Coroutine, Mapping
from contextlib import suppress
from typing import Any

from core.chat import log, ownership, running
from core.chat.events import DoneEvent, TurnEvent, tell
from core.chat.frames import TURN
from core.chat.log import Log
from core.chat.pace import Pace
from core.chat.problems import as_frame
from core.chat.stream import TurnWriter
from core.chat.stream_errors import TurnIdReused, TurnLost, TurnNotFound, TurnStillRunning, TurnTookTooLong
from core.chat.turn import Answer, RunTurn, Turn
from core.platform.errors import DomainError, Unavailable

_log = logging.getLogger("pluckit.chat")

JOIN = Pace(first=0.1, longest=0.5)
"""How often a second post of a running turn looks whether it is over."""
LONGEST = 200.0
"""Seconds a run may take; Azure cuts an HTTP call at 230 s."""
_LAST_WORDS_SECONDS = 5.0
_TO_BE_SURE = 10.0
"""Seconds longer that a request waits for another's run, so that it sees how that ends."""


async def post(turn: Turn, run: RunTurn, *, limit: float = LONGEST) -> Answer:
    """Answer a turn: write it with ``run``, or give what is or will be recorded under its id.

    ``limit`` is in seconds.

    Raises:
        TurnNotFound: the id is someone else's, or the turn was removed while it was written.
        TurnIdReused: it stands for another message.
        TooManyTurns: the person has to wait for another answer first.
        TurnStillRunning: another request writes it and did not finish in time.
        DomainError: whatever ``run`` raised before it emitted anything.
    """
    await ownership.claim(turn.user_id, turn.turn_id)
    name, waited = log.name_of(turn.user_id, turn.turn_id), False
    ends = asyncio.get_running_loop().time() + limit
    there = await log.look(name)
    async for _ in JOIN.until(limit + _TO_BE_SURE):
        if there is not None and there.fingerprint != turn.fingerprint:
            raise TurnIdReused.chosen()
        if there is not None and (there.ending == "done" or (there.ending == "error" and waited)):
            return await _recorded(there, replayed=True)
        if there is None or there.ending == "error":
            begun = await _begin(turn, there)
            if begun is not None:
                return await _answer(turn, begun, run, ends - asyncio.get_running_loop().time())
        else:
            waited = True
        there = await log.look(name, there)
    raise TurnStillRunning("It goes on; read its events, or post it again later.")


async def _begin(turn: Turn, there: Log | None) -> Log | None:
    await running.admit(turn.user_id, turn.turn_id)
    if there is None:
        return await log.begin(turn)
    return await log.begin_again(there)


async def _answer(turn: Turn, begun: Log, run: RunTurn, limit: float) -> Answer:
    writer = TurnWriter(begun)
    keeping = asyncio.ensure_future(writer.keep())
    try:
        await _end(turn, begun, writer, _first_of(run(turn, _Emitter(turn, writer)), keeping, limit))
    except TurnLost:
        await _still_there(begun)
        raise
    finally:
        await _stopped(keeping)
        if not writer.lost or await log.look(begun.name) is None:
            await running.release(turn.user_id, turn.turn_id)
    return await _recorded(await _still_there(begun), replayed=False)


async def _still_there(begun: Log) -> Log:
    """Return the turn as it is now; raises ``TurnNotFound`` where its person has removed it meanwhile."""
    there = await log.look(begun.name)
    if there is None:
        raise TurnNotFound("It was removed while it was written.")
    return there


async def _end(turn: Turn, begun: Log, writer: TurnWriter, written: Awaitable[None]) -> None:
    """Wait until it is ``written``, and end the stream with ``done``, or with what went wrong."""
    try:
        await written
        if not writer.ended:
            await tell(writer.emit, DoneEvent(turn_id=turn.turn_id, conversation_id=turn.conversation_id))
    except TurnLost:
        _log.warning("turn %s was taken over", turn.turn_id)
        raise
    except DomainError as error:
        if not writer.emitted and begun.start == 0 and await log.forget(begun):
            raise
        await _last_words(writer, error, turn)
    except Exception:  # noqa: BLE001 - the boundary: logged, and told as a problem in the stream
        _log.exception("turn %s failed", turn.turn_id)
        await _last_words(writer, DomainError("It has been logged. Try again."), turn)
    except BaseException:
        await _last_words(writer, Unavailable("The server is going down. Send it again."), turn)
        raise


async def _first_of(run: Coroutine[Any, Any, None], keeping: asyncio.Future[None], limit: float) -> None:
    """Wait for the run; raises its error, that of storing it, or ``TurnTookTooLong``."""
    writing = asyncio.ensure_future(run)
    try:
        await asyncio.wait({writing, keeping}, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
        if writing.done():
            writing.result()
        elif keeping.done():
            keeping.result()
        else:
            raise TurnTookTooLong(f"It was not finished within {limit:.0f} seconds. Send it again.")
    finally:
        await _stopped(writing)


async def _stopped(task: asyncio.Future[None]) -> None:
    """Cancel and wait, not for ever; what it raises at the end has been told already or does not matter."""
    task.cancel()
    await asyncio.wait([task], timeout=_LAST_WORDS_SECONDS)
    if task.done() and not task.cancelled():
        task.exception()


async def _last_words(writer: TurnWriter, error: DomainError, turn: Turn) -> None:
    """End the stream with ``error`` if that can still be written; else silence will end it."""
    if writer.ended:
        _log.warning("turn %s was told whole, then: %s", turn.turn_id, error.detail)
        return
    with suppress(TurnLost, Unavailable, TimeoutError):
        async with asyncio.timeout(_LAST_WORDS_SECONDS):
            await writer.put(as_frame(error, turn.turn_id))


class _Emitter:
    """What the stylist is given: the ``turn`` frame comes first, whoever emits it."""

    def __init__(self, turn: Turn, writer: TurnWriter) -> None:
        self._turn = turn
        self._writer = writer

    async def __call__(self, event: str, data: Mapping[str, Any]) -> None:
        if event != TURN and not self._writer.emitted:
            await tell(self._writer.emit, TurnEvent.of(self._turn))
        await self._writer.emit(event, data)


async def _recorded(ended: Log, *, replayed: bool) -> Answer:
    return Answer(await log.read(ended, ended.start), replayed)
