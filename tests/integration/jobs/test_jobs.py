"""Jobs against the database and the queues: races, expiry, crashes between two steps."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from azure.storage.queue.aio import QueueServiceClient

from core import jobs
from core.jobs import dead_letters, delivery, reconciling, repository
from core.jobs.attempting import attempt, give_up
from core.jobs.models import Job, JobMessage, Launch
from core.platform import clock
from core.platform.errors import Invalid, Unavailable
from core.platform.ids import new_id
from core.platform.models import ListQuery

POLICY = jobs.RetryPolicy(max_attempts=3, base=5, cap=60, jitter=1)

pytestmark = pytest.mark.usefixtures("app_env")


async def messages_of(queues: QueueServiceClient, name: str, job_id: str) -> list[dict[str, Any]]:
    """Receive what is in a queue for one job; other jobs' messages stay."""
    queue, found = queues.get_queue_client(name), []
    async for message in queue.receive_messages(messages_per_page=32, visibility_timeout=1):
        body = json.loads(base64.b64decode(message.content))
        if body["job_id"] == job_id:
            found.append(body)
            await queue.delete_message(message)
    return found


async def stored(job: Job) -> Job:
    found = await repository.jobs().get(job.user_id, job.id)
    assert found is not None
    return found


async def letters_of(job: Job) -> list[Any]:
    return [letter async for letter in repository.dead_letters().all(job.user_id)]


async def works(job: Job) -> dict[str, Any]:
    return {"done": job.attempt}


def fails(error: BaseException) -> Callable[[Job], Awaitable[dict[str, Any]]]:
    async def work(job: Job) -> dict[str, Any]:
        raise error

    return work


async def test_fifty_at_once_with_one_key_are_one_job(
    person: str, queues: QueueServiceClient, app_env: dict[str, str]
) -> None:
    submitted = await asyncio.gather(*(jobs.submit(person, "taste", "swipe-1", {"n": 1}) for _ in range(50)))
    assert len({job.id for job in submitted}) == 1
    records = [job async for job in repository.jobs().all(person)]
    assert [record.status for record in records] == ["queued"]
    sent = await messages_of(queues, app_env["TASTE_JOB_QUEUE_NAME"], submitted[0].id)
    known = {"run": 0, "kind": "taste", "etag": records[0].etag, "traceparent": None}
    assert sent == [{"version": 1, "job_id": submitted[0].id, "user_id": person, **known}]


async def test_keys_kinds_and_people_are_apart(person: str) -> None:
    submitted = [
        await jobs.submit(person, "taste", "a", {}),
        await jobs.submit(person, "taste", "b", {}),
        await jobs.submit(person, "digest", "a", {}),
        await jobs.submit(new_id(), "taste", "a", {}),
    ]
    assert len({job.id for job in submitted}) == 4


async def test_a_job_is_there_for_its_owner_and_for_administrators(person: str) -> None:
    job = await jobs.submit(person, "taste", "swipe", {"n": 1})
    assert (await jobs.get(person, job.id)).payload == (await jobs.find(job.id)).payload == {"n": 1}
    for user_id, job_id in ((new_id(), job.id), (person, new_id())):
        with pytest.raises(jobs.JobNotFound):
            await jobs.get(user_id, job_id)
    with pytest.raises(jobs.JobNotFound):
        await jobs.find(new_id())


async def test_an_expired_key_is_a_new_job(person: str, app_env: dict[str, str]) -> None:
    first = await jobs.submit(person, "taste", "swipe", {})
    ttl = int(app_env["TASTE_JOB_DEDUPE_TTL_SECONDS"])
    with clock.frozen(clock.now()) as time:
        time.advance(seconds=ttl - 5)
        assert (await jobs.submit(person, "taste", "swipe", {})).id == first.id
        time.advance(seconds=10)
        again = await jobs.submit(person, "taste", "swipe", {})
    assert again.id != first.id
    assert (await stored(again)).status == "queued"


async def test_a_crash_after_the_claim_is_healed_by_the_same_key(
    person: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as crashing:
        crashing.setattr(repository, "add", fails(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            await jobs.submit(person, "taste", "swipe", {"n": 1})
    healed = await jobs.submit(person, "taste", "swipe", {"n": 1})
    assert (await stored(healed)).status == "queued"


async def test_a_record_whose_message_was_never_sent_is_found_by_the_reconciler(
    person: str, empty_queues: QueueServiceClient, app_env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.platform.storage import Queue

    with monkeypatch.context() as down:
        down.setattr(Queue, "send", fails_sending)
        job = await jobs.submit(person, "taste", "swipe", {})
    name = app_env["TASTE_JOB_QUEUE_NAME"]
    patience = int(app_env["TASTE_JOB_RECONCILE_AFTER_SECONDS"])
    with clock.frozen(clock.now()) as time:
        await reconciling.reconcile()
        assert await messages_of(empty_queues, name, job.id) == []
        time.advance(seconds=patience + 1)
        await reconciling.reconcile()
        assert len(await messages_of(empty_queues, name, job.id)) == 1
        await reconciling.reconcile()
        assert await messages_of(empty_queues, name, job.id) == []
        time.advance(seconds=2 * patience + 1)
        await asyncio.gather(reconciling.reconcile(), reconciling.reconcile())
        assert len(await messages_of(empty_queues, name, job.id)) == 1
        time.advance(seconds=2 * patience)
        await reconciling.reconcile()
        assert await messages_of(empty_queues, name, job.id) == [], "patience counts from the last message"
    assert (await stored(job)).nudges == 2


async def fails_sending(*_: Any, **__: Any) -> None:
    raise Unavailable("Storage is away.")


async def test_the_reconciler_leaves_jobs_alone_that_wait_or_are_over(
    person: str, empty_queues: QueueServiceClient, app_env: dict[str, str]
) -> None:
    done = await jobs.submit(person, "taste", "done", {})
    await attempt(done.ref, POLICY, works)
    waiting = await jobs.submit(person, "taste", "waiting", {})
    await attempt(waiting.ref, POLICY, fails(Unavailable("busy", retry_after=3600)))
    await empty_queues.get_queue_client(app_env["TASTE_JOB_QUEUE_NAME"]).clear_messages()
    with clock.frozen(clock.now()) as time:
        time.advance(seconds=1800)
        await reconciling.reconcile()
        name = app_env["TASTE_JOB_QUEUE_NAME"]
        for job in (done, waiting):
            assert await messages_of(empty_queues, name, job.id) == []


@dataclass
class Started:
    """What was started, instead of a functions host that starts it."""

    launches: list[Launch] = field(default_factory=list)

    async def __call__(self, launch: Launch) -> None:
        self.launches.append(launch)


async def test_a_first_message_starts_its_job_without_reading_it(
    person: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, host = await jobs.submit(person, "taste", "k", {"n": 1}), Started()
    first = JobMessage.of(job).model_dump_json().encode()
    with monkeypatch.context() as unread:
        unread.setattr(repository, "jobs", fails(AssertionError("read")))
        await delivery.deliver(first, "m", {"taste"}, host)
    (launch,) = host.launches
    with monkeypatch.context() as unread:
        unread.setattr(repository, "change", fails(AssertionError("read")))
        assert (await attempt(launch.ref, POLICY, works))["state"] == "completed"
    done = await stored(job)
    assert (done.payload, done.result, done.attempt) == ({"n": 1}, {"done": 1}, 1)


async def test_a_message_that_only_names_its_job_starts_it_as_its_record_says(person: str) -> None:
    job, host = await jobs.submit(person, "taste", "k", {}), Started()
    await attempt(job.ref, POLICY, fails(Unavailable("busy", retry_after=40)))
    await delivery.deliver(
        JobMessage(job_id=job.id, user_id=person).model_dump_json().encode(), "m", {"taste"}, host
    )
    waiting = await stored(job)
    assert host.launches == [Launch("taste", job.ref, 1, waiting.next_attempt_at)]


async def test_a_first_message_that_comes_again_finds_its_job_as_it_is_by_then(person: str) -> None:
    job, host, worked = await jobs.submit(person, "taste", "k", {}), Started(), []

    async def work(found: Job) -> dict[str, Any]:
        worked.append(found.attempt)
        if found.attempt == 1:
            raise Unavailable("busy")
        return {}

    first = JobMessage.of(job).model_dump_json().encode()
    for state in ("retry", "completed", "completed"):
        await delivery.deliver(first, "m", {"taste"}, host)
        assert (await attempt(host.launches[-1].ref, POLICY, work))["state"] == state
    assert worked == [1, 2]
    assert (await stored(job)).attempt == 2


async def test_a_first_message_is_worth_nothing_to_a_later_run_or_a_job_that_is_gone(person: str) -> None:
    job, host = await jobs.submit(person, "taste", "k", {}), Started()
    await delivery.deliver(JobMessage.of(job).model_dump_json().encode(), "m", {"taste"}, host)
    await attempt(job.ref, POLICY, fails(Invalid("not yet")))
    await dead_letters.bury(job.ref, "not yet")
    (letter,) = await letters_of(job)
    replayed = await dead_letters.replay(letter.id)
    assert (await attempt(host.launches[0].ref, POLICY, works))["state"] == "superseded"
    assert (await stored(job)).etag == replayed.etag, "untouched"
    await repository.jobs().delete(person, job.id)
    gone = {"state": "gone", "attempt": 0, "error": None, "retry_after": None}
    assert await attempt(host.launches[0].ref, POLICY, works) == gone


async def test_of_many_first_attempts_at_once_each_is_counted(person: str) -> None:
    job = await jobs.submit(person, "taste", "k", {})
    launch = Launch.first(JobMessage.of(job))
    assert launch is not None
    await asyncio.gather(*(attempt(launch.ref, POLICY, works) for _ in range(3)))
    done = await stored(job)
    assert done.status == "completed"
    assert [a.number for a in done.attempts] == list(range(1, done.attempt + 1))


async def test_an_attempt_is_counted_before_the_work(person: str) -> None:
    job = await jobs.submit(person, "taste", "k", {})
    seen: list[str | int] = []

    async def looks(job: Job) -> dict[str, Any]:
        seen.append((await stored(job)).status)
        seen.append((await stored(job)).attempt)
        return {}

    outcome = await attempt(job.ref, POLICY, looks)
    assert seen == ["running", 1]
    assert outcome["state"] == "completed"


async def test_work_that_never_reports_runs_out_of_attempts(person: str) -> None:
    job = await jobs.submit(person, "taste", "k", {})
    for _ in range(POLICY.max_attempts):
        with pytest.raises(KeyboardInterrupt):
            await attempt(job.ref, POLICY, fails(KeyboardInterrupt()))
    outcome = await attempt(job.ref, POLICY, works)
    assert outcome["state"] == "retry"
    assert outcome["attempt"] == POLICY.max_attempts
    assert "without a word" in str(outcome["error"])


async def test_failures_are_recorded_with_when_the_next_try_is(person: str) -> None:
    job = await jobs.submit(person, "taste", "k", {})
    outcome = await attempt(job.ref, POLICY, fails(Unavailable("The model is busy.", retry_after=40)))
    record = await stored(job)
    assert (outcome["state"], outcome["retry_after"]) == ("retry", 40)
    assert (record.status, record.error) == ("waiting", "The model is busy.")
    assert record.next_attempt_at is not None
    assert (record.next_attempt_at - record.updated_at).total_seconds() == 40
    assert [(a.number, a.error) for a in record.attempts] == [(1, "The model is busy.")]


async def test_nothing_is_due_after_a_hopeless_attempt_or_the_last_one(person: str) -> None:
    hopeless, last = [await jobs.submit(person, "taste", key, {}) for key in "ab"]
    once = jobs.RetryPolicy(max_attempts=1, base=5, cap=60, jitter=1)
    told = await attempt(hopeless.ref, POLICY, fails(Invalid("no")))
    assert told["state"] == "hopeless"
    assert (await attempt(last.ref, once, fails(Unavailable("busy"))))["state"] == "retry"
    for job in (hopeless, last):
        record = await stored(job)
        assert (record.status, record.next_attempt_at) == ("running", None)


async def test_two_attempts_at_once_complete_it_once(person: str) -> None:
    job = await jobs.submit(person, "taste", "k", {})
    outcomes = await asyncio.gather(*(attempt(job.ref, POLICY, works) for _ in range(2)))
    assert {outcome["state"] for outcome in outcomes} == {"completed"}
    assert (await stored(job)).status == "completed"


@pytest.mark.parametrize("late", [Unavailable("too late"), jobs.Paused({"done": 1})])
async def test_what_is_reported_late_does_not_undo_a_success(person: str, late: Exception) -> None:
    job = await jobs.submit(person, "taste", "k", {})

    async def overtaken(found: Job) -> dict[str, Any]:
        await attempt(job.ref, POLICY, works)
        raise late

    assert (await attempt(job.ref, POLICY, overtaken))["state"] == "completed"
    assert (await stored(job)).status == "completed"


async def test_a_dead_letter_holds_all_there_is_to_know(
    person: str, queues: QueueServiceClient, app_env: dict[str, str]
) -> None:
    job = await jobs.submit(person, "taste", "k", {"what": "was asked"})
    outcome = await attempt(job.ref, POLICY, fails(Invalid("There is no such card.")))
    assert outcome["state"] == "hopeless"
    for _ in range(2):
        buried = await dead_letters.bury(job.ref, str(outcome["error"]))
        assert buried is not None
        assert (buried.status, buried.buried) == ("dead_lettered", True)
    (letter,) = await letters_of(job)
    assert (letter.job_id, letter.kind, letter.payload) == (job.id, "taste", {"what": "was asked"})
    assert (letter.reason, len(letter.attempts)) == ("There is no such card.", 1)
    told = await messages_of(queues, app_env["TASTE_JOB_DEAD_LETTER_QUEUE_NAME"], job.id)
    assert [message["dead_letter_id"] for message in told] == [letter.id]


async def test_a_crash_while_burying_leaves_neither_two_ends_nor_none(
    person: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await jobs.submit(person, "taste", "k", {})
    with monkeypatch.context() as crashing:
        crashing.setattr(repository, "keep_letter", fails(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            await dead_letters.bury(job.ref, "hopeless")
    assert (await attempt(job.ref, POLICY, works))["state"] == "dead_lettered"
    assert await letters_of(job) == []

    async def never(launch: Launch) -> None:
        raise AssertionError("started")

    message = JobMessage(job_id=job.id, user_id=person).model_dump_json().encode()
    await delivery.deliver(message, "m", {"taste"}, never)
    assert [letter.reason for letter in await letters_of(job)] == ["hopeless"]
    assert (await stored(job)).buried


async def test_the_reconciler_finds_an_unfinished_burial(
    person: str, empty_queues: QueueServiceClient, app_env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await jobs.submit(person, "taste", "k", {})
    await empty_queues.get_queue_client(app_env["TASTE_JOB_QUEUE_NAME"]).clear_messages()
    with monkeypatch.context() as crashing:
        crashing.setattr(repository, "keep_letter", fails(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            await dead_letters.bury(job.ref, "hopeless")
    with clock.frozen(clock.now()) as time:
        time.advance(seconds=int(app_env["TASTE_JOB_RECONCILE_AFTER_SECONDS"]) + 1)
        await reconciling.reconcile()
    assert len(await messages_of(empty_queues, app_env["TASTE_JOB_QUEUE_NAME"], job.id)) == 1


async def test_a_replay_is_a_new_run_and_asking_twice_is_one(
    person: str, empty_queues: QueueServiceClient, app_env: dict[str, str]
) -> None:
    job = await jobs.submit(person, "taste", "k", {})
    await attempt(job.ref, POLICY, fails(Invalid("not yet")))
    await dead_letters.bury(job.ref, "not yet")
    await messages_of(empty_queues, app_env["TASTE_JOB_QUEUE_NAME"], job.id)
    (letter,) = await letters_of(job)
    replayed = await dead_letters.replay(letter.id)
    assert (replayed.status, replayed.run, replayed.attempt) == ("queued", 1, 0)
    assert replayed.instance_id == f"{job.id}:1"
    assert (await attempt(job.ref, POLICY, works))["state"] == "superseded"
    assert (await attempt(replayed.ref, POLICY, works))["state"] == "completed"
    assert (await dead_letters.replay(letter.id)).status == "completed"
    assert len(await messages_of(empty_queues, app_env["TASTE_JOB_QUEUE_NAME"], job.id)) == 1
    open_letters, _ = await dead_letters.list_open(ListQuery(limit=100))
    assert letter.id not in {found.id for found in open_letters}
    (settled,) = await letters_of(job)
    assert settled.replayed_at is not None
    assert settled.ttl == int(app_env["TASTE_JOB_COMPLETED_TTL_SECONDS"])


async def test_what_is_given_up_is_buried_unless_its_work_is_found_done(person: str) -> None:
    lost, done, done_before = [await jobs.submit(person, "taste", key, {}) for key in "abc"]
    for job in (lost, done):
        await attempt(job.ref, POLICY, fails(Unavailable("busy")))
    await attempt(done_before.ref, POLICY, works)

    async def found(job: Job) -> dict[str, Any] | None:
        return {"found": True} if job.id == done.id else None

    outcomes = [await give_up(job.ref, "hopeless", found) for job in (lost, done, done_before)]
    assert [outcome["state"] for outcome in outcomes] == ["dead_lettered", "completed", "completed"]
    assert (outcomes[0]["error"], outcomes[1]["error"]) == ("hopeless", None)
    assert [(await stored(job)).result for job in (done, done_before)] == [{"found": True}, {"done": 1}]
    assert [letter.job_id for letter in await letters_of(lost)] == [lost.id]


async def test_a_run_that_is_no_longer_the_jobs_is_not_given_up_nor_is_a_job_that_is_gone(
    person: str,
) -> None:
    job = await jobs.submit(person, "taste", "k", {})
    old = job.ref.model_copy(update={"run": 1})
    assert (await give_up(old, "hopeless", works))["state"] == "retry"
    assert (await stored(job)).status == "queued"
    await repository.jobs().delete(person, job.id)
    assert (await give_up(job.ref, "hopeless", works))["state"] == "gone"


async def test_who_forgets_a_letter_lets_its_job_expire_but_no_later_run(
    person: str, app_env: dict[str, str]
) -> None:
    first, second = [await jobs.submit(person, "taste", key, {}) for key in ("a", "b")]
    for job in (first, second):
        await dead_letters.bury(job.ref, "hopeless")
    of = {letter.job_id: letter.id for letter in await letters_of(first)}
    await dead_letters.replay(of[second.id])
    for letter_id in of.values():
        await dead_letters.forget(letter_id)
    assert await letters_of(first) == []
    kept = int(app_env["TASTE_JOB_COMPLETED_TTL_SECONDS"])
    assert [(await stored(job)).ttl for job in (first, second)] == [kept, None]
    again = await stored(second)
    await attempt(again.ref, POLICY, fails(Invalid("no")))
    await dead_letters.bury(again.ref, "no")
    assert [letter.run for letter in await letters_of(first)] == [1]


async def test_what_was_remembered_and_is_out_of_date_is_read_again(person: str) -> None:
    job = await jobs.submit(person, "taste", "k", {})
    await attempt(job.ref, POLICY, fails(Unavailable("busy")))
    repository.remember(job)
    outcome = await attempt(job.ref, POLICY, works)
    assert (outcome["state"], outcome["attempt"]) == ("completed", 2)


async def test_a_message_that_is_no_jobs_is_kept_once_with_its_body_and_never_raises() -> None:
    async def never(launch: Launch) -> None:
        raise AssertionError("started")

    once, again = new_id(), new_id()
    for message_id in (once, once, again):
        await delivery.deliver(b"\xff not json", message_id, {"taste"}, never)
    letters = [found async for found in repository.dead_letters().all(dead_letters.NOBODY)]
    mine = [found for found in letters if found.body == "\\xff not json"]
    assert len(mine) == 2, "one for each message, however often it comes"
    await dead_letters.forget(mine.pop().id)
    with pytest.raises(jobs.NotReplayable):
        await dead_letters.replay(mine[0].id)
    await dead_letters.forget(mine[0].id)
    with pytest.raises(jobs.DeadLetterNotFound):
        await dead_letters.forget(mine[0].id)


async def test_a_message_of_an_unknown_job_is_kept_without_its_person(person: str) -> None:
    async def never(launch: Launch) -> None:
        raise AssertionError("started")

    job_id, once, again = new_id(), new_id(), new_id()
    message = JobMessage(job_id=job_id, user_id=person).model_dump_json().encode()
    for message_id in (once, once, again):
        await delivery.deliver(base64.b64encode(message), message_id, {"taste"}, never)
    letters = [found async for found in repository.dead_letters().all(dead_letters.NOBODY)]
    mine = [found for found in letters if job_id in (found.body or "")]
    assert len(mine) == 2, "one for each message, however often it comes"
    for letter in mine:
        assert person not in letter.model_dump_json()
        assert "no job" in letter.reason


async def test_of_jobs_that_may_not_run_side_by_side_there_is_one_and_then_another(person: str) -> None:
    asked = await asyncio.gather(*(jobs.submit_alone(person, "taste", {}) for _ in range(8)))
    (first,) = {job.id for job in asked}
    await jobs.attempt(asked[0].ref, POLICY, nothing)
    again = await asyncio.gather(*(jobs.submit_alone(person, "taste", {}) for _ in range(8)))
    assert len({job.id for job in again}) == 1
    assert first not in {job.id for job in again}
    for was in (first, again[0].id):
        assert (await jobs.submit_alone(person, "taste", {}, job_id=was)).id == again[0].id
    await jobs.attempt(again[0].ref, POLICY, nothing)
    for was in (first, again[0].id):
        assert (await jobs.submit_alone(person, "taste", {}, job_id=was)).id == was
    other = await jobs.submit_alone(person, "digest", {})
    assert (other.kind, other.id in {first, again[0].id}) == ("digest", False)


async def test_a_long_job_goes_on_in_pieces_and_only_failures_of_one_piece_count(person: str) -> None:
    job = await jobs.submit(person, "taste", "long", {})
    policy = jobs.RetryPolicy(max_attempts=2, base=0, cap=0, jitter=0)
    paused = [jobs.Paused({"done": 1}), jobs.Paused({"done": 2}, seconds=9)]
    pieces = iter([RuntimeError("x"), paused[0], RuntimeError("y"), paused[1]])

    async def piece(job: Job) -> dict[str, Any]:
        if (told := next(pieces, None)) is not None:
            raise told
        return {"done": 3}

    outcomes = [await jobs.attempt(job.ref, policy, piece) for _ in range(5)]
    assert [outcome["state"] for outcome in outcomes] == ["retry", "paused", "retry", "paused", "completed"]
    assert outcomes[3] == {"state": "paused", "attempt": 0, "error": None, "retry_after": 9}
    assert (await stored(job)).progress == {"done": 2}


async def nothing(job: Job) -> dict[str, Any]:
    return {}


async def test_a_kind_without_a_flow_is_dead_lettered(person: str) -> None:
    async def never(launch: Launch) -> None:
        raise AssertionError("started")

    job = await jobs.submit(person, "astrology", "k", {})
    message = JobMessage(job_id=job.id, user_id=person).model_dump_json().encode()
    await delivery.deliver(message, "m", {"taste"}, never)
    assert (await stored(job)).status == "dead_lettered"


async def test_a_poisoned_message_condemns_only_a_job_that_was_sent_again_in_vain(person: str) -> None:
    job = await jobs.submit(person, "taste", "k", {})
    message = JobMessage(job_id=job.id, user_id=person).model_dump_json().encode()
    await delivery.drain(message, "m")
    assert (await stored(job)).status == "queued"
    await repository.change(
        person, job.id, lambda j: j.model_copy(update={"nudges": delivery.PATIENT_NUDGES})
    )
    await delivery.drain(message, "m")
    condemned = await stored(job)
    assert (condemned.status, "could not be started" in (condemned.error or "")) == ("dead_lettered", True)
    await delivery.drain(b"rubbish", "another")


async def test_a_poisoned_message_of_a_job_that_is_over_condemns_nobody(person: str) -> None:
    job = await jobs.submit(person, "taste", "k", {})
    await attempt(job.ref, POLICY, works)
    message = JobMessage(job_id=job.id, user_id=person).model_dump_json().encode()
    await delivery.drain(message, "m")
    assert (await stored(job)).status == "completed"
    assert await letters_of(job) == []


async def test_a_round_of_the_reconciler_is_bounded_and_the_next_goes_on(
    person: str, app_env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = [await jobs.submit(person, "taste", f"k{n}", {}) for n in range(3)]
    monkeypatch.setattr(reconciling, "_MOST_AT_ONCE", 1)
    with clock.frozen(clock.now()) as time:
        time.advance(seconds=int(app_env["TASTE_JOB_RECONCILE_AFTER_SECONDS"]) + 1)
        assert await reconciling.reconcile() <= 1
        monkeypatch.setattr(reconciling, "_MOST_AT_ONCE", 100_000)
        await reconciling.reconcile()
        assert [(await stored(job)).nudges for job in mine] == [1, 1, 1]


async def test_a_letter_of_a_job_that_was_erased_cannot_be_replayed(person: str) -> None:
    job = await jobs.submit(person, "taste", "k", {})
    await dead_letters.bury(job.ref, "broken")
    (letter,) = await letters_of(job)
    await repository.jobs().delete(person, job.id)
    with pytest.raises(jobs.NotReplayable, match="erased"):
        await dead_letters.replay(letter.id)


async def test_dead_letters_are_listed_page_by_page_newest_first(person: str) -> None:
    for n in range(5):
        job = await jobs.submit(person, "taste", f"k{n}", {})
        await dead_letters.bury(job.ref, f"reason {n}")
    found, cursor = await dead_letters.list_open(ListQuery(limit=2))
    while cursor is not None:
        page, cursor = await dead_letters.list_open(ListQuery(limit=2, cursor=cursor))
        found += page
    mine = [letter.reason for letter in found if letter.user_id == person]
    assert mine == [f"reason {n}" for n in (4, 3, 2, 1, 0)]
    assert [letter.position for letter in found] == sorted((x.position for x in found), reverse=True)
    assert len({letter.id for letter in found}) == len(found)
