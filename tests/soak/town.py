"""Everybody who takes part: they act until the stretch is over, and rest where all have to be at rest."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from aiohttp import ClientSession

from devstack.seeding import ADMIN
from devstack.stack import Stack
from tests.soak.people import ACTS, ADMIN_ACTS, LEAVING, Act, Person, feed, sessions, wardrobe
from tests.soak.people.person import GaveUp
from tests.soak.plan import Plan
from tests.soak.traffic import Traffic


@dataclass
class Town:
    """The people of a run. ``began`` is before anything was written."""

    stack: Stack
    plan: Plan
    api: ClientSession
    traffic: Traffic = field(default_factory=Traffic)
    people: list[Person] = field(default_factory=list)
    acting: Counter[str] = field(default_factory=Counter)
    """What people are at."""
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    _born: int = 0

    @property
    def living(self) -> list[Person]:
        """Those who have not been erased, the administrator last."""
        return [*self.people, self.admin]

    async def settle_in(self) -> None:
        """Sign everybody in, dress them, and have the shops followed."""
        self.admin = self._somebody(ADMIN)
        await sessions.sign_in(self.admin)
        await asyncio.gather(feed.begin(self.admin), *(self._arrive() for _ in range(self.plan.people)))

    async def live(self, seconds: float, hands: Sequence[Sequence[Act]]) -> None:
        """Let everybody act for so long, and finish what they are at.

        Each person begins with what is in their hand, so that every act is done by somebody in any run.
        """
        deadline = asyncio.get_running_loop().time() + seconds
        over: Callable[[], bool] = lambda: asyncio.get_running_loop().time() > deadline  # noqa: E731
        acts = ACTS if self.plan.hurried else (*ACTS, LEAVING)
        async with asyncio.TaskGroup() as at_once:
            for number, person in enumerate(list(self.people)):
                hand = list(hands[number]) if number < len(hands) else []
                at_once.create_task(self._live(person, acts, hand, over))
            at_once.create_task(self._live(self.admin, ADMIN_ACTS, [], over))

    async def _live(
        self, person: Person, acts: Sequence[tuple[Act, int]], first: list[Act], over: Callable[[], bool]
    ) -> None:
        """Do what comes ``first``, and then anything by chance; who is gone is followed by somebody new."""
        deeds, weights = zip(*acts, strict=True)
        while first or not over():
            act = first.pop(0) if first else person.chance.choices(deeds, weights)[0]
            self.acting[act.__name__] += 1
            try:
                with suppress(GaveUp):
                    await act(person)
            finally:
                self.acting[act.__name__] -= 1
            if person.gone:
                self.people.remove(person)
                person = await self._arrive()
            await asyncio.sleep(person.chance.uniform(0, 0.4))

    async def _arrive(self) -> Person:
        person = self._somebody(f"soak-{self.plan.seed}-{self._born}@example.org")
        await sessions.sign_in(person)
        await wardrobe.begin(person)
        self.people.append(person)
        return person

    def _somebody(self, email: str) -> Person:
        self._born += 1
        chance = self.plan.chance("person", self._born)
        urls = self.stack.url("oidc"), self.stack.url("shop")
        return Person(self.api, *urls, email, chance, self.traffic)
