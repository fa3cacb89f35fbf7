"""Rate limits over HTTP: across host processes, told in headers, and not to be talked around."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import aiohttp
import pytest

from core.platform.rates import WINDOW
from devstack import ports
from devstack.stack import Stack

GATE = Path(__file__).parents[1] / "apps" / "gate"
OF_ADDRESS = 25
OF_PERSON = 5
FLOOD = 200


@dataclass(frozen=True)
class Answer:
    status: int
    limit: int
    remaining: int
    reset: int
    retry_after: str | None


type Clients = list[aiohttp.ClientSession]


@pytest.fixture(scope="module")
def gates(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """Two host processes on the same emulators, with limits that a test can reach."""
    limits = {"RATE_LIMIT_SIGN_IN_ADDRESS": str(OF_ADDRESS), "RATE_LIMIT_SIGN_IN_PERSON": str(OF_PERSON)}

    def host(name: str) -> Stack:
        folder, values = tmp_path_factory.mktemp(name), {**stack.settings, **limits}
        return Stack(folder, asked=ports.spares(), only=["functions"], app_dir=GATE, values=values, say=print)

    with host("gate-a") as first, host("gate-b") as second:
        yield [first.url("functions"), second.url("functions")]


async def within_a_minute(
    gates: list[str], run: Callable[[Clients], Awaitable[list[Answer]]]
) -> list[Answer]:
    """Return what ``run`` was answered, all in one window: where the minute turned, it runs once more.

    Each time its clients, one for each host, come from a loopback address that nobody else uses.
    """
    while True:
        address = "127." + ".".join(str(byte % 250 + 2) for byte in uuid4().bytes[:3])
        async with AsyncExitStack() as stack:
            connectors = [aiohttp.TCPConnector(local_addr=(address, 0)) for _ in gates]
            sessions = [
                aiohttp.ClientSession(url, connector=connector)
                for url, connector in zip(gates, connectors, strict=True)
            ]
            answers = await run([await stack.enter_async_context(session) for session in sessions])
        resets = [answer.reset for answer in answers]
        if max(resets) - min(resets) < WINDOW / 2:
            return answers


async def sign_in(client: aiohttp.ClientSession, email: str | None = None, **headers: str) -> Answer:
    asked = {"email": email or f"{uuid4()}@example.org"}
    async with client.post("/api/auth/local", json=asked, headers=headers) as answer:
        limit, left, reset = (answer.headers[f"RateLimit-{name}"] for name in ("Limit", "Remaining", "Reset"))
        return Answer(answer.status, int(limit), int(left), int(reset), answer.headers.get("Retry-After"))


async def test_a_flood_over_two_hosts_gets_the_limit_and_no_more(gates: list[str]) -> None:
    async def flood(clients: Clients) -> list[Answer]:
        return await asyncio.gather(*(sign_in(clients[n % 2]) for n in range(FLOOD)))

    answers = await within_a_minute(gates, flood)
    assert Counter(a.status for a in answers) == {200: OF_ADDRESS, 429: FLOOD - OF_ADDRESS}
    assert sorted(a.remaining for a in answers if a.status == 200) == list(range(OF_ADDRESS))
    for refused in (a for a in answers if a.status == 429):
        assert (refused.limit, refused.remaining) == (OF_ADDRESS, 0)
        assert refused.retry_after == str(refused.reset)


async def test_an_address_written_by_the_client_is_not_believed(gates: list[str]) -> None:
    async def pretend(clients: Clients) -> list[Answer]:
        written = ({"X-Forwarded-For": f"203.0.113.{n}"} for n in range(4))
        return [await sign_in(clients[0], **headers) for headers in written]

    answers = await within_a_minute(gates, pretend)
    assert [a.remaining for a in answers] == [OF_ADDRESS - n for n in range(1, 5)]


async def test_a_person_is_limited_on_all_hosts_together(gates: list[str]) -> None:
    async def knock(clients: Clients) -> list[Answer]:
        email = f"{uuid4()}@example.org"
        return [await sign_in(clients[n % 2], email) for n in range(OF_PERSON + 2)]

    answers = await within_a_minute(gates, knock)
    assert [a.status for a in answers] == [200] * OF_PERSON + [429] * 2
