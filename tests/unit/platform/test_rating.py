"""Which address a request is counted for."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.platform.http.rating import address_of


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
