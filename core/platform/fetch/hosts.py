"""What all instances of the app know of a host: who is asking it now, and from when it may be asked again.

One document a host, changed by compare-and-swap. A lease names its holder and runs out, so a crash between
any two lines costs a host the rest of a lease and nothing else. Times are Unix seconds by each instance's
clock; leases are longer than any request by a margin for clocks that differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from core.platform import clock, ids
from core.platform.cosmos import AlreadyExists, Container, Stale
from core.platform.models import Shared

_KEPT_SECONDS = 7 * 24 * 60 * 60
_ID = "turn"

AGAIN_SECONDS = 0.5
"""Wait where another instance is asking: it may be done at any time."""


class HostRecord(Shared):
    """The turn at one host; ``partition`` is the host."""

    holder: str | None = None
    leased_until: float = 0.0
    not_before: float = 0.0
    ttl: int | None = _KEPT_SECONDS

    def wait(self, now: float) -> float:
        """Return the seconds until the host may be asked, 0 for now."""
        lease = self.leased_until - now if self.holder is not None else 0.0
        rest = self.not_before - now
        return max(rest, min(lease, AGAIN_SECONDS), 0.0)


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to ask ``host`` alone, until ``record.leased_until``."""

    host: str
    record: HostRecord


class Hosts(Protocol):
    """Where turns at hosts are kept."""

    async def take(self, host: str, seconds: float) -> Lease | float:
        """Return a lease of ``seconds``, or the seconds to wait before asking for one again."""

    async def give_back(self, lease: Lease, not_before: float) -> None:
        """End the lease; nobody asks the host before ``not_before``."""


class StoredHosts:
    """Turns in Cosmos DB, for all instances alike."""

    def __init__(self) -> None:
        self._records = Container("web_hosts", HostRecord)

    async def take(self, host: str, seconds: float) -> Lease | float:
        """Return a lease, or the seconds to wait."""
        now = clock.now().timestamp()
        record = await self._records.get(host, _ID)
        if record is not None and (wait := record.wait(now)) > 0:
            return wait
        taken = {"holder": ids.new_id(), "leased_until": now + seconds}
        try:
            if record is None:
                return Lease(host, await self._records.create(HostRecord(id=_ID, partition=host, **taken)))
            return Lease(host, await self._records.replace(record.model_copy(update=taken)))
        except (AlreadyExists, Stale):
            return AGAIN_SECONDS

    async def give_back(self, lease: Lease, not_before: float) -> None:
        """End the lease; where it ran out and somebody else has the turn, theirs stays."""
        ended = {"holder": None, "leased_until": 0.0, "not_before": not_before}
        try:
            await self._records.replace(lease.record.model_copy(update=ended))
        except Stale:
            return
