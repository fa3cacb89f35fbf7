"""How many answers are written for a person at once: a list of turns, checked against streams when full.

The list only decides who may begin. Whether a listed turn still runs is told by its stream, so a host that
was killed blocks nobody for longer than a dead turn takes to be noticed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from core.chat import log
from core.chat.stream_errors import TooManyTurns
from core.platform import clock
from core.platform.containers import DAY
from core.platform.cosmos import AlreadyExists, Container
from core.platform.ids import stable_id
from core.platform.models import Document

AT_ONCE = 2
"""Turns of one person that may run at the same time."""


class Running(Document):
    """Turns of a person by id, with the moment each was let in."""

    turns: Mapping[str, datetime] = {}


_running = Container("idempotency", Running)


async def admit(user_id: str, turn_id: str) -> None:
    """Count the turn among the running ones.

    Raises:
        TooManyTurns: two others run.
    """
    over: set[str] = set()
    while True:
        current = await _let_in(user_id, turn_id, over)
        if turn_id in current.turns:
            return
        over = {other for other, since in current.turns.items() if await _over(user_id, other, since)}
        if not over:
            raise TooManyTurns("Two answers are being written; wait for one.")


async def release(user_id: str, turn_id: str) -> None:
    """Count the turn no more."""
    await _running.update(user_id, _id(user_id), lambda there: _without(there, [turn_id]))


async def _let_in(user_id: str, turn_id: str, over: Collection[str]) -> Running:
    """Add the turn if there is room without those that are ``over``; return the list as it is then."""

    def change(there: Running) -> Running:
        left = _without(there, over)
        if turn_id in left.turns or len(left.turns) >= AT_ONCE:
            return left
        return left.model_copy(update={"turns": {**left.turns, turn_id: clock.now()}})

    while True:
        there = await _running.update(user_id, _id(user_id), change)
        if there is not None:
            return there
        try:
            await _running.create(Running(id=_id(user_id), user_id=user_id, ttl=DAY))
        except AlreadyExists:
            continue


def _without(there: Running, over: Collection[str]) -> Running:
    left = {turn: since for turn, since in there.turns.items() if turn not in over}
    return there if len(left) == len(there.turns) else there.model_copy(update={"turns": left})


async def _over(user_id: str, turn_id: str, since: datetime) -> bool:
    there = await log.look(log.name_of(user_id, turn_id))
    if there is None:  # let in, and not begun: it is about to, or never will
        return clock.now() - since > log.SILENT
    return there.ending is not None


def _id(user_id: str) -> str:
    return stable_id("chat-running", user_id)
