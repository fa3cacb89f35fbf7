"""Jobs, how a failing one is tried again, and what timers start."""

from __future__ import annotations

from pydantic import Field

from core.platform.settings.base import Settings


class JobSettings(Settings):
    """Where jobs and their dead letters are kept."""

    container: str = Field(
        "taste_jobs", alias="COSMOS_DB_TASTE_JOBS_CONTAINER", description="Container of job records."
    )
    dead_letter_container: str = Field(
        "taste_job_dead_letters",
        alias="COSMOS_DB_TASTE_JOB_DEAD_LETTER_CONTAINER",
        description="Container of dead letters.",
    )
    queue: str = Field("taste-jobs", alias="TASTE_JOB_QUEUE_NAME", description="Queue of jobs to start.")
    dead_letter_queue: str = Field(
        "taste-jobs-dead-letter",
        alias="TASTE_JOB_DEAD_LETTER_QUEUE_NAME",
        description="Queue that announces dead letters.",
    )
    dedupe_seconds: int = Field(
        600, alias="TASTE_JOB_DEDUPE_TTL_SECONDS", ge=1, description="How long one event key is one job."
    )
    completed_seconds: int = Field(
        604_800,
        alias="TASTE_JOB_COMPLETED_TTL_SECONDS",
        ge=60,
        description="How long the record of a completed job is kept.",
    )
    reconcile_seconds: int = Field(
        60,
        alias="TASTE_JOB_RECONCILE_AFTER_SECONDS",
        ge=1,
        description="How long a job may be silent before the reconciler looks whether it is lost.",
    )
    reconcile_schedule: str = Field(
        "0 * * * * *",
        alias="TASTE_JOB_RECONCILE_SCHEDULE",
        description="When the reconciler looks: NCRONTAB with seconds. Required by its trigger.",
    )


class RetrySettings(Settings):
    """How a failing job is tried again."""

    max_attempts: int = Field(5, alias="TASTE_JOB_MAX_RETRIES", ge=1, le=50, description="Attempts at most.")
    base_seconds: float = Field(
        5, alias="TASTE_JOB_BASE_BACKOFF_SECONDS", ge=0, description="Wait after the first failed attempt."
    )
    max_seconds: float = Field(
        300, alias="TASTE_JOB_MAX_BACKOFF_SECONDS", ge=0, description="Longest wait before jitter."
    )
    jitter_seconds: float = Field(
        2, alias="TASTE_JOB_JITTER_SECONDS", ge=0, description="Most that is added to a wait."
    )
    profile_tries: int = Field(
        5,
        alias="TASTE_JOB_PROFILE_UPDATE_MAX_RETRIES",
        ge=1,
        description="Compare-and-swap tries of one profile update.",
    )


class DigestSettings(Settings):
    """When weekly digests are made, and how many at a time."""

    schedule: str = Field(
        "0 0 * * * *",
        alias="WEEKLY_DIGEST_SCHEDULE",
        description="When to look whose digest is due: NCRONTAB with seconds. Required by its trigger.",
    )
    max_concurrency: int = Field(
        5, alias="WEEKLY_DIGEST_MAX_CONCURRENCY", ge=1, le=50, description="Digests a sweep makes at a time."
    )
