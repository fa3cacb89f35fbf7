"""Whose a turn id is: clients choose them, and one that is someone else's does not exist for anybody else."""

from __future__ import annotations

from core.chat.stream_errors import TurnNotFound
from core.platform.containers import DAY
from core.platform.cosmos import AlreadyExists, Container
from core.platform.models import Document


class Owner(Document):
    """A turn id that is taken, in a partition of its own: it has to be found without knowing whose it is."""

    owner: str


_owners = Container("idempotency", Owner)


async def claim(user_id: str, turn_id: str) -> None:
    """Take the turn id for a person, for as long as a stream is kept.

    Raises:
        TurnNotFound: it is someone else's.
    """
    wanted = Owner(id=turn_id, user_id=_partition(turn_id), owner=user_id, ttl=DAY)
    try:
        await _owners.create(wanted)
    except AlreadyExists:
        await check(user_id, turn_id)


async def check(user_id: str, turn_id: str) -> None:
    """Raise ``TurnNotFound`` where the turn id is someone else's."""
    there = await _owners.get(_partition(turn_id), turn_id)
    if there is not None and there.owner != user_id:
        raise TurnNotFound("There is no turn with this id among yours.")


def _partition(turn_id: str) -> str:
    return f"chat-turn:{turn_id}"
