"""The app's own turns and sign-in, answered by a stylist that reads its words from the message.

The message is ``<pause in seconds> <word> <word> ...``: after each word it waits. What it was asked, it notes
in a file, so that a test can count how often a turn was run, also across a killed host.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import azure.functions as func

# The host sees to it that an app finds its own folder only; this one is made of the repository's app.
sys.path.append(str(Path(__file__).parents[3]))

from blueprints import auth, chat, fallback, health
from core.chat import Emit, Turn
from core.chat.events import DeltaEvent, TurnEvent, tell


def note(turn: Turn) -> None:
    with Path(os.environ["PARLOUR_NOTES"]).open("a") as notes:
        notes.write(f"{turn.turn_id}\n")


async def read_out(turn: Turn, emit: Emit) -> None:
    note(turn)
    pause, *words = turn.message.split(" ")
    await tell(emit, TurnEvent.of(turn))
    for word in words:
        await tell(emit, DeltaEvent(text=f"{word} "))
        await asyncio.sleep(float(pause))


app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)

for bp in (health.bp, auth.bp, chat.turns_of(lambda: read_out)):
    app.register_functions(bp)

app.register_functions(fallback.fallback_for(app))
