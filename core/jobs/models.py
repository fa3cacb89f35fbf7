"""What is known of a job: its record, what its owner is shown, and its dead letter."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from core.platform.models import Document, Wire

type Status = Literal["queued", "running", "waiting", "completed", "dead_lettered", "failed"]


class Attempt(Wire):
    """One try: when it began and, once it failed, why."""

    number: int
    started_at: datetime
    error: str | None = None


class Job(Document):
    """The record of one job, in its owner's partition; its id is decided by the event it comes from.

    ``run`` counts replays: each run is a Durable instance of its own. ``payload`` is the job's input.
    """

    kind: str
    status: Status
    payload: dict[str, Any]
    run: int = 0
    attempts: list[Attempt] = Field(default_factory=list)
    next_attempt_at: datetime | None = None
    progress: dict[str, Any] | None = None
    result: dict[str, Any] | None = None
    error: str | None = None
    created_at: datetime
    updated_at: datetime

    @property
    def instance_id(self) -> str:
        """The Durable instance of the current run."""
        return self.id if self.run == 0 else f"{self.id}:{self.run}"

    @property
    def attempt(self) -> int:
        """How many attempts this run has begun."""
        return len(self.attempts)


class JobView(Wire):
    """A job as its owner polls it."""

    job_id: str
    kind: str
    status: Status
    attempt: int
    next_attempt_at: datetime | None
    progress: dict[str, Any] | None
    result: dict[str, Any] | None
    error: str | None


class JobMessage(Wire):
    """The queue message that starts a job: ids only."""

    version: Literal[1] = 1
    job_id: str
    user_id: str


class DeadLetter(Document):
    """What could not be done, with all that is needed to understand it and to try again.

    ``body`` is the raw message where it could not be read as a job; ``job_id`` is ``None`` then.
    """

    job_id: str | None
    kind: str | None
    reason: str
    attempts: list[Attempt] = Field(default_factory=list)
    payload: dict[str, Any] | None = None
    body: str | None = None
    created_at: datetime


class Claim(Document):
    """Who holds an event key: inside its ``ttl`` the same key is the same job."""

    job_id: str


def view(job: Job) -> JobView:
    """Return what the owner of ``job`` is shown."""
    return JobView(
        job_id=job.id,
        kind=job.kind,
        status=job.status,
        attempt=job.attempt,
        next_attempt_at=job.next_attempt_at,
        progress=job.progress,
        result=job.result,
        error=job.error,
    )
