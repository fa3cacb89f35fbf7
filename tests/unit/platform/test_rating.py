"""Which address a request is counted for."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.platform import rates
from core.platform.http import Principal
from core.platform.http.rating import Rate, address_of, spend
from core.platform.rates import Standing
from core.platform.signing import digest
from tests.fixtures.tuning import Tune


@pytest.mark.parametrize(
    ("hops", "proxies", "address"),
    [
        ("203.0.113.7:50210", 1, "203.0.113.7"),
        ("203.0.113.7", 1, "203.0.113.7"),
        ("10.0.0.1, 203.0.113.7:50210", 1, "203.0.113.7"),
        ("198.51.100.9, 203.0.113.7:50210", 2, "198.51.100.9"),
        ("[2001:db8:1:2:3:4:5:6]:443", 1, "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", 1, "2001:db8:1:2::/64"),
        ("[::ffff:203.0.113.7]:443", 1, "203.0.113.7"),
        ("203.0.113.7", 2, None),
        ("unknown", 1, None),
        ("", 1, None),
    ],
)
def test_the_entry_the_platform_wrote_counts(hops: str, proxies: int, address: str | None) -> None:
    assert address_of({"x-forwarded-for": hops}, proxies) == address


def test_without_the_header_nobody_can_be_told_apart() -> None:
    assert address_of({}, 1) is None


@given(written=st.text(max_size=60), seen=st.ip_addresses(v=4), port=st.integers(1, 65535))
def test_what_a_client_writes_itself_changes_nothing(
    written: str, seen: ipaddress.IPv4Address, port: int
) -> None:
    assert address_of({"x-forwarded-for": f"{written},{seen}:{port}"}, 1) == str(seen)


class Counters:
    """Stands in for the counters: what was counted, and that whose limit is smallest has least left."""

    def __init__(self) -> None:
        self.counted: list[tuple[str, str, int]] = []

    async def spend(self, what: str, subject: str, limit: int) -> Standing:
        self.counted.append((what, subject, limit))
        return Standing(limit, limit - 1, 60)


@pytest.fixture
def counters(monkeypatch: pytest.MonkeyPatch, tune: Tune) -> Counters:
    tune("URL_SIGNING_KEY", "k" * 64)
    for name, limit in LIMITS.items():
        tune(f"RATE_LIMIT_{name}", str(limit))
    found = Counters()
    monkeypatch.setattr(rates, "spend", found.spend)
    return found


LIMITS = {"SIGN_IN_PERSON": 3, "SIGN_IN_ADDRESS": 5, "MODEL_PERSON": 9, "MODEL_ADDRESS": 7}
HOME = {"x-forwarded-for": "203.0.113.7:50210"}


@pytest.mark.parametrize(("rate", "person", "address"), [("sign-in", 3, 5), ("model", 9, 7)])
async def test_a_request_counts_for_its_person_and_its_address_and_the_tightest_is_told(
    counters: Counters, rate: Rate, person: int, address: int
) -> None:
    standing = await spend(rate, Principal("anna"), HOME)
    subject = f"address-{digest('203.0.113.7')}"
    assert sorted(counters.counted) == sorted([(rate, "anna", person), (rate, subject, address)])
    assert standing == Standing(min(person, address), min(person, address) - 1, 60)
    assert "203.0.113.7" not in subject


@pytest.mark.parametrize(
    ("principal", "headers", "subjects"),
    [
        (None, HOME, 1),
        (Principal("", kind="service"), HOME, 1),
        (Principal("anna"), {}, 1),
        (Principal("anna"), HOME, 2),
    ],
)
async def test_only_who_can_be_told_apart_is_counted(
    counters: Counters, principal: Any, headers: dict[str, str], subjects: int
) -> None:
    assert await spend("model", principal, headers) is not None
    assert len({subject for _, subject, _ in counters.counted}) == subjects


async def test_where_nobody_can_be_told_apart_nothing_is_counted(counters: Counters) -> None:
    assert await spend("model", None, {}) is None
    assert counters.counted == []
