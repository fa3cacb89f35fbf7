"""The stylist's door: cheap to import, so that nothing heavy is loaded before the first turn."""

from __future__ import annotations

from core.chat.turn import Emit, Turn


async def run_turn(turn: Turn, emit: Emit) -> None:
    """Answer a turn, telling ``emit`` as it goes; see ``core.chat.answering.answer_turn``."""
    from core.chat import answering

    await answering.answer_turn(turn, emit)
