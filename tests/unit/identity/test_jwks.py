"""An issuer's keys are fetched as rarely as may be, and never from where they should not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from copy import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.identity import jwks
from core.identity.errors import IssuerUnavailable
from core.identity.jwks import (
    FRESH_AT_LEAST,
    FRESH_AT_MOST,
    FRESH_BY_DEFAULT,
    LOOKS,
    LOOKS_WITHIN,
    MAX_KEYS,
    MISSING_FOR,
    RETRY_INTERVAL,
    STALE_IF_ERROR,
    Fetched,
    IssuerKeys,
    checked_url,
    freshness,
)
from core.platform import clock
from core.platform.clock import FrozenClock
from core.platform.errors import BadUpstream, Unavailable

ISSUER = "https://id.example/tenant/v2.0"


def jwk(kid: str, **members: Any) -> dict[str, Any]:
    return {"kty": "RSA", "kid": kid, "n": "AQAB", "e": "AQAB", **members}


class Provider:
    """An issuer as its two documents, counting how often it is asked."""

    def __init__(self) -> None:
        self.discovery: dict[str, Any] = {"issuer": ISSUER, "jwks_uri": "https://id.example/keys"}
        self.keys: list[Any] = [jwk("one")]
        self.cache_control = "max-age=3600"
        self.down: Exception | None = None
        self.asked: list[str] = []
        self.slow: asyncio.Event | None = None

    async def __call__(self, url: str) -> Fetched:
        self.asked.append(url)
        await asyncio.sleep(0)
        listed = copy(self.keys)  # read when asked, like a server's
        if self.slow is not None:
            await self.slow.wait()
        if self.down is not None:
            raise self.down
        if url.endswith("/.well-known/openid-configuration"):
            return Fetched(self.discovery)
        return Fetched({"keys": listed}, self.cache_control)

    @property
    def refreshes(self) -> int:
        return self.asked.count("https://id.example/keys")

    @property
    def discoveries(self) -> int:
        return len(self.asked) - self.refreshes


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def keys(provider: Provider) -> IssuerKeys:
    return IssuerKeys(ISSUER, provider)


@pytest.fixture
def time() -> Iterator[FrozenClock]:
    with clock.frozen(datetime(2026, 1, 1, tzinfo=UTC)) as frozen:
        yield frozen


def wait(time: FrozenClock, by: timedelta) -> None:
    time.advance(seconds=by.total_seconds())


async def kid_of(keys: IssuerKeys, kid: str) -> str | None:
    found = await keys.find(kid)
    return None if found is None else found["kid"]


async def test_keys_are_found_by_discovery_and_kept(
    time: FrozenClock, keys: IssuerKeys, provider: Provider
) -> None:
    for _ in range(5):
        assert await kid_of(keys, "one") == "one"
    assert provider.asked == [f"{ISSUER}/.well-known/openid-configuration", "https://id.example/keys"]


async def test_they_are_fetched_again_when_no_longer_fresh(
    time: FrozenClock, keys: IssuerKeys, provider: Provider
) -> None:
    await keys.find("one")
    wait(time, timedelta(seconds=3599))
    await keys.find("one")
    assert provider.refreshes == 1
    wait(time, timedelta(seconds=1))
    await keys.find("one")
    assert provider.refreshes == 2


async def test_a_key_rotated_in_is_found_at_once_and_without_discovery(
    time: FrozenClock, keys: IssuerKeys, provider: Provider
) -> None:
    await keys.find("one")
    provider.keys.append(jwk("two"))
    assert await kid_of(keys, "two") == "two"
    assert (provider.refreshes, provider.discoveries) == (2, 1)


async def test_a_withdrawn_key_is_forgotten(time: FrozenClock, keys: IssuerKeys, provider: Provider) -> None:
    await keys.find("one")
    provider.keys = [jwk("two")]
    wait(time, timedelta(hours=1))
    assert await keys.find("one") is None


async def test_a_kid_that_is_missing_is_not_looked_for_again_soon(
    time: FrozenClock, keys: IssuerKeys, provider: Provider
) -> None:
    await keys.find("one")
    for _ in range(5):
        assert await keys.find("forged") is None
    assert provider.refreshes == 2
    wait(time, MISSING_FOR)
    provider.keys.append(jwk("forged"))
    assert await kid_of(keys, "forged") == "forged"
    assert provider.refreshes == 3


async def test_of_many_missing_kids_the_latest_are_remembered_and_the_oldest_is_not_judged_again(
    time: FrozenClock, keys: IssuerKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jwks, "_MOST_MISSING", LOOKS - 1)
    await keys.find("one")
    forged = [f"forged-{n}" for n in range(LOOKS)]
    assert [await keys.find(kid) for kid in forged] == [None] * LOOKS
    assert [await keys.find(kid) for kid in forged[1:]] == [None] * (LOOKS - 1)
    with pytest.raises(IssuerUnavailable):
        await keys.find(forged[0])


async def test_a_flood_of_unknown_kids_at_once_causes_two_fetches(
    time: FrozenClock, keys: IssuerKeys, provider: Provider
) -> None:
    """The second is for those who came while the first was on its way: it may have been read before."""
    await keys.find("one")
    found = await asyncio.gather(*(keys.find(f"forged-{n}") for n in range(200)))
    assert found == [None] * 200
    assert provider.refreshes <= 3


async def test_a_flood_that_goes_on_is_told_not_now_instead_of_being_looked_for(
    time: FrozenClock, keys: IssuerKeys, provider: Provider
) -> None:
    await keys.find("one")
    told: list[object] = []
    for n in range(200):
        told += await asyncio.gather(keys.find(f"forged-{n}"), return_exceptions=True)
    assert told[:LOOKS] == [None] * LOOKS
    assert all(isinstance(answer, IssuerUnavailable) and answer.retry_after for answer in told[LOOKS:])
    assert provider.refreshes == 1 + LOOKS
    assert await kid_of(keys, "one") == "one"
    wait(time, LOOKS_WITHIN)
    assert await keys.find("forged") is None
    assert provider.refreshes == 2 + LOOKS


async def test_a_key_published_while_a_fetch_is_on_its_way_is_not_taken_for_missing(
    time: FrozenClock, keys: IssuerKeys, provider: Provider
) -> None:
    await keys.find("one")
    provider.slow = asyncio.Event()
    forged = asyncio.ensure_future(keys.find("forged"))
    for _ in range(5):
        await asyncio.sleep(0)
    provider.keys.append(jwk("two"))
    late = asyncio.ensure_future(kid_of(keys, "two"))
    for _ in range(5):
        await asyncio.sleep(0)
    provider.slow.set()
    assert (await forged, await late) == (None, "two")


async def test_nobody_waits_for_a_slow_issuer_while_old_keys_will_do(
    time: FrozenClock, keys: IssuerKeys, provider: Provider
) -> None:
    await keys.find("one")
    wait(time, timedelta(hours=2))
    provider.slow = asyncio.Event()
    first = asyncio.ensure_future(kid_of(keys, "one"))
    await asyncio.sleep(0)
    assert await kid_of(keys, "one") == "one"
    assert not first.done()
    provider.slow.set()
    assert await first == "one"


async def test_many_first_callers_share_one_fetch(
    time: FrozenClock, keys: IssuerKeys, provider: Provider
) -> None:
    found = await asyncio.gather(*(kid_of(keys, "one") for _ in range(100)))
    assert found == ["one"] * 100
    assert provider.refreshes == 1


async def test_a_cancelled_first_caller_does_not_block_the_next(
    time: FrozenClock, keys: IssuerKeys, provider: Provider
) -> None:
    first = asyncio.ensure_future(keys.find("one"))
    await asyncio.sleep(0)
    first.cancel()
    assert await kid_of(keys, "one") == "one"


@pytest.mark.parametrize("trouble", [Unavailable("down"), BadUpstream("rubbish")], ids=repr)
async def test_known_keys_stay_good_for_a_day_while_the_issuer_is_down(
    time: FrozenClock, keys: IssuerKeys, provider: Provider, trouble: Exception
) -> None:
    await keys.find("one")
    provider.down = trouble
    wait(time, timedelta(hours=2))
    assert await kid_of(keys, "one") == "one"
    wait(time, STALE_IF_ERROR - timedelta(hours=1, seconds=1))
    assert await kid_of(keys, "one") == "one"
    wait(time, timedelta(seconds=RETRY_INTERVAL.total_seconds()))
    with pytest.raises(IssuerUnavailable):
        await keys.find("one")


async def test_an_issuer_that_is_down_is_not_asked_by_everyone(
    time: FrozenClock, keys: IssuerKeys, provider: Provider
) -> None:
    provider.down = Unavailable("down")
    answers = await asyncio.gather(*(keys.find("one") for _ in range(50)), return_exceptions=True)
    assert all(isinstance(answer, IssuerUnavailable) for answer in answers)
    assert len(provider.asked) == 1
    provider.down = None
    wait(time, RETRY_INTERVAL)
    assert await kid_of(keys, "one") == "one"


async def test_what_cannot_be_told_while_the_issuer_is_down_is_not_called_missing(
    time: FrozenClock, keys: IssuerKeys, provider: Provider
) -> None:
    await keys.find("one")
    provider.down = Unavailable("down")
    provider.keys.append(jwk("two"))
    with pytest.raises(IssuerUnavailable):
        await keys.find("two")
    assert await kid_of(keys, "one") == "one"
    provider.down = None
    wait(time, RETRY_INTERVAL)
    assert await kid_of(keys, "two") == "two"


async def test_keys_that_moved_are_found_again_by_discovery(
    time: FrozenClock, keys: IssuerKeys, provider: Provider
) -> None:
    await keys.find("one")
    provider.discovery = {"issuer": ISSUER, "jwks_uri": "https://id.example/moved"}
    provider.down = BadUpstream("gone")
    wait(time, timedelta(hours=1))
    assert await kid_of(keys, "one") == "one"
    provider.down = None
    wait(time, RETRY_INTERVAL)
    await keys.find("one")
    assert provider.asked[-1] == "https://id.example/moved"


async def test_discovery_may_start_elsewhere_than_at_the_issuers_name(
    time: FrozenClock, provider: Provider
) -> None:
    keys = IssuerKeys(ISSUER, provider, "https://id.example/common/v2.0/")
    assert await kid_of(keys, "one") == "one"
    assert provider.asked[0] == "https://id.example/common/v2.0/.well-known/openid-configuration"


@pytest.mark.parametrize(
    "discovery",
    [
        {},
        {"issuer": ISSUER},
        {"issuer": ISSUER, "jwks_uri": 7},
        {"issuer": ISSUER + "/", "jwks_uri": "https://id.example/keys"},
        {"issuer": "https://evil.example", "jwks_uri": "https://id.example/keys"},
        {"issuer": ISSUER, "jwks_uri": "http://id.example/keys"},
        {"issuer": ISSUER, "jwks_uri": "file:///etc/passwd"},
        {"issuer": ISSUER, "jwks_uri": "https://[oops/keys"},
    ],
    ids=repr,
)
async def test_a_discovery_document_that_does_not_fit_is_refused(
    time: FrozenClock, keys: IssuerKeys, provider: Provider, discovery: dict[str, Any]
) -> None:
    provider.discovery = discovery
    with pytest.raises(IssuerUnavailable):
        await keys.find("one")
    assert "https://id.example/keys" not in provider.asked


async def test_only_signing_keys_with_a_kid_count(
    time: FrozenClock, keys: IssuerKeys, provider: Provider
) -> None:
    provider.keys = [
        "rubbish",
        {"kty": "RSA"},
        jwk("enc", use="enc"),
        jwk("one", alg="first"),
        jwk("one", alg="second"),
        *(jwk(f"more-{n}") for n in range(MAX_KEYS)),
    ]
    assert await keys.find("enc") is None
    assert (await keys.find("one") or {})["alg"] == "first"
    assert await keys.find(f"more-{MAX_KEYS - 1}") is None


@pytest.mark.parametrize("listed", [None, {}, [], [{"kty": "RSA"}]], ids=repr)
async def test_an_empty_key_set_does_not_replace_good_keys(
    time: FrozenClock, keys: IssuerKeys, provider: Provider, listed: Any
) -> None:
    await keys.find("one")
    provider.keys = listed
    wait(time, timedelta(hours=1))
    assert await kid_of(keys, "one") == "one"


@pytest.mark.parametrize(
    ("header", "fresh"),
    [
        ("", FRESH_BY_DEFAULT),
        ("public", FRESH_BY_DEFAULT),
        ("max-age=7200", timedelta(hours=2)),
        ("public, max-age=7200, must-revalidate", timedelta(hours=2)),
        ("Public, Max-Age=7200", timedelta(hours=2)),
        ("s-maxage=60, max-age=7200", timedelta(hours=2)),
        ("max-age=0", FRESH_AT_LEAST),
        ("no-store", FRESH_AT_LEAST),
        ("no-cache, max-age=7200", FRESH_AT_LEAST),
        ("max-age=999999999", FRESH_AT_MOST),
        ("max-age=-5", FRESH_BY_DEFAULT),
        ("max-age=soon", FRESH_BY_DEFAULT),
    ],
)
def test_cache_control_is_honoured_within_bounds(header: str, fresh: timedelta) -> None:
    assert freshness(header) == fresh


@pytest.mark.parametrize(
    "url", ["https://id.example/k", "http://127.0.0.1:8090/k", "http://localhost:8090/k", "http://[::1]:1/k"]
)
def test_keys_come_over_https_or_from_this_machine(url: str) -> None:
    assert checked_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "http://id.example/k",
        "http://127.0.0.1.evil.example/k",
        "http://localhost@evil.example/k",
        "http://169.254.169.254/k",
        "https:///k",
        "https://user:pw@id.example/k",
        "ftp://localhost/k",
        "//id.example/k",
        "",
    ],
)
def test_keys_come_from_nowhere_else(url: str) -> None:
    with pytest.raises(BadUpstream):
        checked_url(url)
