"""Rate limits of a route: by the person who is signed in, and by the address the request came from.

The platform appends the address it saw to ``X-Forwarded-For``; what stands before that, anybody may have
written. Addresses are counted under a keyed digest, never stored.
"""

from __future__ import annotations

import asyncio
import ipaddress
from typing import TYPE_CHECKING, Literal

from core.platform.http.call import Headers, Principal

if TYPE_CHECKING:
    from core.platform.rates import Standing

type Rate = Literal["sign-in", "model"]
"""What is counted: sign-ins and refreshes, or what makes a model work."""

_IPV6_HOME = 64
"""Prefix length of what one IPv6 customer gets at least (RFC 6177): one subject."""


async def spend(rate: Rate, principal: Principal | None, headers: Headers) -> Standing | None:
    """Count a request; return the tightest standing, ``None`` where nobody can be told apart.

    Raises:
        RateLimited: it was one too many.
    """
    from core.platform import rates, settings

    limits = settings.get(settings.RateSettings)
    subjects = []
    if principal is not None and principal.user_id:
        subjects.append((principal.user_id, limits.person(rate)))
    if (address := address_of(headers, limits.proxies)) is not None:
        subjects.append((_digest(address), limits.address(rate)))
    standings = await asyncio.gather(*(rates.spend(rate, subject, most) for subject, most in subjects))
    return min(standings, key=lambda standing: standing.remaining, default=None)


def address_of(headers: Headers, proxies: int) -> str | None:
    """Return the network a request came from: an IPv4 address, or an IPv6 /64.

    ``proxies`` is how many trusted hops wrote into ``X-Forwarded-For``: the entry that the first of them
    wrote counts.
    """
    hops = [hop.strip() for hop in headers.get("x-forwarded-for", "").split(",") if hop.strip()]
    if len(hops) < proxies:
        return None
    try:
        address = ipaddress.ip_address(_without_port(hops[-proxies]))
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, _IPV6_HOME), strict=False))
    return str(address)


def _without_port(hop: str) -> str:
    if hop.startswith("["):
        return hop[1:].split("]")[0]
    return hop.split(":")[0] if hop.count(":") == 1 else hop


def _digest(address: str) -> str:
    from core.platform.signing import digest

    return f"address-{digest(address)}"
