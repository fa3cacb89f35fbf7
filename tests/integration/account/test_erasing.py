"""Erasures against the database and Storage: late writers, crashes at every step, and what must stay."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any

import pytest

from core import account, identity
from core.account import erasing, repository, traces
from core.account.errors import ErasureUnknown
from core.account.models import Erasure, ProviderToken
from core.chat import TurnFeedback, give_feedback
from core.chat.stream_errors import TurnNotFound
from core.digest import sweeping
from core.identity import closures
from core.identity import repository as accounts
from core.identity.errors import AccountBeingErased
from core.identity.models import User
from core.jobs import Job, Paused
from core.jobs import repository as job_records
from core.platform import clock, cosmos, partitions, storage
from core.platform.errors import Unauthenticated
from tests.fixtures.issuer import IssuerControl
from tests.fixtures.tuning import Tune
from tests.integration.account.conftest import Crashes, Died, job_of, leave_traces, say_of_an_answer
from tests.remains import remains

pytestmark = pytest.mark.usefixtures("app_env", "at_once")


async def no_flows(instance_ids: Collection[str]) -> int:
    return 0


async def asked(user_id: str, *tokens: ProviderToken) -> Job:
    """Write down that somebody is to be erased, and return the job of it, which nobody else works on."""
    erasure = Erasure(id=user_id[::-1], account=user_id, tokens=tokens, asked_at=clock.now())
    await repository.add_erasure(erasure)
    return job_of(user_id[::-1], user_id[::-1], account.ERASURE)


async def swept(job: Job, *, most: int = 12) -> tuple[dict[str, Any], int]:
    """Work until it is over, however often it dies; return the receipt and how many tries it took."""
    for tries in range(1, most):
        try:
            return await erasing.work(job, no_flows), tries
        except (Paused, Died):
            continue
    raise AssertionError("never over")


def total(receipt: dict[str, Any]) -> int:
    counts: list[int] = [*receipt["documents"].values(), *receipt["blobs"].values()]
    return sum(counts)


async def test_what_its_person_thought_of_an_answer_is_erased_and_not_to_be_said_again(person: str) -> None:
    turn = await say_of_an_answer(person, "Not in winter")
    assert await remains(person) != []
    await swept(await asked(person))
    assert await remains(person) == []
    with pytest.raises(TurnNotFound):
        await give_feedback(person, turn.turn_id, TurnFeedback(rating="up"))


async def test_an_erasure_nobody_knows_erases_nothing(person: str) -> None:
    left = await leave_traces(person)
    with pytest.raises(ErasureUnknown):
        await erasing.work(job_of(person, person[::-1], account.ERASURE), no_flows)
    found = await traces.of(person)
    assert sum(found.counts().values()) == left
    await swept(await asked(person))


async def test_every_declared_place_is_swept_and_every_trace_counted_once(person: str) -> None:
    other = person[:-4] + "ffff"
    left, kept = await leave_traces(person), await leave_traces(other)
    receipt, _ = await swept(await asked(person))
    assert await remains(person) == []
    assert total(receipt) == left
    found = await traces.of(other)
    assert sum(found.counts().values()) == kept
    await swept(await asked(other))


async def test_what_was_under_way_is_outlived(person: str) -> None:
    job, late = await asked(person), 0
    with pytest.raises(Paused):
        await erasing.work(job, no_flows)
    for _ in range(2):
        late += await leave_traces(person, "late")
        with pytest.raises(Paused) as paused:
            await erasing.work(job, no_flows)
        assert paused.value.progress["removed"] == late
    receipt, _ = await swept(job)
    assert await remains(person) == []
    assert total(receipt) == late


async def test_whoever_enrols_new_people_meanwhile_leaves_no_subscription(
    person: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await accounts.ensure_user(
        User(id=person, user_id=person, email="a@example.org", created_at=clock.now(), signed_up_with="local")
    )
    job, is_closed, over, reached = await asked(person), closures.is_closed, asyncio.Event(), asyncio.Event()

    async def slowly(user_id: str) -> bool:
        if user_id == person:
            reached.set()
            await over.wait()
        return await is_closed(user_id)

    monkeypatch.setattr(closures, "is_closed", slowly)
    with pytest.raises(Paused):
        await erasing.work(job, no_flows)
    enrolling = asyncio.ensure_future(sweeping.enrol())
    await asyncio.wait({enrolling, asyncio.ensure_future(reached.wait())}, return_when="FIRST_COMPLETED")
    await swept(job)
    over.set()
    reached.set()
    await enrolling
    assert await remains(person) == []


async def test_a_sweep_that_comes_too_early_is_not_the_last(person: str, tune: Tune) -> None:
    tune("ACCOUNT_ERASURE_SETTLE_SECONDS", "300")
    job = await asked(person)
    with clock.frozen(clock.now()) as held:
        for seconds in (0, 299, 1, 299):
            held.advance(seconds=seconds)
            with pytest.raises(Paused):
                await erasing.work(job, no_flows)
        held.advance(seconds=300)
        assert (await erasing.work(job, no_flows))["documents"] == {}


async def test_a_crash_at_any_step_leaves_a_sweep_to_be_repeated(
    person: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    crashes = Crashes()
    for module, name in (
        (repository, "change_erasure"),
        (partitions, "remove"),
        (storage.Blobs, "erase"),
        (identity, "close"),
        (identity, "reopen"),
    ):
        monkeypatch.setattr(module, name, crashes.around(getattr(module, name)))
    steps, step, after = 1, 0, False
    while step < steps:
        one = f"{step:04}{person[4:]}"
        left = await leave_traces(one)
        crashes.at, crashes.after, crashes.steps = step, after, 0
        receipt, _ = await swept(await asked(one))
        assert await traces.of(one) == await traces.within("users", one) == traces.Traces({})
        assert total(receipt) == left, f"a crash {'after' if after else 'before'} step {step}"
        assert await identity.closed_by(one) is None
        steps, step, after = crashes.steps, step + 5, not after
    assert steps > 20


async def test_two_at_once_end_in_one_receipt(person: str) -> None:
    await leave_traces(person)
    job = await asked(person)
    both = await asyncio.gather(swept(job), swept(job))
    assert both[0][0] == both[1][0]
    assert await remains(person) == []


async def test_a_straggler_removes_nothing_of_a_new_life(
    person: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await leave_traces(person)
    job, looked, gate = await asked(person), asyncio.Event(), asyncio.Event()
    of = traces.of

    async def slowly(user_id: str) -> traces.Traces:
        found = await of(user_id)
        if not looked.is_set():
            looked.set()
            await gate.wait()
        return found

    monkeypatch.setattr(traces, "of", slowly)
    straggler = asyncio.ensure_future(erasing.work(job, no_flows))
    await looked.wait()
    receipt, _ = await swept(job)
    anew = await leave_traces(person)
    gate.set()
    with pytest.raises(Paused):
        await straggler
    assert sum((await of(person)).counts().values()) == anew
    assert await erasing.finished(job) == receipt


async def test_what_changed_since_it_was_found_is_left_to_the_next_sweep(person: str) -> None:
    await leave_traces(person)
    found = await traces.of(person)
    await found.remove()
    await leave_traces(person)
    changed = await traces.of(person)
    for container, keys in changed.documents.items():
        proxy = await cosmos.container(container)
        for key in keys:
            await proxy.patch_item(key.id, key.partition, [{"op": "set", "path": "/mark", "value": "new"}])
    for container, blobs in changed.blobs.items():
        for blob in blobs:
            await storage.Blobs(container).put(blob.name, b"new", "image/webp")
    await changed.remove()
    assert (await traces.of(person)).counts() == changed.counts()
    await swept(await asked(person))


async def test_refreshing_while_the_account_is_closed_leaves_no_trace(person: str) -> None:
    tokens = await identity.sign_in_locally(f"{person}@example.org")
    job = await asked(tokens.user.id)
    with pytest.raises(Paused):
        await erasing.work(job, no_flows)
    with pytest.raises(identity.SessionEnded):
        await identity.refresh(tokens.refresh_token)
    assert not await traces.of(tokens.user.id)
    await swept(job)


async def test_a_receipt_is_told_again_and_never_reopens_what_is_not_its_own(person: str) -> None:
    job = await asked(person)
    receipt, _ = await swept(job)
    assert await erasing.finished(job) == receipt
    await identity.close(person, "another-erasure")
    assert await erasing.work(job, no_flows) == receipt
    assert await identity.closed_by(person) == "another-erasure"
    await identity.reopen("another-erasure")


async def test_a_closed_account_lets_nobody_in_and_asking_again_is_the_same_erasure(person: str) -> None:
    email = f"{person}@example.org"
    user_id = (await identity.sign_in_locally(email)).user.id
    asked = await asyncio.gather(*(account.ask_erasure(user_id, account.Farewell()) for _ in range(4)))
    (job_id,) = {one.job_id for one in asked}
    with pytest.raises(AccountBeingErased):
        await identity.sign_in_locally(email)
    job = await job_records.jobs().get(job_id, job_id)
    assert job is not None
    assert user_id not in job.model_dump_json()
    await swept(job)
    with pytest.raises(Unauthenticated):
        await account.ask_erasure(user_id, account.Farewell())
    await identity.sign_in_locally(email)
    anew = await account.ask_erasure(user_id, account.Farewell())
    assert anew.job_id != job_id
    again = await job_records.jobs().get(anew.job_id, anew.job_id)
    assert again is not None
    await swept(again)


async def test_providers_are_asked_to_revoke_and_again_if_they_do_not_answer(
    issuer: IssuerControl, person: str
) -> None:
    token = ProviderToken(issuer="devstack", token=f"of-{person}")
    job = await asked(person, token)
    await issuer.fail("down", times=1)
    with pytest.raises(Paused):
        await erasing.work(job, no_flows)
    assert (await issuer.counts()).get("/revoke", 0) == 0
    receipt, _ = await swept(job)
    assert receipt["issuers"] == {"devstack": "revoked"}
    assert (await issuer.counts())["/revoke"] == 1
    assert await remains(f"of-{person}") == []


async def test_a_provider_nobody_knows_begins_nothing(issuer: IssuerControl, person: str) -> None:
    user_id = (await identity.sign_in_locally(f"{person}@example.org")).user.id
    farewell = account.Farewell.model_validate({"provider_tokens": [{"issuer": "nobody", "token": "t"}]})
    with pytest.raises(identity.UnknownIssuer):
        await account.ask_erasure(user_id, farewell)
    assert await identity.closed_by(user_id) is None
