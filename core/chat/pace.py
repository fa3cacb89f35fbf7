"""How often to look for what another request writes: soon at first, then less often, and not for ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

type Sleep = Callable[[float], Awaitable[None]]

_SLOWER = 1.25


@dataclass(frozen=True, slots=True)
class Pace:
    """Pauses in seconds that grow from ``first`` to ``longest``; ``sleep`` is replaced where time is held."""

    first: float
    longest: float
    sleep: Sleep = asyncio.sleep

    async def until(self, seconds: float) -> AsyncIterator[None]:
        """Come back at once, and again after each pause until the pauses add up to ``seconds``."""
        pause, slept = self.first, 0.0
        yield
        while slept < seconds:
            pause_now = min(pause, seconds - slept)
            await self.sleep(pause_now)
            slept += pause_now
            pause = min(pause * _SLOWER, self.longest)
            yield
