"""An erasure's work: sweep everything of a person again and again until a sweep finds nothing any more.

Closing the account keeps new requests out. What was under way may still write after the first sweep: a chat
turn, an upload, an attempt at a job. Every function ends within the platform's limit, and background work
begins from a record in the person's own partition; so a sweep that begins that limit after the one before it,
and finds nothing, is the last: whatever began before the earlier sweep has ended, and nothing was there to
begin from since. The account record goes with the first sweep: background work begins from it too, as when
new people are enrolled for digests. A crash anywhere leaves a sweep to be repeated.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta
from functools import partial
from typing import Any

from core import identity
from core.account import traces
from core.account.errors import ErasureUnknown
from core.account.models import Erasure, ProviderToken
from core.account.traces import Traces
from core.jobs import Job, Paused
from core.platform import clock
from core.platform.errors import Unavailable

type ForgetFlows = Callable[[Collection[str]], Awaitable[int]]
"""Ends Durable instances and purges their histories; returns how many there still were."""


async def work(job: Job, forget_flows: ForgetFlows) -> dict[str, Any]:
    """Sweep once, and return the receipt if nothing is left.

    Raises:
        Paused: until what was under way must have ended.
        ErasureUnknown: there is no such erasure.
    """
    from core.account import repository

    erasure = _found(await repository.find_erasure(job.id))
    account = erasure.account
    if account is None:
        return await _over(erasure)
    await identity.close(account, erasure.id)
    await _revoke(erasure)
    erasure = await _note_flows(erasure, account)
    settled = _has_settled(erasure)
    flows = await forget_flows(erasure.flows)
    found = await traces.of(account)
    if settled and not (found or flows):
        return await _end(erasure)
    await _remove(erasure.id, found, flows)
    raise Paused({"state": "erasing", "removed": await _swept(erasure)}, seconds=_settle().total_seconds())


async def end_sessions(erasure_id: str, account: str) -> None:
    """Remove the person's sessions, before anything else and before the person is told."""
    await _remove(erasure_id, await traces.within(traces.SESSIONS, account))


async def finished(job: Job) -> dict[str, Any] | None:
    """Return the receipt of an erasure that is over, ``None`` where it is not."""
    from core.account import repository

    erasure = await repository.find_erasure(job.id)
    return None if erasure is None or erasure.account is not None else await _over(erasure)


async def _end(erasure: Erasure) -> dict[str, Any]:
    """Forget whose erasure this was, then let the person come again."""
    from core.account import repository

    now = clock.now()
    return await _over(_found(await repository.change_erasure(erasure.id, lambda there: there.over(now))))


async def _over(erasure: Erasure) -> dict[str, Any]:
    await identity.reopen(erasure.id)
    return erasure.receipt()


async def _revoke(erasure: Erasure) -> None:
    """Ask sign-in providers to revoke; who does not answer is asked again with the next sweep."""
    from core.account import repository

    for one in erasure.tokens:
        try:
            answer = await identity.revoke(one.issuer, one.token)
        except Unavailable:
            await repository.change_erasure(erasure.id, partial(_answered, one, "unreachable"))
        else:
            await repository.change_erasure(erasure.id, partial(_answered, one, answer))


def _answered(one: ProviderToken, answer: str, erasure: Erasure) -> Erasure:
    left = erasure.tokens if answer == "unreachable" else tuple(t for t in erasure.tokens if t != one)
    return erasure.model_copy(update={"tokens": left, "issuers": {**erasure.issuers, one.issuer: answer}})


async def _note_flows(erasure: Erasure, account: str) -> Erasure:
    """Keep the ids of the person's Durable instances: they are made from job records, which go next."""
    from core.account import repository

    flows = erasure.flows | await traces.flows(account)

    def noted(there: Erasure) -> Erasure:
        return there if flows <= there.flows else there.model_copy(update={"flows": there.flows | flows})

    return _found(await repository.change_erasure(erasure.id, noted))


async def _remove(erasure_id: str, found: Traces, flows: int = 0) -> None:
    """Note what this sweep found, then remove it; repeated, the sweep finds less, and counts it once.

    Nothing is removed any more once the erasure is over: by then, what is there is a new life's.
    """
    from core.account import repository

    def counted(there: Erasure) -> Erasure:
        if there.account is None:
            return there
        counts = {**found.counts(), "flows": flows}
        most = {name: max(n, there.counting.get(name, 0)) for name, n in counts.items()}
        return there.model_copy(update={"counting": {**there.counting, **most}})

    if _found(await repository.change_erasure(erasure_id, counted)).account is not None:
        await found.remove()


async def _swept(erasure: Erasure) -> int:
    """Note that this sweep is done; return how much all of them have removed."""
    from core.account import repository

    def done(there: Erasure) -> Erasure:
        if there.account is None:
            return there
        names = there.counted.keys() | there.counting.keys()
        total = {name: there.counted.get(name, 0) + there.counting.get(name, 0) for name in names}
        return there.model_copy(update={"counted": total, "counting": {}, "swept_at": clock.now()})

    return sum(_found(await repository.change_erasure(erasure.id, done)).counted.values())


def _has_settled(erasure: Erasure) -> bool:
    return erasure.swept_at is not None and clock.now() - erasure.swept_at >= _settle()


def _settle() -> timedelta:
    from core.platform import settings

    return timedelta(seconds=settings.get(settings.AccountSettings).settle_seconds)


def _found(erasure: Erasure | None) -> Erasure:
    if erasure is None:
        raise ErasureUnknown("Nothing is known of this erasure.")
    return erasure
