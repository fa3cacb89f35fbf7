"""What jobs tell telemetry and their queues, by the names that dashboards and other versions know."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, ClassVar

import pytest

from core.jobs import dead_letters, delivery, measuring, repository, service
from core.jobs.models import Attempt, Claim, Job, JobMessage, Launch
from core.platform import clock, storage, telemetry
from core.platform.cosmos import AlreadyExists
from core.platform.errors import Unavailable
from tests.fixtures.tuning import Tune

HERE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
JOB_ID = "6f2d1dee-4096-5bb6-a83a-7c1bc71563c8"


class Told:
    """Stands in for telemetry and the queues."""

    depths: ClassVar[dict[str, int]] = {"jobs-q": 3, "jobs-q-poison": 2, "dead-q": 1}

    def __init__(self) -> None:
        self.measured: list[Any] = []
        self.spans: list[Any] = []
        self.sent: list[tuple[str, Any]] = []
        self.away = False

    def measure(self, *given: Any) -> None:
        self.measured.append(given)

    @contextmanager
    def span(self, *given: Any, parent: str | None) -> Iterator[None]:
        self.spans.append((*given, parent))
        yield

    def queue(self, name: str) -> Any:
        told = self

        class Queue:
            def __init__(self) -> None:
                self.name = name

            async def send(self, message: Any) -> None:
                if told.away:
                    raise Unavailable("Storage is away.")
                told.sent.append((name, message))

            async def depth(self) -> int:
                if told.away:
                    raise Unavailable("Storage is away.")
                return told.depths[name]

        return Queue()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, tune: Tune) -> Told:
    tune("TASTE_JOB_QUEUE_NAME", "jobs-q")
    tune("TASTE_JOB_DEAD_LETTER_QUEUE_NAME", "dead-q")
    found = Told()
    monkeypatch.setattr(telemetry, "measure", found.measure)
    monkeypatch.setattr(telemetry, "span", found.span)
    monkeypatch.setattr(telemetry, "traceparent", lambda: HERE)
    monkeypatch.setattr(telemetry, "tells", lambda signal: signal == "METRICS")
    monkeypatch.setattr(storage, "Queue", found.queue)
    return found


def job(**fields: Any) -> Job:
    now = clock.now()
    given = {"id": JOB_ID, "user_id": "anna", "kind": "taste", "status": "queued", "payload": {}}
    return Job.model_validate({**given, "created_at": now, "updated_at": now, **fields})


def test_a_job_that_is_over_is_measured_by_its_age_and_its_attempts(told: Told) -> None:
    with clock.frozen(clock.now()):
        begun = clock.now() - timedelta(seconds=90)
        tried = [Attempt(number=n, started_at=begun) for n in (1, 2)]
        measuring.over(job(status="completed", created_at=begun, attempts=tried))
    about = {"pluckit.job.kind": "taste", "pluckit.job.state": "completed"}
    assert told.measured == [("pluckit.job.age", 90.0, about), ("pluckit.job.attempts", 2, about)]


async def test_three_queues_are_measured_where_metrics_are_told_and_storage_answers(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    await measuring.queues()
    assert told.measured == [
        ("pluckit.queue.depth", depth, {"messaging.destination.name": name})
        for name, depth in told.depths.items()
    ]
    told.away = True
    await measuring.queues()
    monkeypatch.setattr(telemetry, "tells", lambda signal: False)
    told.away = False
    await measuring.queues()
    assert len(told.measured) == 3


@pytest.mark.parametrize("is_new", [True, False])
async def test_a_new_job_keeps_the_trace_it_is_asked_for_in_and_what_it_is_about(
    told: Told, monkeypatch: pytest.MonkeyPatch, is_new: bool
) -> None:
    """The trace is kept in the record, since the reconciler may send its message much later."""
    added: list[Job] = []

    async def add(wanted: Job) -> tuple[Job, bool]:
        added.append(wanted)
        return wanted, is_new

    monkeypatch.setattr(repository, "add", add)
    with clock.frozen(clock.now()):
        expected = job(kind="digest", payload={"week": "2026-11-23"}, traceparent=HERE)
        made = await service.submit("anna", "digest", "", {"week": "2026-11-23"}, job_id=JOB_ID)
    assert added == [made] == [expected]
    assert [span[-1] for span in told.spans] == [HERE] * is_new
    assert [message.job_id for _, message in told.sent] == [JOB_ID] * is_new


@pytest.mark.parametrize("seconds", [3600, 604800])
def test_records_of_completed_jobs_have_expired_that_are_older_than_they_are_kept(
    tune: Tune, seconds: int
) -> None:
    tune("TASTE_JOB_COMPLETED_TTL_SECONDS", str(seconds))
    with clock.frozen(clock.now()):
        assert clock.now() - service.kept_since() == timedelta(seconds=seconds)


async def test_a_message_carries_the_trace_its_job_was_asked_for_in(told: Told) -> None:
    asked = job(traceparent="asked-for-here", etag="v1")
    await service.send(asked)
    attributes = {
        "messaging.operation.type": "send",
        "messaging.destination.name": "jobs-q",
        "pluckit.job.id": JOB_ID,
    }
    assert told.spans == [("send jobs-q", "producer", attributes, "asked-for-here")]
    assert told.sent == [("jobs-q", JobMessage.of(asked).model_copy(update={"traceparent": HERE}))]
    told.away = True
    await service.send(asked)
    assert len(told.sent) == 1


async def test_a_delivery_goes_on_with_the_trace_of_its_message(told: Told) -> None:
    launched: list[Launch] = []

    async def start(launch: Launch) -> None:
        launched.append(launch)

    message = JobMessage.of(job(etag="v1")).model_copy(update={"traceparent": HERE})
    await delivery.deliver(message.model_dump_json().encode(), "m", {"taste"}, start)
    attributes = {"messaging.operation.type": "process", "pluckit.job.id": JOB_ID}
    assert told.spans == [("process job", "consumer", attributes, HERE)]
    assert launched == [Launch.first(message)]


@pytest.mark.parametrize(("kind", "counted"), [("taste", "taste"), (None, "none")])
async def test_a_dead_letter_is_written_before_it_is_counted_and_announced(
    told: Told, monkeypatch: pytest.MonkeyPatch, kind: str | None, counted: str
) -> None:
    letter = dead_letters.letter_of(job(status="dead_lettered", error="x" * 1001))
    letter = letter.model_copy(update={"kind": kind})

    async def keep(kept: Any) -> None:
        assert (kept, told.measured, told.sent) == (letter, [], [])

    monkeypatch.setattr(repository, "keep_letter", keep)
    await dead_letters._announce(letter)
    assert told.measured == [("pluckit.job.dead_letters", 1, {"pluckit.job.kind": counted})]
    [(queue, message)] = told.sent
    assert (queue, message.dead_letter_id, message.job_id) == ("dead-q", letter.id, JOB_ID)
    assert (message.kind, message.reason) == (kind, "x" * 1000)


class Vanishing:
    """A container in which what was there is gone when it is looked for, once."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    async def create(self, wanted: Any) -> Any:
        self.calls.append("create")
        if len(self.calls) == 1:
            raise AlreadyExists
        return wanted

    async def get(self, user_id: str, doc_id: str) -> None:
        self.calls.append(f"get {user_id} {doc_id}")

    async def update(self, user_id: str, doc_id: str, change: Any) -> None:
        self.calls.append(f"update {user_id} {doc_id}")


async def test_a_key_or_a_record_that_expires_while_it_is_looked_for_is_made_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wanted = Claim(id="c", user_id="anna", job_id="j")
    ways: list[Callable[[], Awaitable[str]]] = [
        lambda: repository.claim(wanted),
        lambda: repository.claim_over("before", wanted),
    ]
    for held in ways:
        there = Vanishing()
        monkeypatch.setattr(repository, "_claims", there)
        assert await held() == "j"
        assert there.calls[-1] == "create"
        assert {call.split(" ", 1)[1] for call in there.calls if " " in call} == {"anna c"}
    there, new = Vanishing(), job()
    monkeypatch.setattr(repository, "jobs", lambda: there)
    assert await repository.add(new) == (new, True)
    assert there.calls == ["create", f"get anna {JOB_ID}", "create"]


def test_what_was_read_last_is_kept_once_and_only_for_so_many_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repository, "_MOST_SEEN", 2)
    for name in "abc":
        repository.remember(job(id=name))
    assert [repository.last_seen(name) is not None for name in "abbcc"] == [False, True, False, True, False]


def test_a_record_made_by_another_version_has_the_same_id() -> None:
    """Ids outlive a deploy: were they made another way, a key would be served and a letter written twice."""
    assert dead_letters.letter_of(job(run=1)).id == "5640611e-3eb6-57c8-9be4-b88b8a86075a"
