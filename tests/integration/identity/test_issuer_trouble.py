"""An issuer whose keys are down, slow, rubbish, huge, elsewhere or changing, and what sign-in makes of it.

It answers from what it knows or says "not now". It never takes a bad token, never calls a good one bad, and
asks the issuer a handful of times, whatever comes in. Requests are counted at the issuer.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from core import identity
from core.identity import IdTokenSignIn, fetching
from core.identity.errors import InvalidIdToken, IssuerUnavailable
from core.identity.jwks import LOOKS, LOOKS_WITHIN, RETRY_INTERVAL
from core.platform import clock, connections
from core.platform.clock import FrozenClock
from tests.fixtures.issuer import IssuerControl

pytestmark = pytest.mark.usefixtures("app_env", "as_configured", "impatient")

KEYS, DISCOVERY = "/jwks", "/.well-known/openid-configuration"
TROUBLES: dict[str, dict[str, Any]] = {
    "down": {"kind": "down"},
    "forbidden": {"kind": "down", "status": 403},
    "throttled": {"kind": "down", "status": 429, "retry_after": 60},
    "hanging": {"kind": "hang"},
    "too slow": {"kind": "slow", "seconds": 3},
    "serving rubbish": {"kind": "rubbish"},
    "empty": {"kind": "empty"},
    "huge": {"kind": "huge"},
    "redirecting": {"kind": "redirect"},
}
BAD: list[dict[str, Any]] = [
    {"stranger": True},
    {"stranger": True, "headers": {"kid": "rs256-1"}},
    {"corrupt": True},
    {"alg": "none"},
    {"alg": "HS256"},
    {"claims": {"aud": "another-app"}},
    {"claims": {"iss": "https://evil.example"}},
    {"expires_in": -60},
]


@pytest.fixture
async def impatient(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """Give an issuer half a second instead of five."""
    monkeypatch.setattr(fetching, "TIMEOUT_SECONDS", 0.5)
    await connections.close_all()
    yield
    await connections.close_all()


async def sign_in(token: str) -> str:
    return (await identity.sign_in(IdTokenSignIn(issuer="devstack", id_token=token), None)).user.id


async def outcomes(tokens: list[str]) -> Counter[str]:
    """Sign in with all at once; count what came of it."""
    answers = await asyncio.gather(*map(sign_in, tokens), return_exceptions=True)
    return Counter(type(a).__name__ if isinstance(a, BaseException) else "signed in" for a in answers)


async def minted(issuer: IssuerControl, count: int, **order: Any) -> list[str]:
    return [await issuer.mint(email=f"{uuid4()}@example.org", **order) for _ in range(count)]


def later(time: FrozenClock, **span: float) -> None:
    time.advance(seconds=span.get("hours", 0) * 3600 + span.get("seconds", 0))


@pytest.mark.parametrize(
    ("trouble", "path"), [*((trouble, "") for trouble in TROUBLES), ("down", KEYS), ("redirecting", KEYS)]
)
async def test_without_keys_sign_in_says_not_now_and_asks_once(
    issuer: IssuerControl, trouble: str, path: str
) -> None:
    good, bad = await minted(issuer, 4), [await issuer.mint(**order) for order in BAD]
    await issuer.fail(**TROUBLES[trouble], times=None, match=path)
    told = await outcomes(good + bad)
    assert told["IssuerUnavailable"] >= len(good)
    assert told["signed in"] == 0
    assert sum((await issuer.counts()).values()) <= 2
    await issuer.reset()
    with clock.frozen(clock.now()) as time:
        later(time, seconds=RETRY_INTERVAL.total_seconds())
        assert await outcomes(good) == Counter({"signed in": len(good)})


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_with_keys_known_sign_in_goes_on_for_a_day(issuer: IssuerControl, trouble: str) -> None:
    assert await outcomes(await minted(issuer, 1)) == Counter({"signed in": 1})
    good = await minted(issuer, 3, expires_in=24 * 3600)
    bad = [await issuer.mint(**{"expires_in": 24 * 3600, **order}) for order in BAD]
    await issuer.fail(**TROUBLES[trouble], times=None)
    before = sum((await issuer.counts()).values())
    with clock.frozen(clock.now()) as time:
        later(time, hours=2)
        told = await outcomes(good + bad)
        assert told["signed in"] == len(good)
        assert told["InvalidIdToken"] + told["IssuerUnavailable"] == len(bad)
        assert sum((await issuer.counts()).values()) - before <= 2


async def test_keys_that_rotate_in_the_middle_of_it_are_found_by_those_who_need_them(
    issuer: IssuerControl,
) -> None:
    old = await minted(issuer, 10)
    running = asyncio.ensure_future(outcomes(old))
    await issuer.rotate()
    new = await minted(issuer, 10)
    assert await outcomes(new) == Counter({"signed in": 10})
    assert await running == Counter({"signed in": 10})
    assert (await issuer.counts())[KEYS] <= 3


async def test_a_withdrawn_key_signs_nobody_in_once_newer_ones_are_known(issuer: IssuerControl) -> None:
    leaked, old = await minted(issuer, 2)
    await sign_in(old)
    await issuer.rotate(retire=True)
    assert await outcomes(await minted(issuer, 1)) == Counter({"signed in": 1})
    with pytest.raises(InvalidIdToken):
        await sign_in(leaked)


async def test_rotating_again_and_again_is_at_worst_not_now_and_never_a_good_token_called_bad(
    issuer: IssuerControl,
) -> None:
    told: Counter[str] = Counter()
    with clock.frozen(clock.now()) as time:
        for _ in range(LOOKS + 3):
            await issuer.rotate(retire=True)
            told += await outcomes(await minted(issuer, 2))
        assert told == Counter({"signed in": 2 * (LOOKS + 1), "IssuerUnavailable": 2 * 2})
        assert await issuer.counts() == {DISCOVERY: 1, KEYS: 1 + LOOKS}
        later(time, seconds=LOOKS_WITHIN.total_seconds())
        assert await outcomes(await minted(issuer, 1)) == Counter({"signed in": 1})


async def test_a_flood_of_forgeries_is_no_flood_at_the_issuer(issuer: IssuerControl) -> None:
    forged = [await issuer.mint(stranger=True, headers={"kid": f"forged-{n}"}) for n in range(100)]
    good = await minted(issuer, 10)
    with clock.frozen(clock.now()):
        told = await outcomes(forged[:50] + good)
        for token in forged[50:]:
            told += await outcomes([token])
        assert told["signed in"] == len(good)
        assert told["InvalidIdToken"] + told["IssuerUnavailable"] == len(forged)
        assert await issuer.counts() == {DISCOVERY: 1, KEYS: (await issuer.counts())[KEYS]}
        assert (await issuer.counts())[KEYS] <= 1 + LOOKS


async def test_cache_control_says_how_long_and_not_for_ever(issuer: IssuerControl) -> None:
    async with issuer.control.post("/__control/cache", json={"cache_control": "max-age=600"}) as answer:
        assert answer.status == 200
    with clock.frozen(clock.now()) as time:
        for seconds, fetches in ((0, 1), (599, 1), (2, 2), (301, 2)):
            later(time, seconds=seconds)
            assert await outcomes(await minted(issuer, 2, expires_in=7200)) == Counter({"signed in": 2})
            assert (await issuer.counts())[KEYS] == fetches


async def test_what_cannot_be_judged_says_when_to_come_back(issuer: IssuerControl) -> None:
    await issuer.fail("down", times=None)
    with pytest.raises(IssuerUnavailable) as refused:
        await sign_in(await issuer.mint())
    assert refused.value.retry_after == RETRY_INTERVAL.total_seconds()
