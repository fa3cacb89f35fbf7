"""What runs without anybody asking: timers, and later queues and flows."""

from __future__ import annotations

import logging

import azure.functions as func

from core import media

bp = func.Blueprint()

_log = logging.getLogger("pluckit.background")


@bp.timer_trigger(arg_name="timer", schedule="0 17 * * * *")
async def sweep_unfinished_media(timer: func.TimerRequest) -> None:
    """Put right what crashed uploads left behind over an hour ago."""
    settled = await media.sweep_unfinished()
    if settled:
        _log.info("put %d abandoned pictures right", settled)
