"""What is known of a job: its record, what its owner is shown, and its dead letter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import Field, computed_field

from core.platform import ids
from core.platform.examples import example, given_by
from core.platform.models import Document, PathId, Wire

type JobStatus = Literal["queued", "running", "waiting", "completed", "dead_lettered", "failed"]


class Attempt(Wire):
    """One try: when it began and, once it failed, why."""

    model_config = example(number=1)

    number: int
    started_at: datetime
    error: str | None = None


class Job(Document):
    """The record of one job, in its owner's partition; its id is decided by the event it comes from.

    ``run`` counts replays: each run is a Durable instance of its own. ``payload`` is the job's input.
    ``traceparent`` is the place in a trace the job was asked for at, where traces are told. ``nudges`` counts
    how often the reconciler has sent its message again since it last moved, the last time at ``nudged_at``;
    ``buried`` tells that the dead letter of a dead-lettered job has been written and announced.
    """

    kind: str
    status: JobStatus
    payload: dict[str, Any]
    run: int = 0
    traceparent: str | None = None
    attempts: list[Attempt] = Field(default_factory=list)
    nudges: int = 0
    nudged_at: datetime | None = None
    buried: bool = False
    next_attempt_at: datetime | None = None
    progress: dict[str, Any] | None = None
    result: dict[str, Any] | None = None
    error: str | None = None
    created_at: datetime
    updated_at: datetime

    @property
    def instance_id(self) -> str:
        """The Durable instance of the current run."""
        return self.ref.instance_id

    @property
    def attempt(self) -> int:
        """How many attempts this run has begun."""
        return len(self.attempts)

    @property
    def ref(self) -> JobRef:
        """The current run."""
        return JobRef(user_id=self.user_id, job_id=self.id, run=self.run)


class JobView(Wire):
    """A job as its owner polls it."""

    model_config = example(
        kind="digest",
        status="completed",
        attempt=1,
        result={"digest_id": "0b0f3a52-6a0c-4b0e-9d6f-1df1c0a5a6a1", "made": True},
    )

    job_id: str
    kind: str
    status: JobStatus
    attempt: int
    next_attempt_at: datetime | None
    progress: dict[str, Any] | None
    result: dict[str, Any] | None
    error: str | None


class AdminJobView(JobView):
    """A job as administrators see it: the whole record, and the Durable instance behind the current run.

    ``instance`` is ``None`` where the task hub knows none; ``management`` are its URLs, which carry a key.
    """

    model_config = example(
        kind="digest",
        status="completed",
        attempt=1,
        result={"digest_id": "0b0f3a52-6a0c-4b0e-9d6f-1df1c0a5a6a1", "made": True},
        user_id="6f2d1dee-4096-5bb6-a83a-7c1bc71563c8",
        run=0,
        nudges=0,
        payload={"week": "2025-06-09"},
        management={
            "statusQueryGetUri": "https://example.azurewebsites.net/runtime/webhooks/durabletask/instances/0b0f3a52-6a0c-4b0e-9d6f-1df1c0a5a6a1?code=..."
        },
    )

    user_id: str
    run: int
    attempts: list[Attempt]
    nudges: int
    payload: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    instance: Instance | None
    management: dict[str, str]


class Instance(Wire):
    """What the task hub says of a Durable instance."""

    model_config = example(
        orchestrator="digest_job",
        runtime_status="COMPLETED",
        custom_status=None,
        output={"state": "completed", "attempt": 1},
    )

    instance_id: str
    orchestrator: str
    runtime_status: str
    custom_status: Any
    output: Any
    created_at: datetime
    last_updated_at: datetime


class JobStarted(Wire):
    """The answer of everything that starts a job; poll ``Location``."""

    job_id: str


class JobPath(Wire):
    """Which job."""

    job_id: Annotated[PathId, given_by("export_me", "/job_id")]


class DeadLetterPath(Wire):
    """Which dead letter."""

    dead_letter_id: Annotated[PathId, given_by("list_dead_letters", "/items/0/dead_letter_id")]


class JobRef(Wire):
    """Which run of which job: what orchestrations and activities are given, ids only.

    ``etag`` is the version of the record that nobody had touched yet, where that is known.
    """

    user_id: str
    job_id: str
    run: int = 0
    etag: str | None = None

    @property
    def instance_id(self) -> str:
        """The Durable instance of this run."""
        return self.job_id if self.run == 0 else f"{self.job_id}:{self.run}"


class JobMessage(Wire):
    """The queue message that starts a job: ids, and of a job nobody has touched yet its kind and version.

    That version is all there is to know of such a job, so its record need not be read to start it.
    """

    version: Literal[1] = 1
    job_id: str = Field(pattern=f"^{ids.FORM}$")
    user_id: str = Field(min_length=1, max_length=255)
    run: int = Field(default=0, ge=0)
    kind: str | None = Field(default=None, max_length=100)
    etag: str | None = Field(default=None, max_length=255)
    traceparent: str | None = Field(default=None, max_length=64)

    @classmethod
    def of(cls, job: Job) -> JobMessage:
        """Return the message of a job as it is in the database."""
        untouched = job.status == "queued" and not job.attempts and not job.nudges
        known = {"kind": job.kind, "etag": job.etag} if untouched else {}
        return cls(job_id=job.id, user_id=job.user_id, run=job.run, **known)


@dataclass(frozen=True, slots=True)
class Launch:
    """What a job's flow is started with: how many attempts began already, when the next one is due."""

    kind: str
    ref: JobRef
    attempts: int = 0
    due: datetime | None = None

    @classmethod
    def of(cls, job: Job) -> Launch:
        """Return how to go on with a job from its record."""
        return cls(job.kind, job.ref, job.attempt, job.next_attempt_at)

    @classmethod
    def first(cls, message: JobMessage) -> Launch | None:
        """Return how to start a job by its message alone, ``None`` where its record has to be read."""
        if message.kind is None or message.etag is None:
            return None
        ref = JobRef(user_id=message.user_id, job_id=message.job_id, run=message.run, etag=message.etag)
        return cls(message.kind, ref)


class DeadLetter(Document):
    """What could not be done, with all that is needed to understand it and to try again.

    ``body`` is the raw message where it could not be read as a job; ``job_id`` is ``None`` then.
    """

    job_id: str | None = None
    kind: str | None = None
    run: int = 0
    reason: str
    attempts: list[Attempt] = Field(default_factory=list)
    payload: dict[str, Any] | None = None
    body: str | None = None
    created_at: datetime
    replayed_at: datetime | None = None

    @computed_field
    @property
    def position(self) -> str:
        """Place in the list of all, by time: one path, because ordering by two needs an index."""
        return f"{self.created_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f} {self.id}"


class DeadLetterMessage(Wire):
    """What is announced on the dead-letter queue; the letter says whose it is, and goes when they leave."""

    version: Literal[1] = 1
    dead_letter_id: str
    job_id: str | None
    kind: str | None
    reason: str


class DeadLetterView(Wire):
    """A dead letter as administrators see it."""

    model_config = example(
        user_id="6f2d1dee-4096-5bb6-a83a-7c1bc71563c8",
        kind="digest",
        run=0,
        reason="The wardrobe could not be read.",
        attempts=[
            {"number": 3, "started_at": "2025-06-14T08:30:00Z", "error": "The wardrobe could not be read."}
        ],
        payload={"week": "2025-06-09"},
        replayable=True,
    )

    dead_letter_id: str
    user_id: str
    job_id: str | None
    kind: str | None
    run: int
    reason: str
    attempts: list[Attempt]
    payload: dict[str, Any] | None
    body: str | None
    created_at: datetime
    replayed_at: datetime | None
    replayable: bool


class Claim(Document):
    """Who holds an event key: inside its ``ttl`` the same key is the same job."""

    job_id: str
