"""Only the public internet is contacted: by list, by spelling, and for any address at all."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.platform.fetch import addresses
from tests import ssrf


@pytest.mark.parametrize("address", ssrf.ADDRESSES)
def test_what_is_not_public_is_refused(address: str) -> None:
    assert addresses.refusal(address)


@pytest.mark.parametrize("address", ssrf.PUBLIC_ADDRESSES)
def test_what_is_public_is_not(address: str) -> None:
    assert addresses.refusal(address) is None


@pytest.mark.parametrize("text", ["", "shop.example.com", "127.1", "0x7f000001", "1.2.3.04", "[::1]"])
def test_what_is_no_address_is_refused(text: str) -> None:
    assert addresses.refusal(text)


@given(st.ip_addresses())
def test_nothing_passes_that_python_itself_knows_to_be_special(address: IPv4Address | IPv6Address) -> None:
    if addresses.refusal(str(address)) is None:
        assert address.is_global
        assert not address.is_multicast
        assert not address.is_reserved


@given(st.ip_addresses(v=4))
def test_no_ipv6_spelling_of_an_ipv4_address_passes(address: IPv4Address) -> None:
    number = int(address)
    inside = (
        number,  # compatible
        0xFFFF << 32 | number,  # mapped
        0xFFFF << 48 | number,  # translated (SIIT)
        0x64FF9B << 96 | number,  # NAT64
        0x64FF9B0001 << 80 | number,  # NAT64, local
        0x2002 << 112 | number << 80,  # 6to4
        0x20010000 << 96 | number ^ 0xFFFF_FFFF,  # Teredo
        0x2A001450 << 96 | 0x5EFE << 32 | number,  # ISATAP
        0x2A001450 << 96 | 0x2005EFE << 32 | number,  # ISATAP, universal
    )
    assert [str(IPv6Address(form)) for form in inside if not addresses.refusal(str(IPv6Address(form)))] == []
