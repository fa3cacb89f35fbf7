"""Somebody with an account, who insists: what may be tried again is sent until it is answered."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.soak.contract import Answer, broken
from tests.soak.ledger import Ledger
from tests.soak.traffic import Traffic

BUSY = {
    "idempotency-still-running",
    "picture-in-progress",
    "turn-still-running",
    "turn-lost",
    "too-many-turns",
}
"""Problems that pass by themselves, besides 502 and 503."""
_LONGEST_WAIT = 1.0
_TIMEOUT = ClientTimeout(total=240, connect=5)


class GaveUp(Exception):
    """The answer to an act was final, but not one it can have; it is in the list of surprises."""


@dataclass
class Person:
    """A person and their tokens. ``doing`` names the kind of traffic that answers are counted under."""

    api: ClientSession
    oidc: str
    shop: str
    email: str
    chance: random.Random
    traffic: Traffic
    ledger: Ledger = field(default_factory=Ledger)
    id: str = ""
    token: str = ""
    refresh_token: str = ""
    doing: str = "sign-in"
    gone: bool = False

    async def rest(self, seconds: float) -> None:
        """Do nothing for a while."""
        await asyncio.sleep(seconds)

    def key(self) -> str:
        """Return an id nobody has used, the same in each run of a seed."""
        return str(UUID(int=self.chance.getrandbits(128), version=4))

    async def once(self, method: str, path: str, **sent: Any) -> Answer | None:
        """Send once; ``None`` where no answer came. What breaks the contract is noted as a surprise."""
        headers = {"Authorization": f"Bearer {self.token}"} | sent.pop("headers", {})
        try:
            async with self.api.request(
                method, path, headers=headers, timeout=_TIMEOUT, allow_redirects=False, **sent
            ) as got:
                answer = Answer(got.status, got.headers, await got.read())
        except (ClientError, OSError, TimeoutError):
            self.traffic.note(self.doing, "no answer")
            return None
        self.traffic.note(self.doing, answer.slug or str(answer.status))
        if wrong := broken(method, path, answer):
            self.traffic.surprises[f"{method} {_general(path)}: {wrong}"] += 1
        return answer

    async def ask(self, method: str, path: str, *, also: tuple[str, ...] = (), **sent: Any) -> Answer:
        """Send until the answer is final: a success, or a problem named in ``also``; else ``GaveUp``."""
        while True:
            answer = await self.once(method, path, **sent)
            if answer is not None and (answer.status < 400 or answer.slug in also):
                return answer
            if answer is not None and answer.status not in {502, 503} and answer.slug not in BUSY:
                if not broken(method, path, answer):
                    what = f"{answer.status} {answer.data[:300]!r} at {self.doing}"
                    self.traffic.surprises[f"{method} {_general(path)}: {what}"] += 1
                raise GaveUp(path)
            self.traffic.retried += 1
            wait = answer.wait if answer is not None else None
            await asyncio.sleep(min(wait or 0.3, _LONGEST_WAIT))

    async def effect(self, path: str, *, also: tuple[str, ...] = (), **sent: Any) -> Answer:
        """POST with an ``Idempotency-Key``, now and then twice at once or again: one answer for all."""
        headers = {"Idempotency-Key": self.key()} | sent.pop("headers", {})
        at_once, later = self.chance.choice(((1, 0), (1, 0), (2, 0), (1, 1)))

        async def send() -> Answer:
            return await self.ask("POST", path, also=also, headers=headers, **sent)

        answers = await asyncio.gather(*(send() for _ in range(at_once)))
        answers += [await send() for _ in range(later)]
        self.traffic.checked["requests sent again"] += len(answers) - 1
        # A refusal is not kept: sent again, it is another one of the same kind.
        if len({answer.slug or answer.data for answer in answers}) > 1:
            self.traffic.doubled.append(f"POST {path}: {[answer.data[:200] for answer in answers]}")
        return answers[0]

    async def over(self, location: str, *, signed: bool = False) -> Any:
        """Poll a job until it is over; return its view, ``None`` where it became a dead letter."""
        who = {"Authorization": ""} if signed else {}
        while True:
            answer = await self.ask("GET", location, also=("job-failed",), headers=who)
            if answer.slug == "job-failed":
                return None
            if answer.status == 200:
                return answer.body
            await asyncio.sleep(0.25)

    async def job(self, answer: Answer, *, taste: bool = False) -> Any:
        """Note the job of a 202, and see it to its end."""
        job_id = answer.body["job_id"]
        self.asked(job_id, taste=taste)
        view = await self.over(answer.headers["Location"])
        self.ledger.jobs[job_id] = "dead_lettered" if view is None else "completed"
        return view

    async def listed(self, path: str) -> AsyncIterator[dict[str, Any]]:
        """Yield everything of a list, page by page; ``path`` has its ``?``."""
        cursor = ""
        while True:
            page = (await self.ask("GET", f"{path}&limit=100{cursor}")).body
            for one in page["items"]:
                yield one
            if not page["next_cursor"]:
                return
            cursor = f"&cursor={page['next_cursor']}"

    def asked(self, job_id: str, *, taste: bool) -> None:
        """Note a job that the app has promised."""
        self.ledger.jobs.setdefault(job_id, "asked")
        if taste:
            self.ledger.tastes.add(job_id)

    def took(self, tokens: dict[str, Any]) -> None:
        """Go on with new tokens."""
        self.id, self.token = tokens["user"]["id"], tokens["access_token"]
        self.refresh_token = tokens["refresh_token"]


def _general(path: str) -> str:
    """Return a path without ids and signatures, so that equal surprises are counted together."""
    parts = path.partition("?")[0].split("/")
    return "/".join("{id}" if len(part) == 36 else part for part in parts)
