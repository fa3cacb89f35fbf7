"""One run from the first sign-in to the last verdict."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from devstack import ports
from devstack.stack import Stack
from tests.soak import report, rest, stage
from tests.soak.host import Holding, Host
from tests.soak.invariants import Verdict, answers, kept, leaks, once, owned
from tests.soak.people import ACTS, LEAVING, Act, account, chat, digest
from tests.soak.plan import Plan
from tests.soak.town import Town
from tests.soak.weather import Weather

type Say = Callable[[str], None]

_SERVICES = ("azurite", "cosmos", "openai", "segmentation", "oidc", "shop")
_TELL = 10.0


async def soak(plan: Plan, folder: Path, say: Say) -> list[Verdict]:
    """Run ``plan`` on a stack of its own in ``folder``, say how it goes, and return the verdicts."""
    ours = stage.values()
    with Stack(folder, asked=ports.spares(), only=_SERVICES, values=ours, say=say) as stack:
        async with stage.settings_of(stack), aiohttp.ClientSession(stack.url("functions")) as api:
            stack.start_service("functions")
            run = Run(Town(stack, plan, api), Weather(stack, plan.chance("weather")), Host(stack), say)
            async with run.told():
                verdicts = await run.whole()
            say(report.table(run.town, run.weather, verdicts))
            return verdicts


@dataclass
class Run:
    """What takes part in one run."""

    town: Town
    weather: Weather
    host: Host
    say: Say
    what: str = "settling in"
    began: float = field(default_factory=time.monotonic)

    async def whole(self) -> list[Verdict]:
        """Two stretches, each with a rest after it, then the verdicts: only on that where one has none."""
        try:
            return await self._both()
        except rest.Restless as restless:
            return [Verdict(restless.when, 1, restless.moving)]

    async def _both(self) -> list[Verdict]:
        plan = self.town.plan
        await self.town.settle_in()
        hands = [[act for act, _ in ACTS][number :: plan.people] for number in range(plan.people)]
        await self._stretch("with kills", plan.first, hands, kills=plan.kills())
        before = await self.host.at_rest(lambda _: False, _POOLS_SHRINK)
        since = time.monotonic()
        again: list[list[Act]] = [[LEAVING[0], *hands[0]], [chat.talk], [digest.judge], [account.export]]
        await self._stretch("without kills", plan.second, again)
        after = await self.host.at_rest(lambda found: not found.more_than(before), _POOLS_CLOSE)
        self.what = "judging"
        return await self._verdicts(since, before, after)

    async def _stretch(
        self, what: str, seconds: float, hands: Sequence[Sequence[Act]], kills: Sequence[float] = ()
    ) -> None:
        self.what = what
        begun = time.monotonic()
        acting = asyncio.create_task(self.town.live(seconds, hands))
        try:
            async with self.weather.blowing(kills, lossless=self.town.plan.hurried and not kills):
                await asyncio.sleep(seconds - (time.monotonic() - begun))
            self.what = f"{what}, coming to rest"
            try:
                async with asyncio.timeout(self.town.plan.patience) as patience:
                    await asyncio.shield(acting)
                    await rest.settled(self.town)
            except TimeoutError:
                if not patience.expired():
                    raise
                moving = await rest.moving(self.town, self.host)
                raise rest.Restless(f"at rest: after the stretch {what}", moving) from None
        finally:
            acting.cancel()

    async def _verdicts(self, since: float, before: Holding, after: Holding) -> list[Verdict]:
        town = self.town
        found = [
            *await kept.verdicts(town.living),
            *await once.verdicts(town.living),
            *await owned.verdicts(town.living, town.traffic, town.began),
            *leaks.verdicts(self.host, since, before, after),
        ]
        return [Verdict("at rest: after both stretches", 2), *answers.verdicts(town.traffic), *found]

    @asynccontextmanager
    async def told(self) -> AsyncIterator[None]:
        """Watch the host and say how it goes until the block ends."""
        tasks = [asyncio.create_task(work) for work in (self.host.watch(), self._tell())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _tell(self) -> None:
        while True:
            await asyncio.sleep(_TELL)
            self.say(report.progress(self.town, self.weather, time.monotonic() - self.began, self.what))


_POOLS_CLOSE = 30.0
"""Seconds within which a pool has let go of what nobody uses: aiohttp keeps it for 15."""
_POOLS_SHRINK = 4.0
"""Seconds after coming to rest at which the first stretch is looked at."""
