"""Bad weather from every emulator, by chance but the same for each seed; and a host that is killed."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from devstack.stack import Stack
from tests.chaos.weather import DATABASE

type Fault = Mapping[str, Any]

_STREAMED = {"match": '"stream":true'}
"""Unusable answers strike chat alone: a statement read at the second try may be read otherwise, and profiles
are compared to the bit."""
FAULTS: Mapping[str, Sequence[Fault]] = {
    "openai": (
        {"kind": "rate_limit", "retry_after": 1},
        {"kind": "server_error"},
        {"kind": "slow", "seconds": 0.5},
        {"kind": "hang", "seconds": 2},
        {"kind": "cut_stream", "after": 2, **_STREAMED},
        {"kind": "empty", **_STREAMED},
        {"kind": "broken_json", **_STREAMED},
    ),
    "segmentation": (
        {"kind": "error", "retry_after": 1},
        {"kind": "error", "status": 500},
        {"kind": "hang", "seconds": 1},
        {"kind": "slow", "seconds": 0.5},
        {"kind": "rubbish"},
        {"kind": "truncated"},
        {"kind": "wrong_size"},
    ),
    "oidc": ({"kind": "down"}, {"kind": "slow", "seconds": 0.5}, {"kind": "rubbish"}, {"kind": "empty"}),
    "shop": (
        {"kind": "down", "status": 503, "retry_after": 1},
        {"kind": "down", "status": 404},
        {"kind": "slow", "seconds": 0.5},
        {"kind": "cut"},
        {"kind": "rubbish"},
    ),
}
FROZEN = ("azurite", "cosmos", "openai", "segmentation", "oidc", "shop")
"""What falls silent for a moment; of Storage, which has no faults of its own, it is all that can be had."""
PAUSES = {"openai": 2.0, "segmentation": 2.0, "oidc": 15.0, "shop": 2.0}
"""Mean seconds between two faults of an emulator. The app asks an issuer that failed once in five seconds."""


@dataclass
class Weather:
    """What is done to the stack, counted by emulator."""

    stack: Stack
    chance: random.Random
    struck: dict[str, Counter[str]] = field(default_factory=dict)
    kills: int = 0

    @asynccontextmanager
    async def blowing(self, kills: Sequence[float] = (), *, lossless: bool = False) -> AsyncIterator[None]:
        """Let services fail until the block ends, and kill the host at these moments (seconds from now).

        Where it is ``lossless`` the database loses no answer to what it has created: a request that does not
        learn of its own claim holds its retries up until the claim's lease runs out.
        """
        tls = aiohttp.TCPConnector(ssl=False)  # the Cosmos emulator's certificate is its own
        async with aiohttp.ClientSession(connector=tls) as http:
            await self._arm_database(http, lossless)
            tasks = [
                asyncio.create_task(work) for work in (self._arm(http), self._freeze(), self._kill(kills))
            ]
            try:
                yield
                await tasks[-1]
            finally:
                for task in tasks:
                    task.cancel()
                ends = await asyncio.gather(*tasks, return_exceptions=True)
                await self._clear(http)
            for end in ends:
                if isinstance(end, Exception):
                    raise end

    async def _arm_database(self, http: aiohttp.ClientSession, lossless: bool) -> None:
        for fault in DATABASE:
            if lossless and (fault.get("when"), fault.get("method")) == ("after", "POST"):
                continue
            seeded = {**fault, "seed": self.chance.randrange(2**31)}
            async with http.post(f"{self.stack.url('cosmos')}/__faults", json=seeded) as answer:
                assert answer.status == 200, await answer.text()

    async def _arm(self, http: aiohttp.ClientSession) -> None:
        await asyncio.gather(*(self._spoil(http, name, pause) for name, pause in PAUSES.items()))

    async def _spoil(self, http: aiohttp.ClientSession, name: str, pause: float) -> None:
        """Arm one fault after another at one emulator, but never a second that nobody has met."""
        chance, control = random.Random(self.chance.random()), f"{self.stack.url(name)}/__control/faults"
        while True:
            await asyncio.sleep(chance.uniform(0, 2 * pause))
            fault = chance.choice(FAULTS[name])
            async with http.get(control) as answer:
                if await answer.json():
                    continue
            async with http.post(control, json=fault) as answer:
                assert answer.status == 200, await answer.text()
            self._note(name, fault["kind"])

    async def _freeze(self) -> None:
        while True:
            await asyncio.sleep(self.chance.uniform(2, 8))
            name = self.chance.choice(FROZEN)
            self.stack.freeze(name)
            try:
                await asyncio.sleep(self.chance.uniform(0.2, 1.5))
            finally:
                self.stack.thaw(name)
            self._note(name, "silent")

    async def _kill(self, moments: Sequence[float]) -> None:
        begun = time.monotonic()
        for moment in moments:
            await asyncio.sleep(begun + moment - time.monotonic())
            self.stack.kill("functions")
            self.kills += 1
            await asyncio.to_thread(self.stack.start_service, "functions")

    async def _clear(self, http: aiohttp.ClientSession) -> None:
        database = f"{self.stack.url('cosmos')}/__faults"
        async with http.get(database) as answer:
            for fault in await answer.json(content_type=None):
                self._note("cosmos", str(fault["status"] or "cut"), fault["struck"])
        async with http.delete(database):
            pass
        for name in FAULTS:
            control = f"{self.stack.url(name)}/__control/faults"
            async with http.get(control) as answer:
                for left in await answer.json():
                    self._note(name, left["kind"], -left.get("times", 1))
            async with http.delete(control):
                pass

    def _note(self, name: str, kind: str, times: int = 1) -> None:
        self.struck.setdefault(name, Counter())[kind] += times
