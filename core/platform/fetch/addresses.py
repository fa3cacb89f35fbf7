"""Which IP addresses are the public internet's. Everything else is refused, by list and by default.

``ipaddress.is_global`` alone does not do: it is true for the platform's own endpoint, for multicast and for
IPv6 forms that carry a private IPv4 address. IPv4 is checked against IANA's special-purpose registry, IPv6
must lie in the one block that is handed out (2000::/3) and in none of the special blocks inside it.
Sources: IANA IPv4 and IPv6 Special-Purpose Address Registries; RFC 6890, 6052, 8215, 3056, 4380, 5214.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

type Address = IPv4Address | IPv6Address

_SPECIAL_V4 = {
    IPv4Network(block): what
    for block, what in {
        "0.0.0.0/8": "this network",
        "10.0.0.0/8": "private",
        "100.64.0.0/10": "shared by a carrier's customers",
        "127.0.0.0/8": "loopback",
        "168.63.129.16/32": "the platform's own endpoint",
        "169.254.0.0/16": "link-local or metadata",
        "172.16.0.0/12": "private",
        "192.0.0.0/24": "reserved for protocols",
        "192.0.2.0/24": "documentation",
        "192.31.196.0/24": "AS112",
        "192.52.193.0/24": "automatic multicast tunnels",
        "192.88.99.0/24": "a 6to4 relay",
        "192.168.0.0/16": "private",
        "192.175.48.0/24": "AS112",
        "198.18.0.0/15": "benchmarking",
        "198.51.100.0/24": "documentation",
        "203.0.113.0/24": "documentation",
        "224.0.0.0/4": "multicast",
        "240.0.0.0/4": "reserved",
    }.items()
}

_HANDED_OUT_V6 = IPv6Network("2000::/3")

_SPECIAL_V6 = {
    IPv6Network(block): what
    for block, what in {
        "2001::/23": "reserved for protocols, Teredo among them",
        "2001:db8::/32": "documentation",
        "2002::/16": "6to4, an IPv4 address in disguise",
        "2620:4f:8000::/48": "AS112",
        "3fff::/20": "documentation",
        "3ffe::/16": "the former test network",
    }.items()
}

_ISATAP = 0x5EFE
_ISATAP_UNIVERSAL = 0x0200_5EFE


def refusal(text: str) -> str | None:
    """Return why the address ``text`` is not contacted, or ``None`` if it is public."""
    try:
        address = ip_address(text)
    except ValueError:
        return "not an address"
    if isinstance(address, IPv4Address):
        return _refusal_v4(address)
    return _refusal_v6(address)


def _refusal_v4(address: IPv4Address) -> str | None:
    for block, what in _SPECIAL_V4.items():
        if address in block:
            return what
    return None if address.is_global else "not public"


def _refusal_v6(address: IPv6Address) -> str | None:
    if address.scope_id is not None:
        return "bound to one network interface"
    if address not in _HANDED_OUT_V6:
        return "outside the public IPv6 block"
    for block, what in _SPECIAL_V6.items():
        if address in block:
            return what
    if int(address) >> 32 & 0xFFFF_FFFF in (_ISATAP, _ISATAP_UNIVERSAL):
        return "ISATAP, an IPv4 address in disguise"
    return None if address.is_global else "not public"
